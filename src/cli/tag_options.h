/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --tag KEY=VALUE, of commands that make something in an account.
 */
#pragma once

#include <stddef.h>

#include "base/error.h"
#include "base/strv.h"

struct tag_pair {
	const char *key, *value;
};

/* By value: zeroes, tag_list_release(). */
struct tag_list {
	struct strv texts; /* what the items point into */
	struct tag_pair *items;
	size_t count;
};

void tag_list_release(struct tag_list *l);
static inline void tag_list_releasep(struct tag_list *l)
{
	tag_list_release(l);
}

/* ERR_USAGE for what is no pair, for a key that is given twice, and for one that is AWS's
 * own or amiwright's. */
int tag_list_parse(const struct strv *given, struct tag_list *ret, struct error *err);
