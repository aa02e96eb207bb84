/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mounts of a chroot (distro/chroot.h). Each mount made is appended to `mounts` at
 * once, so that chroot_unmount_all() knows it whatever fails afterwards.
 */
#pragma once

#include "base/error.h"
#include "base/strv.h"

int chroot_mount_all(const char *root, const char *scratch_dir, struct strv *mounts,
	struct error *err);
int chroot_mount_bind(const char *root, const char *from, const char *at,
	struct strv *mounts, struct error *err);

/* In reverse order; `mounts` is empty afterwards. */
int chroot_unmount_all(struct strv *mounts, struct error *err);
