/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order in which apt would install packages, once it is known which they are. To put
 * packages in order, apt looks at every package that it knows: so it is shown those alone
 * that it has chosen. From those it can choose again, and nothing else has a say in it.
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "distro/debian/apt.h"
#include "distro/debian/plan.h"

struct order_request {
	struct apt *apt;
	const char *lists_dir; /* lists.h: where the packages were chosen from */
	const char *dir; /* to be made */
	const struct plan *plan; /* with packages */
};

/* What `apt-get --simulate install` of the plan's packages says; the caller frees.
 * *ret_installed_bytes is about what they take once they are installed. */
int debian_order(const struct order_request *r, char **ret_text,
	uint64_t *ret_installed_bytes, struct error *err);

/* What apt would install of the plan's packages for `names`, appended to `ret`; false
 * when it cannot be done with these. */
int debian_choose_among(const struct order_request *r, const struct strv *names,
	struct plan *ret, bool *ret_possible, struct error *err);
