/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unified kernel images: a PE program (Microsoft, "PE Format") with the kernel, its
 * initramfs and its command line as sections (UAPI.5).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Finds a section (".initrd", ".cmdline") in the image; false when there is none that is
 * whole. */
bool uki_find_section(const void *image, size_t image_bytes, const char *name,
	const char **ret, size_t *ret_bytes);
