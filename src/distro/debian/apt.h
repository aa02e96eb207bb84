/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * This machine's apt as resolver, downloader and verifier for a tree of another release and
 * architecture, in a directory of its own and under a configuration of its own
 * (apt_config.h). It runs outside the tree and installs nothing.
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/progress.h"
#include "base/strv.h"

struct apt;

struct apt_setup {
	const char *dir; /* to be made */
	const char *arch; /* Debian's name */
	const char *keyring; /* whose signatures count */
	struct progress *progress;
};

int apt_new(const struct apt_setup *setup, struct apt **ret, struct error *err);
struct apt *apt_free(struct apt *a);
static inline void apt_freep(struct apt **a)
{
	*a = apt_free(*a);
}

const char *apt_dir(const struct apt *a);

/* sources.list(5) text, deb822. */
int apt_set_sources(struct apt *a, const char *text, struct error *err);

/* Whether something can be fetched from there; only "not there" is false. */
int apt_probe(struct apt *a, const char *uri, bool *ret_there, struct error *err);

/* Fetch and verify Release files and package lists. */
int apt_update(struct apt *a, struct error *err);

/*
 * `apt-get OPTIONS install PACKAGES`, in a system where nothing is installed. stdout is
 * the caller's to free.
 */
int apt_install(struct apt *a, const char *const *options, const struct strv *packages,
	char **ret_out, struct error *err);

/* Every line of `apt-cache pkgnames`; the caller frees. */
int apt_package_names(struct apt *a, char **ret_names, struct error *err);

/* "URI SUITE COMPONENT" for each index of this machine's own sources; the caller frees. */
int apt_host_targets(char **ret_targets, struct error *err);
