/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Subordinate ids: the ranges that subuid(5) and subgid(5) give a user.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "base/strv.h"

/* Ids 1 to SUBID_COUNT of a user namespace are mapped: all that 16 bits can name but
 * root's. */
enum { SUBID_COUNT = 65535 };

/*
 * From the text of such a file, the arguments for newuidmap(1) or newgidmap(1) that map
 * inside id 0 to `own_id` (the user's uid or gid) and 1 … SUBID_COUNT to the ranges of
 * the user, appended to `args` in threes. Both files name their user by `user` or by
 * `uid`. ERR_TOOL when the ranges do not suffice; wrong lines, and ranges that overlap
 * with one taken before, are passed over.
 */
int subid_map_args(const char *text, const char *user, uid_t uid, uint32_t own_id,
	struct strv *args, struct error *err);

/*
 * For root, from the text of its own /proc/self/uid_map (user_namespaces(7)): the map of
 * a namespace in it that has ids 0 … SUBID_COUNT, each as itself. Root of a container has
 * its ids in several ranges, and a line of a map has to lie within one. ERR_TOOL when it
 * has not all of them.
 */
int subid_map_of_root(const char *own_map, struct strbuf *map, struct error *err);
