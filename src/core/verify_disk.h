/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a disk image says about itself: its format, for which processor it is, and with
 * which firmware it can boot. By value.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "core/recipe.h"
#include "vm/vm_image.h"

struct disk_facts {
	struct vm_image image;
	enum recipe_arch arch; /* 0: it does not say */
	unsigned int boot; /* enum recipe_boot, or-ed; 0: no loader's place was found */
};

enum { DISK_HEAD_BYTES = 65536 }; /* what holds the partition table and more */

/* From the first bytes of the disk (not of the file): fills arch and boot. */
void disk_facts_parse(const uint8_t *head, size_t head_bytes, struct disk_facts *facts);

/*
 * Of an open file or block device; `name` is for messages, `dir_fd` a directory for
 * scratch files. ERR_FORMAT when it is no disk image.
 */
int disk_facts_read(
	int fd, const char *name, int dir_fd, struct disk_facts *ret, struct error *err);
