/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A recipe as the parts use it: every key has its effective value, checked, with what
 * was not said filled in. The keys themselves, their defaults and their meaning stand
 * in one table, recipe_schema.c; docs/recipe.md and amiwright-recipe(5) are printed
 * from it.
 *
 * Life: recipe_load(), read-only, recipe_free().
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strv.h"
#include "distro/distro.h"

/* The values of words are their numbers in the schema's lists, from 1. */
enum recipe_arch { RECIPE_ARCH_X86_64 = 1, RECIPE_ARCH_ARM64 };
enum recipe_boot { RECIPE_BOOT_BIOS = 1 << 0, RECIPE_BOOT_UEFI = 1 << 1 }; /* a set */
enum recipe_root { RECIPE_ROOT_EXT4 = 1, RECIPE_ROOT_XFS };
enum recipe_boot_fs { RECIPE_BOOT_FS_NONE = 1, RECIPE_BOOT_FS_EXT2, RECIPE_BOOT_FS_EXT4 };
enum recipe_fstab { RECIPE_FSTAB_LABEL = 1, RECIPE_FSTAB_UUID };
enum recipe_imds { RECIPE_IMDS_V2 = 1, RECIPE_IMDS_ANY };
enum recipe_way { RECIPE_WAY_AUTO = 1, RECIPE_WAY_COPY, RECIPE_WAY_SEND };
enum recipe_protect {
	RECIPE_PROTECT_AS_IS = 1,
	RECIPE_PROTECT_NO,
	RECIPE_PROTECT_YES,
	RECIPE_PROTECT_COOLDOWN,
};
enum recipe_boot_mode {
	RECIPE_MODE_UEFI_PREFERRED = 1,
	RECIPE_MODE_UEFI,
	RECIPE_MODE_LEGACY_BIOS,
};

/* Where a value comes from, the strongest last. */
enum recipe_origin_kind {
	RECIPE_ORIGIN_DEFAULT = 0,
	RECIPE_ORIGIN_FILE,
	RECIPE_ORIGIN_ENVIRONMENT,
	RECIPE_ORIGIN_OPTION,
};

struct recipe_origin {
	enum recipe_origin_kind kind;
	char *text; /* "default", "debian.yaml:3:7", "$AMIWRIGHT_ARCH", "--set arch" */
};

/* A map of strings, in the order of the recipe: names.items[i] has values.items[i]. */
struct recipe_map {
	struct strv names, values;
};

/* Where an image goes and who may use it. */
struct recipe_publish {
	struct strv regions;
	struct strv best_effort; /* further ones, where a failure is a warning */
	enum recipe_way way; /* in which the image comes to them */
	uint64_t link_bytes; /* that this machine sends in a second; 0: not said */
	bool encrypt;
	struct recipe_map kms_keys; /* region → key */
	struct strv share; /* account ids of 12 digits; ARNs of organisations and units */
	bool share_snapshots;
	bool public;
	bool exact; /* permissions that are not named are taken away */
	char *deprecate; /* "180d" after its registration, or a date; or NULL */
	enum recipe_protect protect;
	char *parameter; /* of SSM, or NULL */
	uint64_t keep; /* 0: all */
};

/* Text that was not given and has no default is NULL; files and directories are
 * absolute. */
struct recipe {
	char *path; /* as given */
	char *name;
	char *distro;
	char *release;
	enum recipe_arch arch;
	struct strv packages;
	enum distro_agent agent;
	char *user;
	char *hostname;
	char *locale;
	char *mirror;
	char *keyring;
	char *kernel_args;
	char *root_password_hash;
	char *overlay;
	struct strv scripts;
	bool scripts_repeatable;
	struct {
		uint64_t size_bytes; /* 0: fits the content */
		uint64_t free_bytes;
		unsigned int boot; /* enum recipe_boot, or-ed */
		enum recipe_root root;
		enum recipe_boot_fs boot_fs; /* of /boot as a partition of its own */
		uint64_t boot_bytes; /* of that partition */
		uint64_t swap_bytes; /* 0: no swap */
		enum recipe_fstab fstab;
	} disk;
	struct {
		struct recipe_map allow; /* ids of lint's checks, and why */
	} lint;
	struct {
		char *description;
		struct recipe_map tags;
		enum recipe_imds imds;
		enum recipe_boot_mode boot_mode;
	} image;
	struct recipe_publish publish;
	const struct distro_driver *driver; /* of `distro` */
	struct recipe_origin *origins; /* one a key of the schema, in its order */
};

/*
 * Read `path`. `sets` are "KEY=VALUE", the values YAML as in the recipe; the last one
 * of a key counts. Order: sets, environment, recipe, default. Relative files are
 * relative to the recipe's directory when they stand in it, else to the current one.
 *
 * ERR_RECIPE with "file:line:column: reason" for anything wrong, before anything was
 * made; ERR_USAGE for a set that is not KEY=VALUE.
 */
int recipe_load(const char *path, const struct strv *sets, struct recipe **ret,
	struct error *err);

struct recipe *recipe_free(struct recipe *r);
static inline void recipe_freep(struct recipe **r)
{
	*r = recipe_free(*r);
}

/* "x86_64", "uefi-preferred": as the recipe spells them. */
const char *recipe_arch_name(enum recipe_arch arch);
const char *recipe_boot_mode_name(enum recipe_boot_mode mode);
const char *recipe_imds_name(enum recipe_imds imds);
const char *recipe_root_name(enum recipe_root root);
const char *recipe_boot_fs_name(enum recipe_boot_fs fs); /* NULL: none */

/*
 * What the recipe says to the distribution's driver. Strings stay the recipe's. The
 * caller sets what belongs to one build: labels, uuid, cache, work and root
 * directories.
 */
struct distro_spec recipe_distro_spec(const struct recipe *r);
