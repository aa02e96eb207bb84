/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What apt and mirrors say is read by one of several readers; the first byte says by
 * which.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "distro/debian/apt_config.h"
#include "distro/debian/apt_error.h"
#include "distro/debian/apt_meter.h"
#include "distro/debian/keyring.h"
#include "distro/debian/mirrors.h"
#include "distro/debian/plan.h"
#include "distro/debian/release_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_plan(const char *text)
{
	CLEANUP(plan_releasep) struct plan p = { 0 };
	CLEANUP(strv_releasep) struct strv essential = STRV_INIT;
	struct error err = ERROR_INIT;

	strv_add(&essential, "base-files");
	if (plan_add_uris(&p, text, &err) == 0)
		(void)plan_add_order(&p, text, &essential, &err);
	for (size_t i = 0; i < p.package_count; i++)
		if (strchr(p.packages[i].file, '/') || strlen(p.packages[i].sha256) != 64)
			abort();
}

static void read_failure(const char *text)
{
	struct error err = ERROR_INIT;

	(void)error_set(&err, ERR_CHILD, 100, "failed");
	error_set_output(&err, text, strlen(text));
	apt_error_explain(&err);
	free(apt_error_unknown_package(text));
}

static void read_mirrors(const char *text)
{
	CLEANUP(debian_mirrors_releasep) struct debian_mirrors host = { 0 };
	CLEANUP(debian_mirrors_releasep) struct debian_mirrors recipe = { 0 };
	CLEANUP(debian_mirrors_releasep) struct debian_mirrors image = { 0 };
	struct error err = ERROR_INIT;

	debian_mirrors_from_host(text, &host);
	if (debian_mirror_check(text, &err) < 0)
		return;
	debian_mirrors_from_recipe(text, &recipe);
	debian_mirrors_for_image(&recipe, true, &image);
}

static void read_config(const char *text)
{
	CLEANUP(strbuf_releasep) struct strbuf config = STRBUF_INIT;
	struct error err = ERROR_INIT;

	(void)apt_config_format("/dir", "amd64", text, &config, &err);
}

static void read_meter(const char *text)
{
	struct apt_meter m = { .total_bytes = 1000 };

	apt_meter_line(text, &m);
	if (m.done_bytes > m.total_bytes)
		abort();
}

static void read_date(const char *text)
{
	int64_t epoch_s;

	(void)debian_release_date(text, &epoch_s);
}

static void read_release(const char *text)
{
	CLEANUP(release_file_releasep) struct release_file f = { 0 };
	struct error err = ERROR_INIT;

	if (release_file_parse(text, "x", &f, &err) < 0)
		return;
	for (size_t i = 0; i < f.count; i++)
		if (strlen(f.lists[i].sha256) != 64 || strchr(f.lists[i].path, ' '))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const readers[])(const char *text) = { read_plan, read_failure,
		read_mirrors, read_config, read_date, read_meter, read_release };
	CLEANUP(freep) char *text = NULL;

	if (size == 0 || data[0] < 'a' || data[0] >= 'a' + ARRAY_SIZE(readers))
		return 0;
	text = xstrndup((const char *)data + 1, size - 1);
	readers[data[0] - 'a'](text);
	return 0;
}
