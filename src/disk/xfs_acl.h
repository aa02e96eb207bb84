/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Access control lists, as getxattr(2) gives them, in the form that XFS keeps. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* What XFS calls the kernel's "system.posix_acl_…", or NULL: not such a list. */
const char *xfs_acl_name(const char *name);

/* False when the bytes are no list; else *ret is freed by the caller. */
bool xfs_acl_convert(const void *from, size_t from_bytes, void **ret, size_t *ret_bytes);
