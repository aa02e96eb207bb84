/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/upload_format.h"

#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/size.h"

#define VOLUME_MOST_BYTES (UINT64_C(1) * EBS_VOLUME_MOST_GIB * GIB)

enum { SECTOR_BYTES = 512 }; /* less is no disk */

static const char convert[] = "convert it first: qemu-img convert -O raw IMAGE disk.raw";
static const char unsparse[] = "convert it first: simg2img IMAGE disk.raw";
static const char unpack[] = "unpack it first";

/*
 * From QEMU's docs/interop (qcow2, qed_spec, parallels), VMware's "Virtual Disk Format
 * 5.0", Microsoft's "Virtual Hard Disk Image Format" and MS-VHDX, VirtualBox' VDICore.h,
 * RFC 1952, RFC 8878, Android's libsparse, and the descriptions of bzip2, xz, lz4 and
 * ZIP.
 */
static const struct {
	uint16_t at;
	uint8_t length;
	const char *magic;
	const char *name;
	const char *remedy;
} formats[] = {
	{ 0, 4, "QFI\xfb", "a qcow2 image", convert },
	{ 0, 4, "KDMV", "a VMDK image", convert },
	{ 0, 4, "COWD", "a VMDK image", convert },
	{ 0, 21, "# Disk DescriptorFile", "the description of a VMDK image", convert },
	{ 0, 8, "conectix", "a VHD image", convert },
	{ 0, 8, "vhdxfile", "a VHDX image", convert },
	{ 64, 4, "\x7f\x10\xda\xbe", "a VDI image", convert },
	{ 0, 4, "QED\0", "a QED image", convert },
	{ 0, 16, "WithoutFreeSpace", "a Parallels image", convert },
	{ 0, 16, "WithouFreSpacExt", "a Parallels image", convert },
	{ 0, 4, "\x3a\xff\x26\xed", "an Android sparse image", unsparse },
	{ 0, 3, "\x1f\x8b\x08", "compressed with gzip", unpack },
	{ 0, 3, "BZh", "compressed with bzip2", unpack },
	{ 0, 6, "\xfd\x37zXZ\0", "compressed with xz", unpack },
	{ 0, 4, "\x28\xb5\x2f\xfd", "compressed with zstd", unpack },
	{ 0, 4, "\x04\x22\x4d\x18", "compressed with lz4", unpack },
	{ 0, 4, "PK\x03\x04", "a ZIP archive", unpack },
	{ 257, 5, "ustar", "a tar archive", unpack },
};

const char *upload_format_name(const uint8_t *head, size_t head_bytes,
	const uint8_t *tail, size_t tail_bytes, const char **ret_remedy)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (head_bytes >= (size_t)formats[i].at + formats[i].length &&
			!memcmp(head + formats[i].at, formats[i].magic,
				formats[i].length)) {
			*ret_remedy = formats[i].remedy;
			return formats[i].name;
		}
	/* A VHD of fixed size is a raw disk with a footer of one sector. */
	if (tail_bytes >= 8 && !memcmp(tail, "conectix", 8)) {
		*ret_remedy = convert;
		return "a VHD image of fixed size";
	}
	return NULL;
}

int upload_format_check(int fd, const char *what, uint64_t size_bytes, struct error *err)
{
	uint8_t head[UPLOAD_FORMAT_HEAD_BYTES], tail[UPLOAD_FORMAT_TAIL_BYTES];
	const uint64_t tail_at =
		size_bytes > sizeof(tail) ? size_bytes - sizeof(tail) : 0;
	const char *name, *remedy = NULL;
	size_t head_bytes, tail_bytes;

	if (!size_bytes)
		return error_set(
			err, ERR_FORMAT, 0, "'%s': no disk image: it is empty", what);
	if (size_bytes > VOLUME_MOST_BYTES)
		return error_set(err, ERR_FORMAT, 0,
			"'%s': a disk of more than 64 TiB, which is the most that a "
			"volume holds",
			what);
	if (fd_pread(fd, head, sizeof(head), 0, &head_bytes, what, err) < 0 ||
		fd_pread(fd, tail, sizeof(tail), tail_at, &tail_bytes, what, err) < 0)
		return -1;
	name = upload_format_name(head, head_bytes, tail, tail_bytes, &remedy);
	if (name)
		return error_set(err, ERR_FORMAT, 0, "'%s' is %s, not a raw disk; %s",
			what, name, remedy);
	if (size_bytes < SECTOR_BYTES)
		return error_set(err, ERR_FORMAT, 0,
			"'%s': no disk image: it is smaller than a sector", what);
	return 0;
}
