/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files that a machine writes: its volume over a read-only image, and the variable
 * store of its UEFI firmware. Neither has a name.
 */
#pragma once

#include <stdint.h>

#include "base/error.h"

/* The size of the volume for an image: a whole number of GiB, as EBS has them, and more
 * than the image, so that the root file system has to grow. */
uint64_t volume_size(uint64_t image_bytes);

/* An empty qcow2 file of that virtual size. */
int volume_create(int dir_fd, uint64_t size_bytes, int *ret_fd, struct error *err);

/* A copy of the template at `path`. */
int volume_copy_vars(int dir_fd, const char *path, int *ret_fd, struct error *err);
