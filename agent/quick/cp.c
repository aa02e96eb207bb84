/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cp -p of one regular file to where nothing is. What has been made when something turns
 * out not to be plain, the true cp writes anew: so it ends as if that had done it all.
 */
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/stat.h>
#include <linux/time_types.h>
#include <stdbool.h>

#include "quick/tools.h"
#include "rt/string.h"
#include "rt/sys.h"
#include "rt/text.h"

enum { COPY_MOST_BYTES = 1 << 30, BLOCK_BYTES = 512 };

/* `to`, or the place in it for `from` where it is a directory. */
static bool find_place(const char *from, const char *to, struct text *place)
{
	struct statx st;

	text_add_str(place, to);
	if (sys_statx(AT_FDCWD, to, 0, STATX_TYPE, &st) >= 0) {
		if (!sys_is_directory(st.stx_mode))
			return false;
		text_addf(place, "/%s", tool_last_part(from));
	}
	return !place->cut;
}

/* Links, files with holes and those of the kernel that have no size are other cases. */
static bool is_plain(const char *path, struct statx *ret)
{
	return sys_statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, ret) >=
		       0 &&
	       sys_is_regular(ret->stx_mode) && ret->stx_size &&
	       ret->stx_blocks >= ret->stx_size / BLOCK_BYTES;
}

/* A directory's default ACL may have given one to a new file, too. */
static bool has_no_acl(int fd)
{
	const long rc = sys_fgetxattr(fd, "system.posix_acl_access", NULL, 0);

	return rc == -ENODATA || rc == -EOPNOTSUPP;
}

static bool copy_content(int from, int to, uint64_t size)
{
	uint64_t copied = 0;

	for (;;) {
		const long rc = sys_copy_file_range(from, to, COPY_MOST_BYTES);

		if (rc < 0)
			return false;
		if (!rc)
			return copied == size;
		copied += (uint64_t)rc;
	}
}

/* In this order: a new owner takes bits of the mode away. */
static bool copy_status(int to, const struct statx *st)
{
	const struct __kernel_timespec times[2] = {
		{ st->stx_atime.tv_sec, st->stx_atime.tv_nsec },
		{ st->stx_mtime.tv_sec, st->stx_mtime.tv_nsec },
	};

	return sys_futimens(to, times) >= 0 &&
	       sys_fchown(to, st->stx_uid, st->stx_gid) >= 0 && has_no_acl(to) &&
	       sys_fchmod(to, st->stx_mode & 07777) >= 0;
}

static int copy(const char *from, const char *to)
{
	SYS_CLOSE_LATER int in = -1;
	SYS_CLOSE_LATER int out = -1;
	struct statx st;
	int rc;

	if (!is_plain(from, &st))
		return TRUE_PROGRAM;
	in = sys_openat(AT_FDCWD, from, O_RDONLY | O_NOFOLLOW, 0);
	if (in < 0 || !has_no_acl(in))
		return TRUE_PROGRAM;
	out = sys_openat(AT_FDCWD, to, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (out < 0 || !copy_content(in, out, st.stx_size) || !copy_status(out, &st))
		return TRUE_PROGRAM;
	rc = sys_close(out);
	out = -1;
	return rc < 0 ? TRUE_PROGRAM : 0;
}

int tool_cp(char **argv)
{
	char place_data[PATH_BYTES];
	struct text place = TEXT_IN(place_data);

	if (!argv[1] || (strcmp(argv[1], "-p") != 0 && strcmp(argv[1], "-pP") != 0) ||
		!argv[2] || argv[2][0] == '-' || !argv[3] || argv[3][0] == '-' || argv[4])
		return TRUE_PROGRAM;
	if (!find_place(argv[2], argv[3], &place))
		return TRUE_PROGRAM;
	return copy(argv[2], place.data);
}
