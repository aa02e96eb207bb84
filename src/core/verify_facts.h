/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What verify_probe.sh has said about its guest: "amiwright:key=value" lines among
 * others. The guest is not trusted: lines, values and their number have caps, and control
 * characters are taken out. By value.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

enum { FACTS_MOST = 512, FACT_VALUE_MOST_BYTES = 1024 };

struct fact {
	char *key;
	char *value;
};

struct facts {
	struct fact *items;
	size_t count;
	size_t room;
};

#define FACTS_INIT \
	{          \
		0  \
	}

void facts_parse(struct facts *f, const char *text, size_t length_bytes);
void facts_release(struct facts *f);
static inline void facts_releasep(struct facts *f)
{
	facts_release(f);
}

/* The first value of `key`; "" when there is none. */
const char *facts_get(const struct facts *f, const char *key);

/* A plain decimal number; false when there is none. */
bool facts_number(const struct facts *f, const char *key, uint64_t *ret);

/* How many values `key` has, and the one at `index`, or NULL. */
size_t facts_count(const struct facts *f, const char *key);
const char *facts_nth(const struct facts *f, const char *key, size_t index);
bool facts_contains(const struct facts *f, const char *key, const char *value);

/* All values of `key`, with ", " between. */
void facts_join(const struct facts *f, const char *key, struct strbuf *to);
