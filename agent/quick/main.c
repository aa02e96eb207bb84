/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * quick-tools: of readlink, realpath, basename and mkdir the forms that mkinitramfs runs
 * a thousand times, under the name that it is called by. A C library needs most of such
 * a call's time, to begin. Whatever is not the plain case, an error above all, is left
 * to the true program in /usr/bin: so there is no message and no rare option here.
 */
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/stat.h>

#include "rt/start.h"
#include "rt/string.h"
#include "rt/sys.h"
#include "rt/text.h"

enum { PATH_BYTES = 4096, LINE_BYTES = PATH_BYTES + 1, TRUE_PROGRAM = -1 };

static int print_line(const char *text, size_t length)
{
	char line[LINE_BYTES];

	if (length >= sizeof(line))
		return TRUE_PROGRAM;
	memcpy(line, text, length);
	line[length] = '\n';
	return sys_write_all(1, line, length + 1) < 0;
}

/* The operand, when nothing but `option` stands before it; NULL: it is another call. */
static const char *operand_after(const char *option, char **argv)
{
	if (!argv[1] || strcmp(argv[1], option) != 0 || !argv[2] || argv[3] ||
		argv[2][0] != '/' || strlen(argv[2]) >= PATH_BYTES)
		return NULL;
	return argv[2];
}

static bool ends_with(const char *s, size_t length, const char *end)
{
	const size_t end_length = strlen(end);

	return length >= end_length &&
	       memcmp(s + length - end_length, end, end_length) == 0;
}

static int run_basename(char **argv)
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

/* Where the kernel ends up; it says so of an open file. */
static int run_readlink(char **argv)
{
	const char *path = operand_after("-f", argv);
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
static int run_realpath(char **argv)
{
	const char *any = operand_after("-ms", argv);
	const char *there = operand_after("-s", argv);
	char to[PATH_BYTES];

	if (there && (strstr(there, "/..") || ends_with(there, strlen(there), "/") ||
			     !exists(there)))
		return TRUE_PROGRAM;
	if (!any && !there)
		return TRUE_PROGRAM;
	return print_line(to, flatten(any ? any : there, to));
}

static bool is_directory(const char *path)
{
	struct statx st;

	return sys_statx(AT_FDCWD, path, 0, STATX_TYPE, &st) >= 0 &&
	       sys_is_directory(st.stx_mode);
}

static int run_mkdir(char **argv)
{
	const char *path = operand_after("-p", argv);
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

int main(int argc, char **argv, char **envp)
{
	static const struct {
		const char *name;
		const char *true_path;
		int (*run)(char **argv);
	} tools[] = {
		{ "basename", "/usr/bin/basename", run_basename },
		{ "mkdir", "/usr/bin/mkdir", run_mkdir },
		{ "readlink", "/usr/bin/readlink", run_readlink },
		{ "realpath", "/usr/bin/realpath", run_realpath },
	};
	const char *name = argc > 0 ? argv[0] : "", *slash;

	while ((slash = strchr(name, '/')))
		name = slash + 1;
	for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++) {
		int rc;

		if (strcmp(name, tools[i].name) != 0)
			continue;
		rc = tools[i].run(argv);
		if (rc != TRUE_PROGRAM)
			return rc;
		(void)sys_execve(tools[i].true_path, argv, envp);
	}
	return 127;
}
