/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/release_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/text.h"

/* RFC 9580, section 7. */
static const char signed_begin[] = "-----BEGIN PGP SIGNED MESSAGE-----\n";
static const char signed_end[] = "\n-----BEGIN PGP SIGNATURE-----\n";

void release_file_release(struct release_file *f)
{
	for (size_t i = 0; i < f->count; i++)
		free(f->lists[i].path);
	free(f->lists);
	*f = (struct release_file){ 0 };
}

bool release_file_is_name(const char *name)
{
	/* Behind the name of an archive. */
	return *name && text_ends_with(name + 1, "Release");
}

/* The text that is signed; NULL when it does not end. */
static char *signed_text(const char *text)
{
	const char *begin, *end;

	if (strncmp(text, signed_begin, sizeof(signed_begin) - 1) != 0)
		return xstrdup(text);
	/* The armour's own headers end with an empty line. */
	begin = strstr(text, "\n\n");
	end = begin ? strstr(begin + 1, signed_end) : NULL;
	return end ? xstrndup(begin + 2, (size_t)(end + 1 - (begin + 2))) : NULL;
}

static bool parse_size(const char *text, uint64_t *ret)
{
	if (!*text || text[strspn(text, "0123456789")] || strlen(text) > 15)
		return false;
	*ret = strtoull(text, NULL, 10);
	return true;
}

/* " HASH SIZE PATH" */
static bool parse_list(char *line, struct release_list *ret)
{
	char *save = NULL;
	const char *hash = strtok_r(line, " \t", &save);
	const char *size = strtok_r(NULL, " \t", &save);
	const char *path = strtok_r(NULL, " \t", &save);

	if (!path || strtok_r(NULL, " \t", &save) || strlen(hash) != SHA256_HEX_CHARS ||
		strspn(hash, "0123456789abcdef") != SHA256_HEX_CHARS ||
		!parse_size(size, &ret->size_bytes))
		return false;
	memcpy(ret->sha256, hash, sizeof(ret->sha256));
	ret->path = xstrdup(path);
	return true;
}

/* The lines of the field SHA256 that follow its name. */
static bool parse_lists(char *text, struct release_file *f)
{
	char *save = NULL;
	bool inside = false, seen = false;

	for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		struct release_list list = { 0 };

		if (*l != ' ' && *l != '\t') {
			inside = !strncmp(l, "SHA256:", 7);
			/* Which of two would apt believe? */
			if (inside && seen)
				return false;
			seen |= inside;
			continue;
		}
		if (!inside)
			continue;
		if (!parse_list(l, &list))
			return false;
		array_reserve_one(
			(void **)&f->lists, f->count, &f->room, sizeof(*f->lists));
		f->lists[f->count++] = list;
	}
	return seen;
}

int release_file_parse(
	const char *text, const char *name, struct release_file *ret, struct error *err)
{
	CLEANUP(freep) char *body = signed_text(text);
	CLEANUP(release_file_releasep) struct release_file f = { 0 };

	if (!body || !parse_lists(body, &f))
		return error_set(err, ERR_FORMAT, 0,
			"'%s' is no Release file with a list of SHA-256", name);
	*ret = f;
	f = (struct release_file){ 0 };
	return 0;
}
