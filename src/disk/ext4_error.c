/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/ext4_fs.h"

#include <errno.h>
#include <stdio.h>

/*
 * libext2fs returns 0, a positive errno, or a positive code of its own table, which is
 * far above any errno.
 */
enum { ERRNO_MOST = 4095 };

int ext4_failed(struct error *err, errcode_t code, const char *fmt, ...)
{
	char doing[ERROR_MSG_BYTES / 2];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(doing, sizeof(doing), fmt, ap);
	va_end(ap);
	if (code == EXT2_ET_BLOCK_ALLOC_FAIL || code == EXT2_ET_INODE_ALLOC_FAIL ||
		code == EXT2_ET_TOOSMALL || code == EXT2_ET_JOURNAL_TOO_SMALL ||
		code == EXT2_ET_TOO_MANY_INODES)
		return error_set(err, ERR_SPACE, ENOSPC,
			"%s: the file system is too small; give the disk a larger size",
			doing);
	if (code > 0 && code <= ERRNO_MOST)
		return error_set_errno(err, (int)code, "%s", doing);
	initialize_ext2_error_table();
	return error_set(
		err, ERR_SYSTEM, 0, "%s: libext2fs: %s", doing, error_message(code));
}
