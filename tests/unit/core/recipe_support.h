/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A recipe from a string, for tests that run in a scratch directory (*state of
 * SCRATCH_TEST).
 */
#pragma once

#include "base/strv.h"
#include "core/recipe.h"
#include "unit.h"

/* recipe_load() of "<scratch>/r.yaml" with that text; `sets` may be NULL. */
static inline int load_text(const char *scratch, const void *text, size_t length_bytes,
	const struct strv *sets, struct recipe **ret, struct error *err)
{
	CLEANUP(freep) char *path = path_join(scratch, "r.yaml");

	assert_int_equal(file_write_all(path, text, length_bytes, 0644, err), 0);
	return recipe_load(path, sets, ret, err);
}

static inline struct recipe *load_good(
	const char *scratch, const char *text, const struct strv *sets)
{
	struct recipe *r = NULL;
	struct error err = ERROR_INIT;

	if (load_text(scratch, text, strlen(text), sets, &r, &err) < 0)
		fail_msg("'%s': %s", text, err.msg);
	return r;
}

/* The error is ERR_RECIPE: "<scratch>/r.yaml:", then `expected`, then anything. */
static inline void assert_recipe_error(
	const char *scratch, const char *text, size_t length_bytes, const char *expected)
{
	struct error err = ERROR_INIT;
	struct recipe *r = NULL;
	CLEANUP(freep) char *start = xasprintf("%s/r.yaml:%s", scratch, expected);

	if (load_text(scratch, text, length_bytes, NULL, &r, &err) == 0)
		fail_msg("taken, but expected '%s': %s", expected, text);
	assert_null(r);
	if (err.code != ERR_RECIPE || strncmp(err.msg, start, strlen(start)) != 0)
		fail_msg("expected '%s', got '%s'", start, err.msg);
}
