/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/launch_keys.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/text.h"

enum { FILE_MOST_BYTES = LAUNCH_KEYS_MOST * 2 * LAUNCH_KEY_MOST_CHARS };

/* "ssh-ed25519 AAAAC3… comment", without options before it: EC2 knows none. */
static bool is_key(const char *line)
{
	static const char *const types[] = { "ssh-", "ecdsa-", "sk-" };
	const char *blob = line + strcspn(line, " ");
	bool known = false;

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		known |= text_starts_with(line, types[i]);
	for (const char *p = line; *p; p++)
		known &= isprint((unsigned char)*p) != 0;
	return known && text_starts_with(blob, " AAAA") &&
	       strlen(line) <= LAUNCH_KEY_MOST_CHARS;
}

static int take(const char *path, unsigned int number, char *line, struct strv *keys,
	struct error *err)
{
	line[strcspn(line, "\r")] = '\0';
	if (!*line || *line == '#')
		return 0;
	if (!is_key(line))
		return error_set(
			err, ERR_FORMAT, 0, "%s:%u: no public ssh key", path, number);
	if (keys->count == LAUNCH_KEYS_MOST)
		return error_set(err, ERR_FORMAT, 0, "'%s' has more than %d keys", path,
			LAUNCH_KEYS_MOST);
	strv_add(keys, line);
	return 0;
}

int launch_keys_read(const char *path, struct strv *ret, struct error *err)
{
	CLEANUP(strv_releasep) struct strv keys = STRV_INIT;
	CLEANUP(freep) char *text = NULL;
	unsigned int number = 0;
	char *rest, *line;

	if (file_read_all(path, FILE_MOST_BYTES, &text, NULL, err) < 0)
		return error_context(err, "read the launch keys");
	rest = text;
	while ((line = strsep(&rest, "\n")))
		if (take(path, ++number, line, &keys, err) < 0)
			return -1;
	if (!keys.count)
		return error_set(err, ERR_FORMAT, 0, "'%s' has no public ssh key", path);
	*ret = keys;
	keys = (struct strv)STRV_INIT;
	return 0;
}
