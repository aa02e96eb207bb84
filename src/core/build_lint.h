/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lint as a step of a build: the tree is looked through before a disk is laid out over
 * it. The recipe says what may be found (lint.allow).
 */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "base/filetree.h"
#include "base/progress.h"
#include "core/recipe.h"

/* By value; nothing to release. (An error that is not allowed fails the build.) */
struct lint_counts {
	uint64_t warnings, notes; /* of those that are not allowed */
	uint64_t allowed;
};

/* Warnings are reported to `progress`. ERR_LINT, the output being the whole report, when
 * there is an error that is not allowed. */
int build_lint(const struct recipe *recipe, const struct filetree *tree,
	struct progress *progress, struct lint_counts *ret, struct error *err);
