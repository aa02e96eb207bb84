/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From what the recipe wants to what is to be installed: sources chosen, lists fetched
 * and verified, dependencies resolved. Nothing is made in the tree here.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "distro/debian/apt.h"
#include "distro/debian/mirrors.h"
#include "distro/debian/plan.h"
#include "distro/debian/suite.h"
#include "distro/distro.h"

struct resolution {
	struct debian_mirrors mirrors; /* of the build */
	char *sources; /* sources.list(5) text of these */
	struct strv wanted; /* what was asked for, by the recipe or by us */
	struct strv packages; /* that, and the essential packages: for apt-get */
	struct plan plan; /* all packages; its steps are those that the base lacks */
	struct plan base; /* what a tree begins with */
	bool common; /* recipes that differ only in their packages have that base, too */
	int64_t epoch_s; /* newest date of what was verified */
};

void resolution_release(struct resolution *r);
static inline void resolution_releasep(struct resolution *r)
{
	resolution_release(r);
}

/* The mirrors that a build of `spec` uses, and sources.list(5) text that names them. */
int debian_sources(const struct distro_spec *spec, struct apt *apt, struct progress *p,
	struct debian_mirrors *ret_mirrors, struct strbuf *text, struct error *err);

/* The lists of those, through the cache (lists.h). */
int debian_lists(const struct distro_spec *spec, struct apt *apt, const char *sources,
	struct progress *p, struct error *err);

int debian_resolve(const struct distro_spec *spec, struct apt *apt, struct progress *p,
	struct resolution *ret, struct error *err);
