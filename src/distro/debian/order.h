/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order in which apt would install packages, once it is known which they are. To put
 * packages in order, apt looks at every package that it knows: so it is shown those alone
 * that it has chosen.
 */
#pragma once

#include "base/error.h"
#include "distro/debian/apt.h"
#include "distro/debian/plan.h"

struct order_request {
	struct apt *apt;
	const char *lists_dir; /* lists.h: where the packages were chosen from */
	const char *dir; /* to be made */
	const struct plan *plan; /* with packages */
};

/* What `apt-get --simulate install` of the plan's packages says; the caller frees. */
int debian_order(const struct order_request *r, char **ret_text, struct error *err);
