/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/unpack.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/remove_tree.h"
#include "base/term.h"
#include "base/text.h"
#include "distro/debian/dpkg_db.h"
#include "tree/deb_stage.h"

/* Where dpkg keeps the control files of the package that it unpacks. */
#define CONTROL_DIR "var/lib/dpkg/tmp.ci"

struct unpack {
	struct unpack_spec spec;
	struct deb_stage *stage;
	struct strv order; /* names, as the stage reads them */
	bool *overlaps; /* by index in it: an essential package that shares a file */
	struct place place;
	int root_fd;
	struct dpkg_db db;
};

/* One package at work. */
struct job {
	struct unpack *u;
	const struct plan_package *package;
	size_t index; /* on the stage */
	const struct deb *deb;
	int stage_fd;
	struct dpkg_control control;
};

#define JOB_INIT               \
	{                      \
		.stage_fd = -1 \
	}

static void job_release(struct job *j)
{
	dpkg_control_release(&j->control);
	fd_closep(&j->stage_fd);
}

/* ---- the order of reading */

static void add_to_order(struct unpack *u, const char *name)
{
	if (!strv_contains(&u->order, name))
		strv_add(&u->order, name);
}

/* base-files brings the top directories, with owners and modes, or the links. */
static void choose_order(struct unpack *u)
{
	const struct plan *plan = u->spec.plan;

	if (!u->spec.more && plan_find(plan, "base-files"))
		add_to_order(u, "base-files");
	for (size_t i = 0; !u->spec.more && i < plan->package_count; i++)
		if (plan->packages[i].essential)
			add_to_order(u, plan->packages[i].name);
	for (size_t i = 0; i < plan->step_count; i++)
		for (size_t k = 0; k < plan->steps[i].names.count; k++)
			if (!plan->steps[i].configure)
				add_to_order(u, plan->steps[i].names.items[k]);
}

