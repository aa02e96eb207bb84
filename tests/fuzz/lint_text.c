/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What lint reads of an image: sshd_config, whose Include may name any file, unified
 * kernel images, and files in which secrets are looked for. The first byte says which.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "core/lint_secrets.h"
#include "core/lint_sshd.h"
#include "core/lint_uki.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever is included is the same text again. */
struct same_source {
	struct sshd_source source; /* first */
	const char *text;
};

static int include(struct sshd_source *s, const char *pattern,
	int (*read)(void *reader, const char *path, char *text, struct error *err),
	void *reader, struct error *err)
{
	CLEANUP(freep) char *text = xstrdup(((struct same_source *)s)->text);

	if (*pattern != '/')
		abort();
	return read(reader, pattern, text, err);
}

static void read_sshd(const char *text)
{
	struct same_source source = { { include }, text };
	CLEANUP(sshd_config_releasep) struct sshd_config c = { 0 };
	CLEANUP(freep) char *copy = xstrdup(text);
	struct error err = ERROR_INIT;

	if (sshd_config_read(&c, "/etc/ssh/sshd_config", copy, &source.source, &err) <
			0 &&
		err.code == ERR_NONE)
		abort();
	(void)sshd_config_effective(&c, "permitrootlogin");
}

static void read_image(const uint8_t *bytes, size_t size)
{
	const char *found;
	size_t length;

	if (uki_find_section(bytes, size, ".cmdline", &found, &length) &&
		(found < (const char *)bytes || length > size ||
			found + length > (const char *)bytes + size))
		abort();
}

static void look(
	void *userdata, enum secret_kind kind, const char *what, unsigned int line)
{
	const unsigned int lines = *(const unsigned int *)userdata;

	if (kind == SECRET_NONE || !what || !line || line > lines)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int lines = 1;

	if (!size)
		return 0;
	if (*data == 's') {
		CLEANUP(freep) char *text = xstrndup((const char *)data + 1, size - 1);

		read_sshd(text);
		return 0;
	}
	if (*data == 'u') {
		read_image(data + 1, size - 1);
		return 0;
	}
	for (size_t i = 1; i < size; i++)
		lines += data[i] == '\n';
	secrets_scan((const char *)data + 1, size - 1, look, &lines);
	return 0;
}
