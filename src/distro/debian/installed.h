/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What dpkg says is installed in a tree, joined with the plan that knows where each came
 * from.
 */
#pragma once

#include "base/error.h"
#include "distro/chroot.h"
#include "distro/debian/plan.h"
#include "distro/package.h"

/* Ask the tree's own dpkg. */
int installed_read(struct chroot *c, const struct plan *plan, struct distro_packages *ret,
	struct error *err);

/*
 * From the lines of `dpkg-query -W -f FORMAT` with installed_format. A package that the
 * plan has not (a script installed it, or another version of it) has no file.
 */
extern const char installed_format[];
int installed_parse(const char *text, const struct plan *plan,
	struct distro_packages *ret, struct error *err);
