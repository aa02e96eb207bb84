/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who uses a block device: told from what the kernel says, before anything is opened, so
 * that a refusal can name the reason. (What finally protects a device is opening it
 * O_EXCL.)
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

/* Where to look; tests give their own. */
struct device_world {
	const char *sysfs; /* "/sys" */
	const char *mountinfo; /* "/proc/self/mountinfo", proc(5) */
	const char *swaps; /* "/proc/swaps" */
	/* The device number of the block device at `path`; false when it is none. */
	bool (*block_device_at)(const char *path, dev_t *ret);
};

extern const struct device_world device_world_real;

/*
 * ERR_TARGET, with the reason, when the device or one of its partitions is mounted, is
 * swap, or is held by another device (RAID, LVM, device mapper).
 */
int device_check_unused(
	const struct device_world *w, const char *path, dev_t dev, struct error *err);

/* One line of mountinfo. Strings are unescaped, in the caller's line. */
struct mount_entry {
	unsigned int major, minor;
	const char *mount_point;
	const char *source;
};

/* Changes `line`, which has no newline. False when it is not of that form. */
bool mount_entry_parse(char *line, struct mount_entry *ret);

/* The path of one line of /proc/swaps but its first; NULL when there is none. */
char *swap_entry_parse(char *line);
