/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Recipes of any bytes: refused, or read and then shown. Nothing outside is looked at but
 * whether files that the input names are there.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "core/plan.h"
#include "core/recipe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes);

static void show(const struct recipe *r)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	struct json j = JSON_INIT(&text);

	plan_text(r, &text);
	strbuf_truncate(&text, 0);
	plan_json(r, NULL, &j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
	CLEANUP(fd_closep) int fd = memfd_create("recipe", MFD_CLOEXEC);
	CLEANUP(recipe_freep) struct recipe *r = NULL;
	struct error err = ERROR_INIT;
	char path[32];

	if (fd < 0 || fd_write_all(fd, data, size_bytes, "recipe", &err) < 0)
		abort();
	(void)snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	if (recipe_load(path, NULL, &r, &err) == 0)
		show(r);
	else if (err.code != ERR_RECIPE || !*err.msg)
		abort();
	return 0;
}
