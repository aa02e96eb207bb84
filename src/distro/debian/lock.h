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

/* apt_preferences(5) that pin every package of the lock. */
void debian_lock_pins(const struct distro_lock *lock, struct strbuf *to);

/*
 * ERR_FETCH naming the packages that can no longer be had; ERR_RECIPE naming those that
 * the recipe wants and the lock has not, or the reverse.
 */
int debian_lock_compare(
	const struct distro_lock *lock, const struct plan *plan, struct error *err);
