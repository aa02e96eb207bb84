/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where packages come from. For the build: the recipe's mirror; else the mirrors that
 * this machine itself uses, when it is a Debian; else deb.debian.org. In the image: the
 * recipe's mirror or deb.debian.org, never this machine's own.
 *
 * A mirror that the recipe names is taken at its word: the release and its -updates come
 * from there, security updates from its sibling (".../debian" → ".../debian-security").
 * What of the two is not there is left out, with a warning.
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/strbuf.h"

#define DEBIAN_MIRROR "http://deb.debian.org/debian"
#define DEBIAN_SECURITY_MIRROR "http://deb.debian.org/debian-security"

struct debian_mirrors {
	char *archive;
	char *security; /* or NULL: none */
	bool updates; /* whether `archive` has <release>-updates */
};

void debian_mirrors_release(struct debian_mirrors *m);
static inline void debian_mirrors_releasep(struct debian_mirrors *m)
{
	debian_mirrors_release(m);
}

/* deb.debian.org, whole. */
void debian_mirrors_default(struct debian_mirrors *ret);

/*
 * From lines "URI SUITE COMPONENT" as `apt-get indextargets` prints them for this
 * machine. What is not plainly Debian's own archive is passed over.
 */
void debian_mirrors_from_host(const char *targets, struct debian_mirrors *ret);

/* From the recipe's mirror; whether the siblings exist is for the caller to find out. */
void debian_mirrors_from_recipe(const char *mirror, struct debian_mirrors *ret);

/* "http://h/debian/" → "http://h/debian-security"; NULL when no part of it is "debian".
 */
char *debian_security_sibling(const char *mirror);

/* One deb822 file (sources.list(5)). `keyring` is the Signed-By path, or NULL: leave it
 * out. */
void debian_sources_format(const struct debian_mirrors *m, const char *release,
	const char *keyring, struct strbuf *text);

/*
 * The mirrors for the image's own sources, given those of the build: without passwords,
 * and without places that only this machine can reach (file:).
 */
void debian_mirrors_for_image(
	const struct debian_mirrors *build, bool from_recipe, struct debian_mirrors *ret);

/* Refuse what would not be one URL in a sources file. */
int debian_mirror_check(const char *mirror, struct error *err);
