/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/verify_disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/proc.h"
#include "vm/scratch.h"

/* Offsets in a GPT header and entry (UEFI 2.10, section 5.3), and in an MBR. */
enum {
	SECTOR_BYTES = 512,
	GPT_ENTRIES_LBA_AT = 72,
	GPT_ENTRY_COUNT_AT = 80,
	GPT_ENTRY_BYTES_AT = 84,
	GPT_ENTRY_LEAST_BYTES = 128,
	GUID_BYTES = 16,
	MBR_ENTRIES_AT = 446,
	MBR_ENTRY_BYTES = 16,
	MBR_TYPE_AT = 4,
	MBR_TYPE_ESP = 0xef,
	MBR_TYPE_PROTECTIVE = 0xee,
};

/* Partition types as they stand on the disk, and what each says. */
static const struct {
	uint8_t guid[GUID_BYTES];
	unsigned int boot;
	enum recipe_arch arch;
} types[] = {
	/* 21686148-6449-6E6F-744E-656564454649: BIOS boot */
	{ { 'H', 'a', 'h', '!', 'I', 'd', 'o', 'n', 't', 'N', 'e', 'e', 'd', 'E', 'F',
		  'I' },
		RECIPE_BOOT_BIOS, RECIPE_ARCH_X86_64 },
	/* C12A7328-F81F-11D2-BA4B-00A0C93EC93B: EFI system partition */
	{ { 0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11, 0xba, 0x4b, 0x00, 0xa0, 0xc9,
		  0x3e, 0xc9, 0x3b },
		RECIPE_BOOT_UEFI, 0 },
	/* 4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709: root, x86-64 */
	{ { 0xe3, 0xbc, 0x68, 0x4f, 0xcd, 0xe8, 0xb1, 0x4d, 0x96, 0xe7, 0xfb, 0xca, 0xf9,
		  0x84, 0xb7, 0x09 },
		0, RECIPE_ARCH_X86_64 },
	/* B921B045-1DF0-41C3-AF44-4C6F280D3FAE: root, 64-bit ARM */
	{ { 0x45, 0xb0, 0x21, 0xb9, 0xf0, 0x1d, 0xc3, 0x41, 0xaf, 0x44, 0x4c, 0x6f, 0x28,
		  0x0d, 0x3f, 0xae },
		0, RECIPE_ARCH_ARM64 },
};

static uint64_t get_le(const uint8_t *p, size_t bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < bytes; i++)
		value |= (uint64_t)p[i] << (8 * i);
	return value;
}

static void take_type(const uint8_t *guid, struct disk_facts *facts)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (memcmp(types[i].guid, guid, GUID_BYTES) != 0)
			continue;
		facts->boot |= types[i].boot;
		if (types[i].arch)
			facts->arch = types[i].arch;
	}
}

static void parse_gpt(const uint8_t *head, size_t head_bytes, struct disk_facts *facts)
{
	const uint8_t *header = head + SECTOR_BYTES;
	uint64_t lba = get_le(header + GPT_ENTRIES_LBA_AT, 8);
	uint64_t count = get_le(header + GPT_ENTRY_COUNT_AT, 4);
	uint64_t size = get_le(header + GPT_ENTRY_BYTES_AT, 4);
	uint64_t at;

	if (lba > head_bytes / SECTOR_BYTES || size < GPT_ENTRY_LEAST_BYTES)
		return;
	at = lba * SECTOR_BYTES;
	for (; count && size <= head_bytes - at; count--, at += size)
		take_type(head + at, facts);
}

static void parse_mbr(const uint8_t *head, struct disk_facts *facts)
{
	for (size_t i = 0; i < 4; i++) {
		uint8_t type = head[MBR_ENTRIES_AT + i * MBR_ENTRY_BYTES + MBR_TYPE_AT];

		if (type == MBR_TYPE_ESP)
			facts->boot |= RECIPE_BOOT_UEFI;
		else if (type && type != MBR_TYPE_PROTECTIVE && head[0])
			facts->boot |= RECIPE_BOOT_BIOS;
	}
}

void disk_facts_parse(const uint8_t *head, size_t head_bytes, struct disk_facts *facts)
{
	facts->arch = 0;
	facts->boot = 0;
	if (head_bytes < 2 * SECTOR_BYTES)
		return;
	if (memcmp(head + SECTOR_BYTES, "EFI PART", 8) == 0)
		parse_gpt(head, head_bytes, facts);
	else if (head[SECTOR_BYTES - 2] == 0x55 && head[SECTOR_BYTES - 1] == 0xaa)
		parse_mbr(head, facts);
}

/* QEMU's tools know where the disk's first bytes are in a file of this format. */
static int unpack_head(
	int fd, const char *format, int dir_fd, int *ret_fd, struct error *err)
{
	CLEANUP(fd_closep) int out = -1;
	char from[40], to[40], size[40];
	const char *const argv[] = { "qemu-img", "dd", "-f", format, "-O", "raw", size,
		"count=1", from, to, NULL };
	int fds[2];
	const struct proc_spec proc = {
		.argv = argv, .pass_fds = fds, .pass_fd_count = 2
	};

	if (scratch_file_open(dir_fd, "the start of the disk", &out, err) < 0)
		return -1;
	fds[0] = fd;
	fds[1] = out;
	(void)snprintf(size, sizeof(size), "bs=%d", DISK_HEAD_BYTES);
	(void)snprintf(from, sizeof(from), "if=/proc/self/fd/%d", fd);
	(void)snprintf(to, sizeof(to), "of=/proc/self/fd/%d", out);
	if (proc_run(&proc, NULL, err) < 0)
		return -1;
	*ret_fd = TAKE_FD(out);
	return 0;
}

int disk_facts_read(
	int fd, const char *name, int dir_fd, struct disk_facts *ret, struct error *err)
{
	CLEANUP(fd_closep) int unpacked = -1;
	CLEANUP(freep) uint8_t *head = xmalloc_pages(DISK_HEAD_BYTES);
	struct disk_facts facts = { 0 };
	size_t got;

	if (vm_image_read(fd, name, &facts.image, err) < 0)
		return -1;
	if (facts.image.format != VM_IMAGE_RAW &&
		unpack_head(fd, vm_image_format_name(facts.image.format), dir_fd,
			&unpacked, err) < 0)
		return error_context(err, "read the start of the disk in '%s'", name);
	if (fd_pread(unpacked >= 0 ? unpacked : fd, head, DISK_HEAD_BYTES, 0, &got, name,
		    err) < 0)
		return -1;
	disk_facts_parse(head, got, &facts);
	*ret = facts;
	return 0;
}
