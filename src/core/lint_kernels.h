/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernels of an image: which drivers each has built in, in its initramfs, and as
 * modules on the disk. Found out once, for the checks that ask.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "core/lint_look.h"

/* The drivers that are asked for. */
enum lint_driver {
	LINT_DRIVER_NVME = 1 << 0,
	LINT_DRIVER_ENA = 1 << 1,
	LINT_DRIVER_VIRTIO_BLK = 1 << 2,
	LINT_DRIVER_VIRTIO_PCI = 1 << 3,
};

/* An initramfs in /boot, beside the kernel's modules, or in a unified kernel image. */
struct lint_initramfs {
	struct lint_place at;
	bool readable;
	char *why; /* it is not readable; or NULL */
	unsigned int drivers; /* enum lint_driver, or-ed */
	char version[64]; /* of the kernel whose modules it has, or "" */
	bool hostonly; /* it says that it was made for one machine */
};

struct lint_kernel {
	char *version; /* the name of its directory in /usr/lib/modules */
	struct lint_place at; /* that directory */
	unsigned int built_in, modules; /* enum lint_driver, or-ed */
	const struct lint_initramfs *initramfs; /* or NULL */
};

struct lint_kernels {
	struct lint_kernel *kernels;
	size_t count, room;
	struct lint_initramfs *initramfs;
	size_t initramfs_count, initramfs_room;
	bool image; /* a kernel to boot was found */
};

/* What is in l->kernels afterwards stays the look's. */
int lint_kernels_read(struct lint_look *l, struct error *err);
void lint_kernels_free(struct lint_kernels *k);

/* The driver that a module's path is of ("…/nvme.ko.zst"), or 0. */
unsigned int lint_driver_of_path(const char *path);
