/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/lists_records.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "distro/debian/lists_check.h"
#include "tree/hash.h"

enum { READ_BYTES = 1 << 18 };

/* A list being read. */
struct reading {
	struct strbuf text; /* what of it is not given yet */
	lists_record_fn fn;
	void *userdata;
};

static void reading_releasep(struct reading *r)
{
	strbuf_release(&r->text);
}

/* Its hash, or NULL. */
static const char *sha256_of(const char *record)
{
	static const char field[] = "SHA256: ";

	/* The lists are long: strchr(3) is several times as fast as strstr(3). */
	for (const char *line = record; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (text_starts_with(line, field)) {
			line += strlen(field);
			return strcspn(line, "\n") == SHA256_HEX_CHARS ? line : NULL;
		}
	}
	return NULL;
}

/* The line break before the empty line behind it; NULL: it goes on. */
static char *end_of_record(char *text)
{
	char *end = strchr(text, '\n');

	while (end && end[1] != '\n')
		end = strchr(end + 1, '\n');
	return end;
}

static int give(const struct reading *r, const char *record, size_t length_bytes,
	struct error *err)
{
	char sha256[SHA256_HEX_CHARS + 1] = "";
	const char *found = sha256_of(record);

	if (!found)
		return 0;
	memcpy(sha256, found, SHA256_HEX_CHARS);
	return r->fn(r->userdata, record, length_bytes, sha256, err);
}

/* What is whole; an empty line is behind it. */
static int give_records(struct reading *r, struct error *err)
{
	char *begin = r->text.data, *end;

	while ((end = end_of_record(begin))) {
		end[1] = '\0';
		begin += strspn(begin, "\n");
		if (begin < end && give(r, begin, (size_t)(end + 1 - begin), err) < 0)
			return -1;
		begin = end + 2;
	}
	strbuf_drop_front(&r->text, (size_t)(begin - r->text.data));
	return 0;
}

static int give_last(struct reading *r, struct error *err)
{
	const char *begin = r->text.data + strspn(r->text.data, "\n");
	int result = give(r, begin, strlen(begin), err);

	strbuf_truncate(&r->text, 0);
	return result;
}

static int read_list(const char *path, struct reading *r, struct error *err)
{
	CLEANUP(file_closep) FILE *file = fopen(path, "re");
	CLEANUP(freep) char *piece = xmalloc_pages(READ_BYTES);
	size_t got;

	if (!file)
		return error_errno(err, "open '%s'", path);
	while ((got = fread(piece, 1, READ_BYTES, file))) {
		if (memchr(piece, '\0', got))
			return error_set(err, ERR_FORMAT, 0,
				"the package list '%s' is no text", path);
		strbuf_add(&r->text, piece, got);
		if (give_records(r, err) < 0)
			return -1;
	}
	return ferror(file) ? error_errno(err, "read '%s'", path) : give_last(r, err);
}

int lists_records_of(
	const char *path, lists_record_fn fn, void *userdata, struct error *err)
{
	CLEANUP(reading_releasep)
	struct reading r = { .text = STRBUF_INIT, .fn = fn, .userdata = userdata };

	return read_list(path, &r, err);
}

bool lists_have_records(const char *name)
{
	return text_ends_with(name, "_Packages");
}

int lists_each_record(
	const char *dir, lists_record_fn fn, void *userdata, struct error *err)
{
	CLEANUP(strv_releasep) struct strv names = STRV_INIT;

	if (lists_names(dir, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		CLEANUP(freep) char *path = path_join(dir, names.items[i]);

		if (lists_have_records(path) &&
			lists_records_of(path, fn, userdata, err) < 0)
			return -1;
	}
	return 0;
}
