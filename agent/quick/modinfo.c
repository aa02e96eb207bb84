/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <linux/fcntl.h>
#include <linux/stat.h>
#include <stdbool.h>

#include "quick/module.h"
#include "quick/tools.h"
#include "rt/string.h"
#include "rt/sys.h"
#include "rt/text.h"

enum { VALUES_BYTES = 64 << 10 };

/* Of a file that is given by its path, neither the kernel's release nor its own list of
 * modules has a say. */
static const char *find_path(char **argv)
{
	static const char *const options[] = { "-k", NULL, "-F", "firmware", NULL };
	const char *path;
	size_t length;

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (!argv[i + 1] || (options[i] && strcmp(argv[i + 1], options[i]) != 0))
			return NULL;
	path = argv[5];
	length = strlen(path);
	return !argv[6] && path[0] == '/' && length > 3 &&
			       strcmp(path + length - 3, ".ko") == 0
		       ? path
		       : NULL;
}

static bool find_info(const char *path, struct module_info *ret)
{
	SYS_CLOSE_LATER int fd = -1;
	const void *file;
	struct statx st;

	if (sys_statx(AT_FDCWD, path, 0, STATX_TYPE | STATX_SIZE, &st) < 0 ||
		!sys_is_regular(st.stx_mode))
		return false;
	fd = sys_openat(AT_FDCWD, path, O_RDONLY, 0);
	return fd >= 0 && sys_map_file(fd, st.stx_size, &file) >= 0 &&
	       module_info_find(file, st.stx_size, ret);
}

int tool_modinfo(char **argv)
{
	static char values_data[VALUES_BYTES];
	struct text values = TEXT_IN(values_data);
	const char *path = find_path(argv), *value;
	struct module_info info;

	if (!path || !find_info(path, &info))
		return TRUE_PROGRAM;
	while ((value = module_info_next(&info, "firmware")))
		text_addf(&values, "%s\n", value);
	if (values.cut)
		return TRUE_PROGRAM;
	return sys_write_all(1, values.data, values.length_bytes) < 0;
}
