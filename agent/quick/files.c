/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "quick/tools.h"

#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/stat.h>
#include <stdbool.h>

#include "rt/string.h"
#include "rt/sys.h"

static bool is_directory(const char *path)
{
	struct statx st;

	return sys_statx(AT_FDCWD, path, 0, STATX_TYPE, &st) >= 0 &&
	       sys_is_directory(st.stx_mode);
}

int tool_mkdir(char **argv)
{
	const char *path = tool_operand("-p", argv);
	const unsigned int mask = sys_umask(0);
	char to[PATH_BYTES];

	(void)sys_umask(mask);
	/* With such a mask, directories on the way get other modes than the last one. */
	if (!path || (mask & 0300))
		return TRUE_PROGRAM;
	for (size_t i = 1, length = strlen(path); i <= length; i++) {
		int rc;

		if (path[i] && path[i] != '/')
			continue;
		memcpy(to, path, i);
		to[i] = '\0';
		rc = sys_mkdirat(AT_FDCWD, to, 0777);
		if (rc < 0 && rc != -EEXIST)
			return TRUE_PROGRAM;
	}
	return is_directory(path) ? 0 : TRUE_PROGRAM;
}

/* A link, where nothing is. */
int tool_ln(char **argv)
{
	if (!argv[1] || strcmp(argv[1], "-s") != 0 || !argv[2] || argv[2][0] == '-' ||
		!argv[3] || argv[3][0] == '-' || argv[4])
		return TRUE_PROGRAM;
	return sys_symlinkat(argv[2], AT_FDCWD, argv[3]) < 0 ? TRUE_PROGRAM : 0;
}
