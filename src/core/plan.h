/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a build would do: the effective recipe, where each value comes from, and the
 * steps.
 */
#pragma once

#include "base/json.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "core/plan_account.h"
#include "core/recipe.h"

/* The steps of a build, in order, a line each. */
void plan_steps(const struct recipe *r, struct strv *steps);

/*
 * A line a key: its path, its value and where that comes from; in at most 80 columns.
 * Without `all`, keys that have no value are left out.
 */
void plan_values_text(const struct recipe *r, bool all, struct strbuf *to);

/* The values, and the steps numbered. */
void plan_text(const struct recipe *r, struct strbuf *to);

/* The document that amiwright-plan(1) describes, as one object of `j`; `account` may be
 * NULL. */
void plan_json(
	const struct recipe *r, const struct plan_account *account, struct json *j);
