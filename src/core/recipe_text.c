/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/recipe_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/size.h"

static int check_kind(const char *path, const struct stat *st, struct error *err)
{
	char size[16];

	if (S_ISDIR(st->st_mode))
		return error_set(err, ERR_RECIPE, 0,
			"%s is a directory; give the recipe file itself", path);
	if (!S_ISREG(st->st_mode))
		return error_set(err, ERR_RECIPE, 0, "%s is not a regular file", path);
	if (st->st_size > RECIPE_MOST_BYTES)
		return error_set(err, ERR_RECIPE, 0,
			"%s has %s; a recipe has at most 1 MiB", path,
			size_format((uint64_t)st->st_size, size));
	return 0;
}

int recipe_text_read(
	const char *path, char **ret_text, size_t *ret_length_bytes, struct error *err)
{
	CLEANUP(fd_closep) int fd = -1;
	struct stat st;

	/* O_NONBLOCK: a FIFO without a writer would hang before fstat() refuses it. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return error_errno(err, "open the recipe '%s'", path);
	if (fstat(fd, &st) < 0)
		return error_errno(err, "look at the recipe %s", path);
	if (check_kind(path, &st, err) < 0)
		return -1;
	return fd_read_all(fd, RECIPE_MOST_BYTES, ret_text, ret_length_bytes, path, err);
}

/* Length of the UTF-8 character at `s`; 0 when it is none. */
static size_t utf8_length(const unsigned char *s, size_t room)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t least;
	} forms[] = { { 0x80, 0, 0 }, { 0xe0, 0xc0, 0x80 }, { 0xf0, 0xe0, 0x800 },
		{ 0xf8, 0xf0, 0x10000 } };

	for (size_t n = 1; n <= ARRAY_SIZE(forms) && n <= room; n++) {
		uint32_t c = s[0] & (unsigned char)~forms[n - 1].mask;

		if ((s[0] & forms[n - 1].mask) != forms[n - 1].lead)
			continue;
		for (size_t i = 1; i < n; i++) {
			if ((s[i] & 0xc0) != 0x80)
				return 0;
			c = c << 6 | (s[i] & 0x3f);
		}
		if (c < forms[n - 1].least || c > 0x10ffff ||
			(c >= 0xd800 && c <= 0xdfff))
			return 0;
		return n;
	}
	return 0;
}

/* C0 but for tab and line ends, DEL, and C1 (U+0080 to U+009F). */
static bool is_control(const unsigned char *s)
{
	if (s[0] == 0xc2)
		return s[1] < 0xa0;
	return (s[0] < 0x20 && s[0] != '\t' && s[0] != '\n' && s[0] != '\r') ||
	       s[0] == 0x7f;
}

int recipe_text_check(const char *text, size_t length_bytes,
	const struct recipe_source *source, struct error *err)
{
	const unsigned char *s = (const unsigned char *)text;
	struct recipe_place place = { 1, 1 };

	for (size_t i = 0; i < length_bytes;) {
		size_t length = utf8_length(s + i, length_bytes - i);

		if (!length)
			return recipe_error_at(source, place, err,
				"byte 0x%02x is not UTF-8; a recipe is a text file "
				"in UTF-8",
				s[i]);
		if (is_control(s + i))
			return recipe_error_at(source, place, err,
				"byte 0x%02x is a control character; a recipe is a "
				"text file",
				s[i]);
		place.column++;
		if (s[i] == '\n')
			place = (struct recipe_place){ place.line + 1, 1 };
		i += length;
	}
	return 0;
}
