/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tar archive (ustar, pax, GNU), read into a filetree whose contents stay in the
 * archive.
 */
#pragma once

#include "base/error.h"
#include "base/filetree.h"

/*
 * The archive that `fd` reads, which is at its start; `name` is for messages. An
 * uncompressed regular file is used as it is; anything else (a pipe; gzip, bzip2, xz,
 * zstd, …) is first unpacked into a file in `temp_dir` that has no name there. The
 * descriptor becomes the tree's, also on failure.
 *
 * Of pax headers, times with their fraction, long names, big numbers, extended attributes
 * (SCHILY.xattr, LIBARCHIVE.xattr) and, as such, POSIX ACLs' attributes are read.
 * ERR_FORMAT names the member that is damaged, leads out of the tree, stands twice, or is
 * of a kind that no offset can describe (GNU and pax sparse files).
 */
int tartree_read(int fd, const char *name, const char *temp_dir, struct filetree **ret,
	struct error *err);
