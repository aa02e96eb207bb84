/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One file in two places, for caches and work directories whose files are replaced, and
 * never changed.
 */
#pragma once

#include "base/error.h"

/*
 * `to` appears whole or not at all, and replaces what stood there; content and time of
 * modification are those of `from`, which may be no symbolic link. ENOENT in err->detail
 * when `from` is not there.
 */
int file_copy(const char *from, const char *to, struct error *err);

/* One file under two names where the file systems allow it, else a copy. A `to` that
 * exists stays as it is. */
int file_link_or_copy(const char *from, const char *to, struct error *err);
