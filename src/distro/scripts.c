/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/scripts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"

enum { SCRIPT_MOST_BYTES = 64 << 20 };

static int check_one(const char *script, struct error *err)
{
	CLEANUP(fd_closep) int fd = open(script, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	char start[4] = "";
	size_t n;

	if (fd < 0) {
		int failure = errno;

		(void)error_set_errno(err, failure, "open the script '%s'", script);
		err->code = ERR_RECIPE;
		return -1;
	}
	if (fstat(fd, &st) < 0)
		return error_errno(err, "look at the script '%s'", script);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERR_RECIPE, 0,
			"the script '%s' is not a regular file", script);
	if (st.st_size > SCRIPT_MOST_BYTES)
		return error_set(err, ERR_RECIPE, 0,
			"the script '%s' is larger than 64 MiB", script);
	if (fd_read(fd, start, sizeof(start), &n, script, err) < 0)
		return -1;
	/* A program (ELF) is as good as a script. */
	if (n >= 2 &&
		(!memcmp(start, "#!", 2) || (n == 4 && !memcmp(start, "\177ELF", 4))))
		return 0;
	return error_set(err, ERR_RECIPE, 0,
		"the script '%s' does not begin with \"#!\" and an interpreter, such as "
		"#!/bin/sh",
		script);
}

int scripts_check(const struct strv *scripts, struct error *err)
{
	for (size_t i = 0; scripts && i < scripts->count; i++)
		if (check_one(scripts->items[i], err) < 0)
			return -1;
	return 0;
}

static int run_one(
	struct chroot *c, const char *script, const char *const *env, struct error *err)
{
	CLEANUP(freep) char *text = NULL;
	CLEANUP(freep) char *path = NULL;
	const char *argv[2] = { NULL };
	size_t length;

	if (file_read_all(script, SCRIPT_MOST_BYTES, &text, &length, err) < 0 ||
		chroot_put(c, path_basename(script), text, length, &path, err) < 0)
		return -1;
	argv[0] = path;
	return chroot_run(c, &(struct chroot_command){ .argv = argv, .env = env }, err);
}

int scripts_run(struct chroot *c, const struct strv *scripts, const char *const *env,
	struct progress *p, struct error *err)
{
	for (size_t i = 0; scripts && i < scripts->count; i++) {
		const char *script = scripts->items[i];

		progress_step(p, "running %s", path_basename(script));
		if (run_one(c, script, env, err) < 0)
			return error_context(err, "script '%s'", script);
	}
	return 0;
}
