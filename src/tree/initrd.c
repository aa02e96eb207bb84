/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/initrd.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/size.h"
#include "base/strbuf.h"

/* The header of an entry: a magic number, then fields of eight hexadecimal digits. */
enum {
	HEADER_BYTES = 110,
	MAGIC_BYTES = 6,
	FIELD_BYTES = 8,
	FIELD_MODE = 1,
	FIELD_FILE_BYTES = 6,
	FIELD_NAME_BYTES = 11,
};

/* Unpacked, an honest one is well below; a bomb is not. */
static const uint64_t unpacked_most_bytes = 4 * GIB;

struct reader {
	const uint8_t *bytes;
	size_t length, at;
	initrd_file_fn *on_file;
	void *userdata;
};

static int bad(struct error *err, const char *why)
{
	return error_set(err, ERR_FORMAT, 0, "not an initramfs: %s", why);
}

static bool read_field(const uint8_t *header, unsigned int field, uint32_t *ret)
{
	const uint8_t *p = header + MAGIC_BYTES + (size_t)field * FIELD_BYTES;
	uint32_t value = 0;

	for (size_t i = 0; i < FIELD_BYTES; i++) {
		const char *digits = "0123456789abcdef";
		const char *digit = p[i] ? strchr(digits, p[i] | 0x20) : NULL;

		if (!digit)
			return false;
		value = value << 4 | (uint32_t)(digit - digits);
	}
	*ret = value;
	return true;
}

static bool is_newc(const struct reader *r)
{
	return r->length - r->at >= HEADER_BYTES &&
	       (!memcmp(r->bytes + r->at, "070701", MAGIC_BYTES) ||
		       !memcmp(r->bytes + r->at, "070702", MAGIC_BYTES));
}

static const char *relative(const char *path)
{
	for (;;) {
		if (path[0] == '/')
			path++;
		else if (path[0] == '.' && path[1] == '/')
			path += 2;
		else
			return path;
	}
}

static void tell(struct reader *r, const char *path, bool is_file, const void *content,
	size_t content_bytes)
{
	const bool shown = is_file && content_bytes <= INITRD_CONTENT_MOST_BYTES;

	r->on_file(r->userdata, relative(path), shown ? content : NULL,
		shown ? content_bytes : 0);
}

/* One entry of an archive that is not compressed; names and contents end at a multiple of
 * four. */
static int read_entry(struct reader *r, struct error *err)
{
	const uint8_t *header = r->bytes + r->at;
	CLEANUP(freep) char *name = NULL;
	uint32_t mode, file_bytes, name_bytes;
	uint64_t content_at, end;

	if (!read_field(header, FIELD_MODE, &mode) ||
		!read_field(header, FIELD_FILE_BYTES, &file_bytes) ||
		!read_field(header, FIELD_NAME_BYTES, &name_bytes))
		return bad(err, "a header of its cpio archive is damaged");
	content_at = round_up(r->at + HEADER_BYTES + (uint64_t)name_bytes, 4);
	end = content_at + file_bytes;
	if (!name_bytes || end > r->length)
		return bad(err, "its cpio archive is cut off");
	name = xstrndup((const char *)header + HEADER_BYTES, name_bytes);
	if (strcmp(name, "TRAILER!!!") != 0)
		tell(r, name, S_ISREG(mode), r->bytes + content_at, file_bytes);
	end = round_up(end, 4);
	r->at = end < r->length ? (size_t)end : r->length;
	return 0;
}

static void archive_freep(struct archive **a)
{
	if (*a)
		(void)archive_read_free(*a);
}

static int fail(struct archive *a, struct error *err)
{
	const char *text = archive_error_string(a);

	return bad(err, text ? text : "it is damaged");
}

static int read_packed_entry(
	struct reader *r, struct archive *a, struct archive_entry *e, struct error *err)
{
	const char *path = archive_entry_pathname(e);
	const bool is_file = archive_entry_filetype(e) == AE_IFREG;
	const la_int64_t size = archive_entry_size(e);
	char content[INITRD_CONTENT_MOST_BYTES];
	la_ssize_t got = 0;

	if (!path)
		return bad(err, "a file has no name");
	if (is_file && size <= (la_int64_t)sizeof(content)) {
		got = archive_read_data(a, content, sizeof(content));
		if (got < 0)
			return fail(a, err);
	}
	tell(r, path, is_file, content, size > got ? (size_t)size : (size_t)got);
	return 0;
}

/* What is left is one compressed archive. */
static int read_packed(struct reader *r, struct error *err)
{
	CLEANUP(archive_freep) struct archive *a = archive_read_new();
	struct archive_entry *e;
	int rc;

	/* Not all that libarchive knows: some of it would run programs. */
	(void)archive_read_support_filter_gzip(a);
	(void)archive_read_support_filter_bzip2(a);
	(void)archive_read_support_filter_xz(a);
	(void)archive_read_support_filter_lzma(a);
	(void)archive_read_support_filter_lz4(a);
	(void)archive_read_support_filter_zstd(a);
	(void)archive_read_support_format_cpio(a);
	if (archive_read_open_memory(a, r->bytes + r->at, r->length - r->at) !=
		ARCHIVE_OK)
		return fail(a, err);
	while ((rc = archive_read_next_header(a, &e)) == ARCHIVE_OK ||
		rc == ARCHIVE_WARN) {
		if (read_packed_entry(r, a, e, err) < 0)
			return -1;
		if ((uint64_t)archive_filter_bytes(a, 0) > unpacked_most_bytes)
			return bad(err, "unpacked it is too large");
	}
	return rc == ARCHIVE_EOF ? 0 : fail(a, err);
}

int initrd_read(const void *bytes, size_t length_bytes, initrd_file_fn *on_file,
	void *userdata, struct error *err)
{
	struct reader r = { .bytes = bytes,
		.length = length_bytes,
		.on_file = on_file,
		.userdata = userdata };

	for (;;) {
		while (r.at < r.length && !r.bytes[r.at])
			r.at++;
		if (r.at == r.length)
			return length_bytes ? 0 : bad(err, "it is empty");
		if (!is_newc(&r))
			return read_packed(&r, err);
		if (read_entry(&r, err) < 0)
			return -1;
	}
}
