/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A locked build: apt is told to prefer the very versions of the lock, and what it has
 * chosen is then held against the lock by hash.
 */
#pragma once

#include "base/error.h"
#include "base/strbuf.h"
#include "distro/debian/plan.h"
#include "distro/distro.h"

/* Names for a message: the first ones, and how many more. */
struct debian_lock_names {
	struct strbuf text;
	size_t count;
};

#define DEBIAN_LOCK_NAMES_INIT      \
	{                           \
		.text = STRBUF_INIT \
	}

__attribute__((format(printf, 2, 3))) void debian_lock_names_add(
	struct debian_lock_names *n, const char *fmt, ...);
const char *debian_lock_names_end(struct debian_lock_names *n);
static inline void debian_lock_names_releasep(struct debian_lock_names *n)
{
	strbuf_release(&n->text);
}

/* apt_preferences(5) that pin every package of the lock. */
void debian_lock_pins(const struct distro_lock *lock, struct strbuf *to);

/*
 * ERR_FETCH naming the packages that can no longer be had; ERR_RECIPE naming those that
 * the recipe wants and the lock has not, or the reverse.
 */
int debian_lock_compare(
	const struct distro_lock *lock, const struct plan *plan, struct error *err);

/* What came out of the cache (lock_cache.h) has the address again that the lock has. */
void debian_lock_restore_uris(const struct distro_lock *lock, struct plan *plan);
