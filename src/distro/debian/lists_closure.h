/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apt reads all records of its lists, some 60000, to choose among them. To what some
 * packages could lead it there are some hundreds: they themselves, the essential ones,
 * whatever has a name that one of these depends on or provides it, and so on. As nothing
 * else can be installed for them, apt chooses from these what it would choose from all.
 * Recommendations lead nowhere: apt is told to leave them out (apt_config.h).
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/strv.h"

struct lists_closure {
	const char *from_dir; /* apt's, with Release files and lists */
	const char *to_dir; /* to be made, with the same names */
	const struct strv *names; /* of packages that are wanted */
};

/* *ret_known is false, and nothing is made, when nothing has or provides one of these. */
int lists_closure_make(const struct lists_closure *c, bool *ret_known, struct error *err);
