/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All packages into a tree, in two stages: the base, which recipes that differ only in
 * their packages have in common, then what this recipe has besides. The base comes out of
 * the cache where it is there (distro/base_cache.h). The stages are the same whether it
 * does or not, and so are the bytes.
 */
#pragma once

#include "base/error.h"
#include "base/progress.h"
#include "distro/chroot.h"
#include "distro/debian/resolve.h"
#include "distro/distro.h"

struct install_spec {
	const struct distro_spec *distro;
	const struct resolution *resolution;
	const char *archives_dir; /* every package's file */
	const char *loader_dir; /* shown in the tree as DEBIAN_LOADER_DIR; to be made */
	struct progress *progress;
};

/* The tree as a place to run packages' programs in. */
int debian_chroot_enter(
	const struct install_spec *s, struct chroot **ret, struct error *err);

/* Nothing is mounted any more; what stood in /tmp and /run is gone. */
int debian_chroot_leave(
	const struct install_spec *s, struct chroot **chroot, struct error *err);

/* What many recipes begin with. By value: zeroes, debian_base_release(). */
struct debian_base {
	struct strv paths; /* of its files: initramfs_key_paths() */
	char *kept; /* its file in the cache (distro/base_cache.h), or NULL */
};

void debian_base_release(struct debian_base *b);

/* *ret_chroot is of the tree in which everything is installed, base and all. */
int debian_install(const struct install_spec *spec, struct chroot **ret_chroot,
	struct debian_base *ret_base, struct error *err);
