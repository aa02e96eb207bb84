/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/lists_records.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "distro/debian/lists_check.h"
#include "tree/hash.h"

/* A list being read. */
struct reading {
	struct strbuf record;
	char sha256[SHA256_HEX_CHARS + 1]; /* of the record; "": not seen */
	lists_record_fn fn;
	void *userdata;
};

static void reading_releasep(struct reading *r)
{
	strbuf_release(&r->record);
}

static int end_record(struct reading *r, struct error *err)
{
	if (*r->sha256 && r->fn(r->userdata, r->record.data, r->record.length_bytes,
				  r->sha256, err) < 0)
		return -1;
	strbuf_truncate(&r->record, 0);
	*r->sha256 = '\0';
	return 0;
}

static void add_line(struct reading *r, const char *line, size_t length_bytes)
{
	static const char field[] = "SHA256: ";
	const size_t skip = sizeof(field) - 1;

	strbuf_add(&r->record, line, length_bytes);
	if (strncmp(line, field, skip) == 0 &&
		strcspn(line + skip, "\n") == SHA256_HEX_CHARS) {
		memcpy(r->sha256, line + skip, SHA256_HEX_CHARS);
		r->sha256[SHA256_HEX_CHARS] = '\0';
	}
}

static int read_list(const char *path, struct reading *r, struct error *err)
{
	CLEANUP(file_closep) FILE *file = fopen(path, "re");
	CLEANUP(freep) char *line = NULL;
	size_t room = 0;
	ssize_t length;

	if (!file)
		return error_errno(err, "open '%s'", path);
	while ((length = getline(&line, &room, file)) > 0) {
		if (*line != '\n')
			add_line(r, line, (size_t)length);
		else if (end_record(r, err) < 0)
			return -1;
	}
	return ferror(file) ? error_errno(err, "read '%s'", path) : end_record(r, err);
}

int lists_each_record(
	const char *dir, lists_record_fn fn, void *userdata, struct error *err)
{
	CLEANUP(reading_releasep)
	struct reading r = { .record = STRBUF_INIT, .fn = fn, .userdata = userdata };
	CLEANUP(strv_releasep) struct strv names = STRV_INIT;

	if (lists_names(dir, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		CLEANUP(freep) char *path = path_join(dir, names.items[i]);

		if (text_ends_with(path, "_Packages") && read_list(path, &r, err) < 0)
			return -1;
	}
	return 0;
}
