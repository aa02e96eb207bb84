/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A FAT32 file system with a few files, made in memory: the EFI system partition. After
 * Microsoft's "FAT File System Specification" (2000, as UEFI 2.10, chapter 13.3 refers to
 * it). Names are upper-case 8.3. The same input gives the same bytes.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "disk/blockmap.h"

struct fat_file {
	const char *path; /* "EFI/BOOT/BOOTX64.EFI"; directories are made for it */
	const void *bytes;
	size_t length_bytes;
};

struct fat_spec {
	uint64_t size_bytes; /* at least FAT_LEAST_BYTES, a multiple of 1 MiB */
	const char *label; /* ≤ 11 upper-case characters */
	uint32_t volume_id;
	int64_t time_s; /* of all files, Unix */
	const struct fat_file *files;
	size_t file_count;
};

/* With fewer clusters it would have to be FAT16. */
#define FAT_LEAST_BYTES (UINT64_C(34) << 20)
#define FAT_MOST_BYTES (UINT64_C(1) << 30)

/* What a file system with these files needs, at least `least_bytes`; a multiple of 1
 * MiB. */
uint64_t fat_size_for(
	const struct fat_file *files, size_t file_count, uint64_t least_bytes);

/* ERR_SPACE when the files do not fit. The files' bytes are copied. */
int fat_layout(const struct fat_spec *spec, struct blockmap **ret, struct error *err);
