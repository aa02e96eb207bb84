/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apt's directory of package lists: whether each list is the one that its Release file
 * vouches for. apt itself looks at what it fetches, not at what it finds there.
 */
#pragma once

#include "base/error.h"
#include "base/strbuf.h"
#include "base/strv.h"

/* Names of the files in it, sorted; directories and apt's lock are left out. */
int lists_names(const char *dir, struct strv *ret, struct error *err);

/*
 * After apt has verified the signatures. ERR_UNTRUSTED with the name of a package list
 * that is not what was signed, or of which nothing signed speaks.
 */
int lists_check(const char *dir, struct error *err);

/* Which lists they are: "NAME SHA256" for each Release file, a line each. */
int lists_describe(const char *dir, struct strbuf *to, struct error *err);
