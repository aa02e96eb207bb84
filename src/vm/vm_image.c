/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/vm_image.h"

#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

/* Offsets in a qcow2 header (QEMU's docs/interop/qcow2), big-endian. */
enum {
	QCOW2_VERSION_AT = 4,
	QCOW2_BACKING_OFFSET_AT = 8,
	QCOW2_SIZE_AT = 24,
	QCOW2_INCOMPATIBLE_AT = 72, /* version 3 */
	QCOW2_HEAD_LEAST_BYTES = 80,
	QCOW2_EXTERNAL_DATA_FILE = 1 << 2,
};

/* Offsets in a sparse extent's header (VMware, "Virtual Disk Format 1.1"), little-endian.
 */
enum { VMDK_CAPACITY_SECTORS_AT = 12, VMDK_HEAD_LEAST_BYTES = 20 };

enum { SECTOR_BYTES = 512 };

/* EBS volumes are at most 64 TiB: nothing larger has a place there. */
static const uint64_t most_bytes = UINT64_C(64) << 40;

const char *vm_image_format_name(enum vm_image_format format)
{
	switch (format) {
	case VM_IMAGE_QCOW2:
		return "qcow2";
	case VM_IMAGE_VMDK:
		return "vmdk";
	default:
		return "raw";
	}
}

static uint64_t get_be(const uint8_t *p, size_t bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < bytes; i++)
		value = value << 8 | p[i];
	return value;
}

static uint64_t get_le(const uint8_t *p, size_t bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < bytes; i++)
		value |= (uint64_t)p[i] << (8 * i);
	return value;
}

static int parse_qcow2(
	const uint8_t *head, size_t head_bytes, struct vm_image *ret, struct error *err)
{
	uint64_t version, incompatible;

	if (head_bytes < QCOW2_HEAD_LEAST_BYTES)
		return error_set(err, ERR_FORMAT, 0, "a qcow2 image that is cut off");
	version = get_be(head + QCOW2_VERSION_AT, 4);
	incompatible = version >= 3 ? get_be(head + QCOW2_INCOMPATIBLE_AT, 8) : 0;
	if (version < 2 || version > 3)
		return error_set(err, ERR_FORMAT, 0,
			"a qcow image of version %u, not 2 or 3", (unsigned int)version);
	if (get_be(head + QCOW2_BACKING_OFFSET_AT, 8))
		return error_set(err, ERR_FORMAT, 0,
			"a qcow2 image with a backing file; make it stand alone with "
			"`qemu-img convert`");
	if (incompatible & QCOW2_EXTERNAL_DATA_FILE)
		return error_set(err, ERR_FORMAT, 0,
			"a qcow2 image with its data in another file; make it stand "
			"alone with `qemu-img convert`");
	*ret = (struct vm_image){ VM_IMAGE_QCOW2, get_be(head + QCOW2_SIZE_AT, 8) };
	return 0;
}

static int parse_vmdk(
	const uint8_t *head, size_t head_bytes, struct vm_image *ret, struct error *err)
{
	uint64_t sectors;

	if (head_bytes < VMDK_HEAD_LEAST_BYTES)
		return error_set(err, ERR_FORMAT, 0, "a VMDK image that is cut off");
	sectors = get_le(head + VMDK_CAPACITY_SECTORS_AT, 8);
	if (sectors > most_bytes / SECTOR_BYTES)
		sectors = 0;
	*ret = (struct vm_image){ VM_IMAGE_VMDK, sectors * SECTOR_BYTES };
	return 0;
}

int vm_image_parse(const uint8_t *head, size_t head_bytes, uint64_t file_bytes,
	struct vm_image *ret, struct error *err)
{
	static const char vmdk_text[] = "# Disk DescriptorFile";
	struct vm_image info = { VM_IMAGE_RAW, file_bytes };

	if (head_bytes >= 4 && memcmp(head, "QFI\xfb", 4) == 0) {
		if (parse_qcow2(head, head_bytes, &info, err) < 0)
			return -1;
	} else if (head_bytes >= 4 && memcmp(head, "KDMV", 4) == 0) {
		if (parse_vmdk(head, head_bytes, &info, err) < 0)
			return -1;
	} else if (head_bytes >= sizeof(vmdk_text) - 1 &&
		   memcmp(head, vmdk_text, sizeof(vmdk_text) - 1) == 0) {
		return error_set(err, ERR_FORMAT, 0,
			"a VMDK description whose data is in other files; make it one "
			"file with `qemu-img convert`");
	}
	if (info.virtual_bytes < SECTOR_BYTES)
		return error_set(err, ERR_FORMAT, 0, "no disk image: it %s",
			file_bytes ? "is smaller than a sector" : "is empty");
	if (info.virtual_bytes > most_bytes)
		return error_set(err, ERR_FORMAT, 0,
			"a disk of more than 64 TiB, which is the most that EBS holds");
	*ret = info;
	return 0;
}

int vm_image_read(int fd, const char *name, struct vm_image *ret, struct error *err)
{
	uint8_t head[VM_IMAGE_HEAD_BYTES];
	struct stat st;
	size_t got;
	off_t end;

	if (fstat(fd, &st) < 0)
		return error_errno(err, "look at '%s'", name);
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return error_set(err, ERR_FORMAT, 0, "'%s' is %s, not a disk image", name,
			S_ISDIR(st.st_mode) ? "a directory" : "no regular file");
	end = S_ISBLK(st.st_mode) ? lseek(fd, 0, SEEK_END) : st.st_size;
	if (end < 0)
		return error_errno(err, "find the size of '%s'", name);
	if (fd_pread(fd, head, sizeof(head), 0, &got, name, err) < 0)
		return -1;
	if (vm_image_parse(head, got, (uint64_t)end, ret, err) < 0)
		return error_context(err, "'%s'", name);
	return 0;
}
