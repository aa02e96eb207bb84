/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * This machine's apt as resolver, downloader and verifier for a tree of another release
 * and architecture, in a directory of its own and under a configuration of its own
 * (apt_config.h). It runs outside the tree and installs nothing.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

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

/*
 * Where apt_simulate() and apt_download() find Release files and package lists, in the
 * place of "state/lists": what is in there has to be trusted already.
 */
void apt_set_lists(struct apt *a, const char *dir);

/* That directory. */
const char *apt_lists(const struct apt *a);

/* apt_preferences(5) text: which versions to choose. */
int apt_set_pins(struct apt *a, const char *text, struct error *err);

/* The program's own version, "apt 2.6.1"; the caller frees. */
int apt_version(struct apt *a, char **ret_version, struct error *err);

/* Whether something can be fetched from there; only "not there" is false. */
int apt_probe(struct apt *a, const char *uri, bool *ret_there, struct error *err);

/*
 * Fetch Release files and package lists that are newer than those in "state/lists", and
 * verify them; the signatures of what is there already, too. ERR_TIMEOUT when that takes
 * a quarter of an hour.
 */
int apt_update(struct apt *a, struct error *err);

/*
 * What `apt-get OPTIONS install PACKAGES` says, in a system where nothing is installed;
 * the caller frees.
 */
int apt_simulate(struct apt *a, const char *const *options, const struct strv *packages,
	char **ret_out, struct error *err);

/*
 * Fetch and verify the files of PACKAGES and what they need, `bytes` in all, into apt's
 * directory of archives. ERR_TIMEOUT when it goes on and on at less than 32 KiB a second.
 */
int apt_download(
	struct apt *a, const struct strv *packages, uint64_t bytes, struct error *err);

/* Every line of `apt-cache pkgnames`; the caller frees. */
int apt_package_names(struct apt *a, char **ret_names, struct error *err);

/*
 * "URI SUITE COMPONENT" for each list of this machine's own sources that apt has
 * fetched; the caller frees. apt would parse the lists for that: it is shown empty ones
 * of the same names instead, in `dir`, which is made.
 */
int apt_host_targets(const char *dir, char **ret_targets, struct error *err);
