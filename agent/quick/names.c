/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "quick/tools.h"

#include <linux/fcntl.h>
#include <linux/stat.h>
#include <stdbool.h>

#include "rt/string.h"
#include "rt/sys.h"
#include "rt/text.h"

enum { LINE_BYTES = PATH_BYTES + 1 };

static int print_line(const char *text, size_t length)
{
	char line[LINE_BYTES];

	if (length >= sizeof(line))
		return TRUE_PROGRAM;
	memcpy(line, text, length);
	line[length] = '\n';
	return sys_write_all(1, line, length + 1) < 0;
}

const char *tool_operand(const char *option, char **argv)
{
	if (!argv[1] || strcmp(argv[1], option) != 0 || !argv[2] || argv[3] ||
		argv[2][0] != '/' || strlen(argv[2]) >= PATH_BYTES)
		return NULL;
	return argv[2];
}

const char *tool_last_part(const char *path)
{
	const char *slash;

	while ((slash = strchr(path, '/')))
		path = slash + 1;
	return path;
}

static bool ends_with(const char *s, size_t length, const char *end)
{
	const size_t end_length = strlen(end);

	return length >= end_length &&
	       memcmp(s + length - end_length, end, end_length) == 0;
}

int tool_basename(char **argv)
{
	const char *name = argv[1];
	size_t end, begin;

	if (!name || argv[2] || name[0] == '-')
		return TRUE_PROGRAM;
	end = strlen(name);
	while (end > 1 && name[end - 1] == '/')
		end--;
	for (begin = end; begin && name[begin - 1] != '/';)
		begin--;
	/* Nothing but slashes is "/". */
	return begin == end && end ? print_line("/", 1)
				   : print_line(name + begin, end - begin);
}

int tool_dirname(char **argv)
{
	const char *path = argv[1];
	size_t length;

	if (!path || argv[2] || path[0] == '-')
		return TRUE_PROGRAM;
	length = strlen(path);
	while (length > 1 && path[length - 1] == '/')
		length--;
	while (length && path[length - 1] != '/')
		length--;
	while (length > 1 && path[length - 1] == '/')
		length--;
	return length ? print_line(path, length) : print_line(".", 1);
}

/* Where the kernel ends up; it says so of an open file. */
int tool_readlink(char **argv)
{
	const char *path = tool_operand("-f", argv);
	char name_data[32], found[PATH_BYTES];
	struct text name = TEXT_IN(name_data);
	SYS_CLOSE_LATER int fd = -1;
	long length;

	/* Links in there need not be names of files. */
	if (!path || strncmp(path, "/proc", 5) == 0 || strncmp(path, "/dev", 4) == 0)
		return TRUE_PROGRAM;
	fd = sys_openat(AT_FDCWD, path, O_PATH | O_CLOEXEC, 0);
	if (fd < 0)
		return TRUE_PROGRAM;
	text_addf(&name, "/proc/self/fd/%d", fd);
	length = sys_readlinkat(AT_FDCWD, name.data, found, sizeof(found));
	if (length <= 0 || (size_t)length >= sizeof(found) || found[0] != '/' ||
		ends_with(found, (size_t)length, " (deleted)"))
		return TRUE_PROGRAM;
	return print_line(found, (size_t)length);
}

/* The path without ".", ".." and needless slashes, whatever links there are on it. */
static size_t flatten(const char *path, char to[static PATH_BYTES])
{
	size_t length = 0;

	while (*path) {
		const size_t slashes = strspn(path, "/");
		const size_t part = strcspn(path + slashes, "/");

		path += slashes;
		if (part == 2 && memcmp(path, "..", 2) == 0) {
			while (length && to[--length] != '/')
				;
		} else if (part && !(part == 1 && *path == '.')) {
			to[length++] = '/';
			memcpy(to + length, path, part);
			length += part;
		}
		path += part;
	}
	if (!length)
		to[length++] = '/';
	return length;
}

static bool exists(const char *path)
{
	struct statx st;

	return sys_statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_TYPE, &st) >= 0;
}

/* -ms says nothing of files; -s wants them there. */
int tool_realpath(char **argv)
{
	const char *any = tool_operand("-ms", argv);
	const char *there = tool_operand("-s", argv);
	char to[PATH_BYTES];

	if (there && (strstr(there, "/..") || ends_with(there, strlen(there), "/") ||
			     !exists(there)))
		return TRUE_PROGRAM;
	if (!any && !there)
		return TRUE_PROGRAM;
	return print_line(to, flatten(any ? any : there, to));
}
