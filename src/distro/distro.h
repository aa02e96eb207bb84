/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Distributions: each is a driver that turns what the recipe wants into a tree on disk,
 * ready to become a disk. Drivers run inside the sandbox (base/sandbox.h), as root over
 * the tree.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "distro/package.h"
#include "distro/tree_room.h"
#include "tree/digest_memo.h"
#include "tree/overlay_watch.h"

enum distro_agent { DISTRO_AGENT_EC2_INIT = 1, DISTRO_AGENT_CLOUD_INIT };

/* What an earlier build was made of, and this one is to be made of again. */
struct distro_lock {
	struct distro_packages packages;
	int64_t epoch_s; /* the date that it had */
};

/* What a driver needs to know; strings are the caller's. Paths are absolute. */
struct distro_spec {
	const char *release; /* "bookworm" */
	const char *arch; /* "x86_64" or "arm64" */
	const struct strv *packages;
	enum distro_agent agent;
	const char *user; /* who may sudo and owns the launch key */
	const char *hostname;
	const char *locale; /* "C.UTF-8", "en_US.UTF-8" */
	const char *root_password_hash; /* crypt(5), or NULL: locked */
	const char *mirror; /* URL, or NULL: the driver's choice */
	const char *keyring; /* file of keys to trust, or NULL: the distribution's own */
	const char *overlay; /* directory, or NULL */
	const struct strv *scripts; /* files, run in this order */
	const char *kernel_args; /* further kernel command line, or NULL */
	bool bios, uefi; /* which boot loaders */
	const char *root_fs; /* "ext4", "xfs" */
	const char *
		boot_fs; /* of /boot's own partition: "ext2", "ext4"; NULL: it has none */
	bool swap; /* there is a swap partition */
	unsigned int root_partition; /* numbers on the disk, from 1 */
	unsigned int boot_partition; /* the one that /boot stands on: it may be root's */
	const char *root_label, *boot_label, *swap_label, *esp_label;
	const char *root_uuid, *boot_uuid, *swap_uuid; /* text form */
	const char *esp_uuid; /* as blkid(8) shows a FAT volume id: "1A2B-3C4D" */
	bool fstab_by_uuid; /* /etc/fstab names file systems by UUID, else by label */
	const char *cache_dir; /* downloads, kept and shared between builds */
	bool no_cache; /* take nothing but the packages' files from there */
	/* Text that says who builds, and with what program; NULL: it cannot be told, and
	 * no base is kept. */
	const char *maker;
	const char *work_dir; /* scratch, removed by the caller */
	struct tree_room *room; /* for the tree, and what becomes part of it; not open */
	struct digest_memo *memo; /* of the tree's files; or NULL */
	const char *root_dir; /* where the tree is to be, in the room; to be made */
	const struct distro_lock *lock; /* or NULL: what is newest */
};

/* What it has made. By value; distro_result_release(). */
struct distro_result {
	int64_t epoch_s; /* date of the inputs (Unix): nothing in the image is newer */
	char *bios_boot, *bios_core,
		*efi; /* paths of loader images in the room, or NULL */
	struct distro_packages packages; /* in the tree at the end */
	struct strv tools; /* what has chosen and installed them: "apt 2.6.1" */
	uint64_t download_bytes; /* fetched in this run, not from the cache */
	char *inputs; /* what `inputs` of the driver says of the inputs that it had */
	char *base; /* of the cache, what the tree began as (tree/pack.h); or NULL */
	struct overlay_idle overlay_idle; /* what had no say in all the rest */
};

void distro_result_release(struct distro_result *r);
static inline void distro_result_releasep(struct distro_result *r)
{
	distro_result_release(r);
}

struct distro_driver {
	const char *name; /* "debian" */
	const char *const *releases; /* NULL-terminated, newest first */
	const char *const *arches;
	const char *default_user;
	/* Whether the release has that locale; else *ret_near is the one that may be
	 * meant, or NULL. */
	bool (*find_locale)(
		const char *release, const char *locale, const char **ret_near);
	/* Refuse what cannot work, before anything is made: missing tools, foreign arch.
	 */
	int (*check)(const struct distro_spec *spec, struct error *err);
	/* What build_tree would do, a line each, appended to `steps`. */
	void (*describe)(const struct distro_spec *spec, struct strv *steps);
	int (*build_tree)(const struct distro_spec *spec, struct progress *p,
		struct distro_result *ret, struct error *err);
	/*
	 * What decides about the tree besides `spec` and this program, as it is now: the
	 * mirror's signed files, keys, tools. Text for comparing, appended to `to`: where
	 * it is the same, build_tree would make the same tree.
	 */
	int (*inputs)(const struct distro_spec *spec, struct progress *p,
		struct strbuf *to, struct error *err);
};

/* NULL-terminated. */
extern const struct distro_driver *const distro_drivers[];
const struct distro_driver *distro_find(const char *name); /* or NULL */
