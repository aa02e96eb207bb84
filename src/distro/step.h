/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Steps: short sh scripts of ours that run inside a tree. They are files in the source
 * and part of the program (tools/embed-steps).
 */
#pragma once

#include "base/error.h"
#include "distro/chroot.h"

struct step {
	const char *name; /* the file's name without ".sh"; NULL ends a table */
	const char *text;
};

/* Put the step `name` into the tree, where only the build sees it; the path as the tree
 * has it is the caller's to free. */
int step_place(struct chroot *c, const struct step *table, const char *name,
	char **ret_path, struct error *err);

/* Run it, with `env` added to the environment. */
int step_run(struct chroot *c, const struct step *table, const char *name,
	const char *const *env, struct error *err);
