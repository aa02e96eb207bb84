/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/chroot.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/proc.h"
#include "distro/chroot_mounts.h"

struct chroot {
	char *root;
	struct progress *progress;
	struct strv env;
	struct strv mounts; /* paths, in the order they were mounted */
};

/*
 * Nothing of the caller's environment gets in: the same inputs shall give the same tree.
 */
static const char *const fixed_env[] = {
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	"HOME=/root",
	"SHELL=/bin/sh",
	"USER=root",
	"LOGNAME=root",
	"TERM=dumb",
	"LC_ALL=C.UTF-8",
	"TZ=UTC",
	"SYSTEMD_OFFLINE=1",
	NULL,
};

int chroot_new(const char *root, const char *scratch_dir, struct progress *p,
	struct chroot **ret, struct error *err)
{
	CLEANUP(chroot_freep) struct chroot *c = xcalloc(1, sizeof(*c));

	c->root = xstrdup(root);
	c->progress = p;
	strv_add_all(&c->env, fixed_env);
	if (chroot_mount_all(root, scratch_dir, &c->mounts, err) < 0)
		return error_context(err, "mount what programs need into the tree");
	*ret = TAKE_PTR(c);
	return 0;
}

int chroot_bind(struct chroot *c, const char *from, const char *at, struct error *err)
{
	return chroot_mount_bind(c->root, from, at, &c->mounts, err);
}

int chroot_put(struct chroot *c, const char *name, const char *bytes, size_t length_bytes,
	char **ret_path, struct error *err)
{
	CLEANUP(freep) char *inside = path_join("/" CHROOT_PRIVATE_DIR, name);
	CLEANUP(freep) char *path = xasprintf("%s%s", c->root, inside);

	if (file_write_all(path, bytes, length_bytes, 0700, err) < 0)
		return -1;
	*ret_path = TAKE_PTR(inside);
	return 0;
}

void chroot_set_env(struct chroot *c, const char *variable)
{
	strv_add(&c->env, variable);
}

/*
 * The sandbox's first process inherits every orphan, daemons that left their group
 * included, and may signal all processes but itself: nothing of a stage lives on into the
 * next.
 */
static void kill_leftovers(void)
{
	if (getpid() != 1)
		return;
	(void)kill(-1, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
}

static int run(struct chroot *c, const struct chroot_command *command, bool capture,
	struct proc_result *result, struct error *err)
{
	CLEANUP(strv_releasep) struct strv env = STRV_INIT;
	struct proc_spec spec = {
		.argv = command->argv,
		.cwd = "/",
		.root = c->root,
		.input = command->input,
		.input_bytes = command->input ? strlen(command->input) : 0,
		.filter_syncs = true,
		.separate_stderr = capture,
		.on_line = capture ? NULL : progress_output_line,
		.userdata = c->progress,
	};
	int rc;

	strv_add_all(&env, (const char *const *)c->env.items);
	if (command->env)
		strv_add_all(&env, command->env);
	spec.env = (const char *const *)env.items;
	rc = proc_run(&spec, result, err);
	kill_leftovers();
	return rc;
}

int chroot_run(struct chroot *c, const struct chroot_command *command, struct error *err)
{
	CLEANUP(proc_result_releasep) struct proc_result result = { 0 };

	return run(c, command, false, &result, err);
}

int chroot_capture(struct chroot *c, const struct chroot_command *command, char **ret_out,
	struct error *err)
{
	CLEANUP(proc_result_releasep) struct proc_result result = { 0 };

	if (run(c, command, true, &result, err) < 0)
		return -1;
	*ret_out = TAKE_PTR(result.out);
	return 0;
}

int chroot_unmount(struct chroot *c, struct error *err)
{
	return chroot_unmount_all(&c->mounts, err);
}

struct chroot *chroot_free(struct chroot *c)
{
	if (!c)
		return NULL;
	(void)chroot_unmount_all(&c->mounts, &(struct error)ERROR_INIT);
	strv_release(&c->mounts);
	strv_release(&c->env);
	free(c->root);
	free(c);
	return NULL;
}
