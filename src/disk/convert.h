/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Image formats, by qemu-img.
 */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"

enum image_format { IMAGE_RAW = 0, IMAGE_QCOW2, IMAGE_VMDK };

/* By the file name's ending; anything else is raw. */
enum image_format image_format_of_name(const char *path);

/* The ending, where it says a format that is not made; else NULL. */
const char *image_format_not_made(const char *path);

const char *image_format_name(
	enum image_format f); /* qemu-img's name: "raw", "qcow2", "vmdk" */

/* From the raw image in `raw_fd` to the empty file `to_fd`; vmdk as streamOptimized. */
int image_convert(int raw_fd, int to_fd, enum image_format f, struct progress *p,
	struct error *err);
