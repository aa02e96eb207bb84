/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The environment variables that are amiwright's: $AMIWRIGHT_<OPTION> and, for keys of
 * the recipe, $AMIWRIGHT_<KEY>.
 */
#pragma once

#include "base/progress.h"

/* Warn of each variable of that prefix that is neither, and name the nearest that is. */
void environment_check(struct progress *p);
