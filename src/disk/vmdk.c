/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/vmdk.h"

#include <endian.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/strbuf.h"

enum { SECTOR_BYTES = 512, DESCRIPTOR_MOST_BYTES = 1 << 20 };

/* The start of the file, little endian. */
struct vmdk_header {
	char magic[4]; /* "KDMV" */
	uint32_t version;
	uint32_t flags;
	uint64_t capacity_sectors;
	uint64_t grain_sectors;
	uint64_t descriptor_sector;
	uint64_t descriptor_sectors;
} __attribute__((packed));

static const char what[] = "VMDK image";
static const char extent_name[] = "disk.vmdk";

static int not_understood(struct error *err, const char *part)
{
	return error_set(err, ERR_FORMAT, 0,
		"the VMDK that qemu-img made is not of the form expected: its %s", part);
}

/* "CID=" and up to eight hexadecimal digits: qemu-img does not pad a small number. */
static bool is_content_id(const char *line)
{
	size_t digits;

	if (strncmp(line, "CID=", 4) != 0)
		return false;
	digits = strspn(line + 4, "0123456789abcdef");
	return digits >= 1 && digits <= 8 && line[4 + digits] == '\0';
}

static void add_line(struct strbuf *to, const char *line, uint32_t content_id,
	unsigned int *ids, unsigned int *names)
{
	const char *quote = strchr(line, '"');

	if (is_content_id(line)) {
		strbuf_addf(to, "CID=%08" PRIx32, content_id);
		(*ids)++;
	} else if (!strncmp(line, "RW ", 3) && quote) {
		strbuf_add(to, line, (size_t)(quote - line));
		strbuf_addf(to, "\"%s\"", extent_name);
		(*names)++;
	} else {
		strbuf_add_str(to, line);
	}
}

int vmdk_fix_text(char *text, size_t room_bytes, uint32_t content_id, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf fixed = STRBUF_INIT;
	unsigned int ids = 0, names = 0;
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n"))) {
		add_line(&fixed, line, content_id, &ids, &names);
		if (rest)
			strbuf_add_char(&fixed, '\n');
	}
	if (ids != 1 || names != 1)
		return not_understood(err, "descriptor");
	if (fixed.length_bytes >= room_bytes)
		return not_understood(err, "descriptor is too long");
	memset(text, 0, room_bytes);
	memcpy(text, fixed.data, fixed.length_bytes);
	return 0;
}

static int find_descriptor(
	int fd, uint64_t *ret_offset_bytes, size_t *ret_bytes, struct error *err)
{
	struct vmdk_header h;
	uint64_t sector, sectors;
	size_t got;

	if (fd_pread(fd, &h, sizeof(h), 0, &got, what, err) < 0)
		return -1;
	if (got < sizeof(h) || memcmp(h.magic, "KDMV", 4) != 0)
		return not_understood(err, "header");
	sector = le64toh(h.descriptor_sector);
	sectors = le64toh(h.descriptor_sectors);
	if (sector == 0 || sector > DESCRIPTOR_MOST_BYTES / SECTOR_BYTES ||
		sectors == 0 || sectors > DESCRIPTOR_MOST_BYTES / SECTOR_BYTES)
		return not_understood(err, "descriptor's place");
	*ret_offset_bytes = sector * SECTOR_BYTES;
	*ret_bytes = (size_t)sectors * SECTOR_BYTES;
	return 0;
}

int vmdk_fix_descriptor(int fd, uint32_t content_id, struct error *err)
{
	CLEANUP(freep) char *text = NULL;
	uint64_t offset = 0;
	size_t bytes = 0, got;

	if (find_descriptor(fd, &offset, &bytes, err) < 0)
		return -1;
	text = xcalloc(1, bytes + 1);
	if (fd_pread(fd, text, bytes, offset, &got, what, err) < 0)
		return -1;
	if (got < bytes)
		return not_understood(err, "descriptor ends early");
	if (vmdk_fix_text(text, bytes, content_id, err) < 0)
		return -1;
	return fd_pwrite_all(fd, text, bytes, offset, what, err);
}