int unpack_start(const struct unpack_spec *spec, struct unpack **ret, struct error *err)
{
	CLEANUP(unpack_freep) struct unpack *u = xcalloc(1, sizeof(*u));
	CLEANUP(strv_releasep) struct strv files = STRV_INIT;

	u->spec = *spec;
	u->root_fd = -1;
	dpkg_db_init(spec->root, &u->db);
	place_init(&u->place, -1);
	choose_order(u);
	u->overlaps = xcalloc(u->order.count + 1, sizeof(*u->overlaps));
	u->root_fd = open(spec->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (u->root_fd < 0)
		return error_errno(err, "open '%s'", spec->root);
	place_init(&u->place, u->root_fd);
	for (size_t i = 0; i < u->order.count; i++)
		strv_take(
			&files, path_join(spec->archives_dir,
					plan_find(spec->plan, u->order.items[i])->file));
	if (deb_stage_start(spec->stage_dir, &files, &u->stage, err) < 0)
		return -1;
	*ret = TAKE_PTR(u);
	return 0;
}

struct unpack *unpack_free(struct unpack *u)
{
	if (!u)
		return NULL;
	u->stage = deb_stage_free(u->stage);
	place_release(&u->place);
	fd_closep(&u->root_fd);
	dpkg_db_release(&u->db);
	strv_release(&u->order);
	free(u->overlaps);
	free(u);
	return NULL;
}

static int job_begin(struct unpack *u, const char *name, struct job *j, struct error *err)
{
	j->u = u;
	j->package = plan_find(u->spec.plan, name);
	while (strcmp(u->order.items[j->index], name) != 0)
		j->index++;
	if (deb_stage_wait(u->stage, j->index, &j->deb, err) < 0)
		return -1;
	return deb_stage_open(u->stage, j->index, &j->stage_fd, err);
}

/* ---- files */

static int place_essential(struct unpack *u, const char *name, struct error *err)
{
	CLEANUP(job_release) struct job j = JOB_INIT;

	if (job_begin(u, name, &j, err) < 0)
		return -1;
	for (size_t i = 0; i < j.deb->entry_count; i++) {
		const struct deb_entry *e = &j.deb->entries[i];

		if (*e->path && place_clashes(&u->place, e->path, e->type))
			u->overlaps[j.index] = true;
		if (deb_place(e, j.stage_fd, e->path, &u->place, err) < 0)
			return error_context(err, "unpack '%s'", j.package->file);
	}
	return 0;
}

int unpack_essential_files(struct unpack *u, struct error *err)
{
	for (size_t i = 0; i < u->order.count; i++) {
		const char *name = u->order.items[i];

		if (plan_find(u->spec.plan, name)->essential &&
			place_essential(u, name, err) < 0)
			return -1;
	}
	return dpkg_db_create(&u->db, err);
}

/* dpkg puts a conffile beside its place; `dpkg --configure` decides what becomes of it.
 */
static char *place_of(const struct job *j, const struct deb_entry *e)
{
	if (e->type == S_IFREG && dpkg_is_conffile(j->deb, e->path))
		return xasprintf("%s.dpkg-new", e->path);
	return xstrdup(e->path);
}

static int place_files(struct job *j, struct error *err)
{
	for (size_t i = 0; i < j->deb->entry_count; i++) {
		const struct deb_entry *e = &j->deb->entries[i];
		CLEANUP(freep) char *path = place_of(j, e);

		if (deb_place(e, j->stage_fd, path, &j->u->place, err) < 0)
			return -1;
	}
	return 0;
}

/* An essential package has its conffiles in place; dpkg wants them beside it, too. */
static int copy_conffiles(struct job *j, struct error *err)
{
	for (size_t i = 0; i < j->deb->entry_count; i++) {
		const struct deb_entry *e = &j->deb->entries[i];
		CLEANUP(freep) char *path = place_of(j, e);

		if (strcmp(path, e->path) != 0 &&
			place_copy(&j->u->place, path, e->path, &e->meta, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- what is plain */

/* Where the chroot has mounted something of its own. */
static bool is_mounted(const char *path)
{
	static const char *const tops[] = { "dev/", "proc/", "run/", "sys/", "tmp/",
		NULL };

	for (const char *const *t = tops; *t; t++)
		if (text_starts_with(path, *t))
			return true;
	return false;
}

static bool is_plain_entry(struct job *j, const struct deb_entry *e)
{
	if (!*e->path)
		return true;
	if (dpkg_db_is_special(&j->u->db, e->path))
		return false;
	if (e->type == 0 && dpkg_is_conffile(j->deb, e->target))
		return false;
	if (e->type != S_IFREG && e->type != S_IFDIR && dpkg_is_conffile(j->deb, e->path))
		return false;
	if (j->package->essential)
		return true;
	if (e->type != S_IFDIR && is_mounted(e->path))
		return false;
	return !place_clashes(&j->u->place, e->path, e->type);
}

/* Files in dpkg.cfg.d may tell dpkg to leave paths out (path-exclude). */
static bool has_dpkg_settings(const struct unpack *u)
{
	CLEANUP(freep) char *path = path_join(u->spec.root, "etc/dpkg/dpkg.cfg.d");
	DIR *dir = opendir(path);
	struct dirent *e;

	if (!dir)
		return false;
	do
		e = readdir(dir);
	while (e && e->d_name[0] == '.');
	(void)closedir(dir);
	return e != NULL;
}

static bool is_plain(struct job *j)
{
	const struct deb_member *control = deb_member(j->deb, "control");

	if (!control || j->u->overlaps[j->index] || has_dpkg_settings(j->u) ||
		!dpkg_db_knows(j->deb) ||
		dpkg_control_parse(
			control->bytes, &j->control, &(struct error)ERROR_INIT) < 0 ||
		strcmp(j->control.name, j->package->name) != 0)
		return false;
	for (size_t i = 0; i < j->deb->entry_count; i++)
		if (!is_plain_entry(j, &j->deb->entries[i]))
			return false;
	return true;
}

/* ---- one package */

/* debconf looks there for a package's templates. */
static int write_control_dir(const char *dir, const struct deb *deb, struct error *err)
{
	if (path_make_dirs(dir, 0755, err) < 0)
		return -1;
	for (size_t i = 0; i < deb->member_count; i++) {
		const struct deb_member *m = &deb->members[i];
		CLEANUP(freep) char *path = path_join(dir, m->name);

		if (file_write_all(
			    path, m->bytes, m->length_bytes, m->mode & 07777, err) < 0)
			return -1;
	}
	return 0;
}

/* With dpkg's environment for it (dpkg(1), "Environment": maintainer scripts). */
static int run_preinst(struct job *j, struct chroot *chroot, struct error *err)
{
	static const char *const argv[] = { "/" CONTROL_DIR "/preinst", "install", NULL };
	const struct plan_package *dpkg = plan_find(j->u->spec.plan, "dpkg");
	CLEANUP(freep) char *dir = path_join(j->u->spec.root, CONTROL_DIR);
	CLEANUP(strv_releasep) struct strv env = STRV_INIT;

	strv_addf(&env, "DPKG_MAINTSCRIPT_PACKAGE=%s", j->control.name);
	strv_addf(&env, "DPKG_MAINTSCRIPT_ARCH=%s", j->control.arch);
	STRV_ADD(&env, "DPKG_MAINTSCRIPT_PACKAGE_REFCOUNT=1",
		"DPKG_MAINTSCRIPT_NAME=preinst", "DPKG_MAINTSCRIPT_DEBUG=0",
		"DPKG_ADMINDIR=/var/lib/dpkg", "DPKG_ROOT=");
	if (dpkg)
		strv_addf(&env, "DPKG_RUNNING_VERSION=%s", dpkg->version);
	if (dpkg_db_flush(&j->u->db, err) < 0 || write_control_dir(dir, j->deb, err) < 0)
		return -1;
	if (chroot_run(chroot,
		    &(struct chroot_command){
			    .argv = argv, .env = (const char *const *)env.items },
		    err) < 0)
		return error_context(err, "prepare '%s'", j->package->name);
	if (remove_tree(dir, err) < 0)
		return -1;
	return dpkg_db_reload(&j->u->db, err);
}

static int unpack_by_dpkg(struct job *j, struct chroot *chroot, struct error *err)
{
	const struct unpack_spec *spec = &j->u->spec;
	CLEANUP(freep)
	char *file = xasprintf("/%s/%s", spec->archives_inside, j->package->file);
	const char *const argv[] = { "/usr/bin/dpkg", "--no-triggers", "--unpack", file,
		NULL };
	const char *const essential[] = { "/usr/bin/dpkg", "--no-triggers",
		"--force-depends", "--unpack", file, NULL };

	progress_step(spec->progress, "leaving '%s' to dpkg: it is not plain to unpack",
		j->package->name);
	if (dpkg_db_flush(&j->u->db, err) < 0 ||
		chroot_run(chroot,
			&(struct chroot_command){
				.argv = j->package->essential ? essential : argv },
			err) < 0)
		return -1;
	return dpkg_db_reload(&j->u->db, err);
}

static int unpack_one(
	struct unpack *u, const char *name, struct chroot *chroot, struct error *err)
{
	CLEANUP(job_release) struct job j = JOB_INIT;

	if (term_check(err) < 0 || job_begin(u, name, &j, err) < 0)
		return -1;
	if (!is_plain(&j))
		return unpack_by_dpkg(&j, chroot, err);
	if (deb_member(j.deb, "preinst") && run_preinst(&j, chroot, err) < 0)
		return -1;
	if ((j.package->essential ? copy_conffiles(&j, err) : place_files(&j, err)) < 0)
		return -1;
	return dpkg_db_add(&u->db, j.deb, &j.control, err);
}

int unpack_packages(struct unpack *u, const struct strv *names, struct chroot *chroot,
	struct error *err)
{
	/* dpkg has run since the last time. */
	if (dpkg_db_reload(&u->db, err) < 0)
		return -1;
	for (size_t i = 0; i < names->count; i++)
		if (unpack_one(u, names->items[i], chroot, err) < 0)
			return error_context(err, "unpack '%s'", names->items[i]);
	return dpkg_db_flush(&u->db, err);
}
