/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/scripts.h"

#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/fs.h>

#include "init/follow.h"
#include "init/log.h"
#include "init/process.h"
#include "rt/string.h"
#include "rt/sys.h"
#include "rt/text.h"

#define DIRECTORY "scripts"

enum { NAME_MOST_BYTES = 16, SCRIPT_PATH_MOST_BYTES = FILE_PATH_MOST_BYTES + 32 };

static void write_name(char to[NAME_MOST_BYTES], size_t i)
{
	struct text t = text_in(to, NAME_MOST_BYTES);

	text_addf(&t, "script-%02zu", i + 1);
}

void scripts_remove(const struct state *s)
{
	SYS_CLOSE_LATER int dir =
		sys_openat(s->dir, DIRECTORY, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	char name[NAME_MOST_BYTES];

	if (dir < 0)
		return;
	for (size_t i = 0; i < USER_DATA_SCRIPTS_MOST; i++) {
		write_name(name, i);
		(void)sys_unlinkat(dir, name, 0);
	}
	(void)sys_unlinkat(s->dir, DIRECTORY, AT_REMOVEDIR);
}

/* Not synced: they are of no use after a power cut. */
static int write_script(int dir, const char *name, const struct script *script)
{
	SYS_CLOSE_LATER int fd =
		sys_openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0700);

	return fd < 0 ? fd : sys_write_all(fd, script->data, script->bytes);
}

static int write_all(const struct state *s, const struct script *scripts, size_t count)
{
	SYS_CLOSE_LATER int dir = -1;
	char name[NAME_MOST_BYTES];
	int r;

	scripts_remove(s);
	r = sys_mkdirat(s->dir, DIRECTORY, 0700);
	if (r < 0)
		return r;
	dir = sys_openat(s->dir, DIRECTORY, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	r = dir < 0 ? dir : 0;
	for (size_t i = 0; i < count && r >= 0; i++) {
		write_name(name, i);
		r = write_script(dir, name, &scripts[i]);
	}
	return r;
}

static int open_log(const char *path)
{
	SYS_CLOSE_LATER int dir = -1;
	const char *name;
	int r = file_open_parent(path, &dir, &name);

	if (r < 0)
		return r;
	return sys_openat(
		dir, name, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NOCTTY, 0600);
}

/* One script to its end; its exit code or -errno. */
static int run_one(const struct config *c, const char *instance, size_t i, int log)
{
	char path[SCRIPT_PATH_MOST_BYTES], name[NAME_MOST_BYTES];
	char variable[INSTANCE_ID_MOST_BYTES + 16];
	struct text p = TEXT_IN(path), v = TEXT_IN(variable);
	const char *const argv[] = { path, NULL };
	const char *const envp[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"HOME=/root", "USER=root", "LOGNAME=root", "SHELL=/bin/sh", variable, NULL
	};
	int64_t end = sys_lseek(log, 0, SEEK_END);
	int pid;

	write_name(name, i);
	text_addf(&p, "%s/" DIRECTORY "/%s", c->state_directory, name);
	text_addf(&v, "INSTANCE_ID=%s", instance);
	pid = process_start(&(struct process){
		.path = path, .argv = argv, .envp = envp, .output = log });
	if (pid < 0)
		return pid;
	follow_file(log, c->user_data_log, end < 0 ? 0 : (uint64_t)end, pid);
	return process_wait(pid);
}

bool scripts_run(const struct config *c, const struct state *s, const char *instance,
	const struct script *scripts, size_t count, unsigned int *ret_failed)
{
	SYS_CLOSE_LATER int log = open_log(c->user_data_log);
	int r = log < 0 ? log : write_all(s, scripts, count);

	*ret_failed = 0;
	if (r < 0) {
		scripts_remove(s);
		log_say("user data: cannot %s: %s",
			log < 0 ? "open its log" : "write the scripts", text_errno(r));
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		int code = run_one(c, instance, i, log);

		*ret_failed += code != 0;
		log_say("user data: script %zu of %zu: exit code %d", i + 1, count, code);
	}
	scripts_remove(s);
	return true;
}
