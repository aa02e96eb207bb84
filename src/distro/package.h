/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The packages of a tree: what each is, and what it came from. A driver's result has
 * them, a manifest keeps them, and a locked build wants the very same again.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "tree/hash.h"

struct distro_package {
	char *name;
	char *version;
	char *arch; /* the distribution's word: "amd64", "all" */
	char *source; /* source package, or NULL: not known */
	char *source_version; /* or NULL */
	char *uri; /* of the package's file; NULL: not installed by the build itself */
	uint64_t size_bytes; /* of that file */
	char sha256[SHA256_HEX_CHARS + 1]; /* of that file; "" without one */
};

/* By value; { 0 }, distro_packages_release(). */
struct distro_packages {
	struct distro_package *items;
	size_t count, room;
};

void distro_packages_release(struct distro_packages *p);
static inline void distro_packages_releasep(struct distro_packages *p)
{
	distro_packages_release(p);
}

/* The strings of `*package` become the list's. */
void distro_packages_add(struct distro_packages *p, struct distro_package *package);
