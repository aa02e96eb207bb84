/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The locales of Debian's releases, so that one that there is not is refused before
 * anything is fetched.
 */
#pragma once

#include <stdbool.h>

/* Whether `release` has that locale, spelled so; else *ret_near is the one that may be
 * meant, or NULL. */
bool debian_locale_find(const char *release, const char *locale, const char **ret_near);
