/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is to be installed, and in which order, as apt has worked it out.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strv.h"
#include "tree/hash.h"

struct plan_package {
	char *name;
	char *version; /* set by plan_add_order() */
	char *uri;
	char *file; /* the .deb's name: "htop_3.2.2-2_amd64.deb" */
	uint64_t size_bytes;
	char sha256[SHA256_HEX_CHARS + 1]; /* from the signed package list */
	bool essential; /* of the set that is there before all others */
};

/* One call of dpkg: these packages unpacked, or configured. */
struct plan_step {
	bool configure;
	struct strv names;
};

struct plan {
	struct plan_package *packages;
	size_t package_count, package_room;
	struct plan_step *steps; /* of those that are not essential */
	size_t step_count, step_room;
	uint64_t installed_bytes; /* about what the packages take in a tree */
};

void plan_release(struct plan *p);
static inline void plan_releasep(struct plan *p)
{
	plan_release(p);
}

/* From `apt-get --print-uris install`: 'URI' FILE SIZE SHA256:HASH, a line each. */
int plan_add_uris(struct plan *p, const char *text, struct error *err);

/*
 * From `apt-get --simulate install`: which packages are unpacked and configured when.
 * Those in `essential` are marked so in p->packages and left out of the steps. ERR_FORMAT
 * when a package has no URI.
 */
int plan_add_order(struct plan *p, const char *text, const struct strv *essential,
	struct error *err);

/* The packages of `from`, or those of them that `apt-get --simulate install` installs;
 * without steps, appended to `to`, and that sorted by name. */
void plan_copy_packages(const struct plan *from, struct plan *to);
int plan_copy_chosen(
	const struct plan *from, const char *text, struct plan *to, struct error *err);

/* Take what `base` has out of the steps of `p`: it is there already. */
void plan_skip(struct plan *p, const struct plan *base);

const struct plan_package *plan_find(
	const struct plan *p, const char *name); /* or NULL */
uint64_t plan_total_bytes(const struct plan *p);
