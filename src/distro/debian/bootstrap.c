/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/bootstrap.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "base/term.h"
#include "tree/deb.h"

/* Where the tree sees archives_dir. */
#define ARCHIVES CHROOT_PRIVATE_DIR "/archives"

/* invoke-rc.d(8) and deb-systemd-invoke ask it: nothing is started in a tree. */
#define POLICY "usr/sbin/policy-rc.d"

static int write_in_tree(const struct bootstrap *b, const char *path, const char *text,
	mode_t mode, struct error *err)
{
	CLEANUP(freep) char *file = path_join(b->root, path);

	return file_write_all(file, text, strlen(text), mode, err);
}

/* bookworm's packages bring files in /bin, /lib and so on: links take them to /usr. */
static int make_usr_links(const struct bootstrap *b, struct error *err)
{
	for (const char *const *l = debian_usr_links(b->arch); *l; l++) {
		CLEANUP(freep) char *link = path_join(b->root, *l);
		CLEANUP(freep) char *target = path_join("usr", *l);
		CLEANUP(freep) char *dir = path_join(b->root, target);

		if (path_make_dirs(dir, 0755, err) < 0)
			return -1;
		if (symlink(target, link) < 0)
			return error_errno(err, "make the link '%s'", link);
	}
	return 0;
}

static int unpack_one(const struct bootstrap *b, const struct plan_package *p,
	int root_fd, struct error *err)
{
	CLEANUP(freep) char *deb = path_join(b->archives_dir, p->file);

	if (term_check(err) < 0)
		return -1;
	return deb_unpack(deb, root_fd, err);
}

static int unpack_essential(const struct bootstrap *b, int root_fd, struct error *err)
{
	const struct plan_package *first = plan_find(b->plan, "base-files");

	/* base-files brings the top directories, with owners and modes, or the links. */
	if (first && unpack_one(b, first, root_fd, err) < 0)
		return -1;
	for (size_t i = 0; i < b->plan->package_count; i++) {
		const struct plan_package *p = &b->plan->packages[i];

		if (p->essential && p != first && unpack_one(b, p, root_fd, err) < 0)
			return -1;
	}
	return 0;
}

/* With this link, names resolve at build time (distro/chroot.h) and later. */
static int link_resolv_conf(const struct bootstrap *b, struct error *err)
{
	CLEANUP(freep) char *path = path_join(b->root, "etc/resolv.conf");

	if (symlink("../run/systemd/resolve/stub-resolv.conf", path) < 0)
		return error_errno(err, "make the link '%s'", path);
	return 0;
}

int bootstrap_unpack(const struct bootstrap *b, struct error *err)
{
	CLEANUP(fd_closep)
	int root_fd = open(b->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (root_fd < 0)
		return error_errno(err, "open '%s'", b->root);
	if (fchmod(root_fd, 0755) < 0)
		return error_errno(err, "set the mode of '%s'", b->root);
	if (b->release->usr_package && make_usr_links(b, err) < 0)
		return -1;
	if (unpack_essential(b, root_fd, err) < 0)
		return -1;
	if (write_in_tree(b, "var/lib/dpkg/status", "", 0644, err) < 0 ||
		write_in_tree(b, "var/lib/dpkg/available", "", 0644, err) < 0 ||
		write_in_tree(b, POLICY, "#!/bin/sh\nexit 101\n", 0755, err) < 0)
		return -1;
	return link_resolv_conf(b, err);
}

static int run_dpkg(struct chroot *c, const struct strv *argv, struct error *err)
{
	return chroot_run(c,
		&(struct chroot_command){ .argv = (const char *const *)argv->items },
		err);
}

static void add_archive(struct strv *argv, const struct plan_package *p)
{
	strv_addf(argv, "/" ARCHIVES "/%s", p->file);
}

/* Pre-Depends among the essential packages go round in circles: they are forced. */
static int install_essential(
	const struct bootstrap *b, struct chroot *c, struct error *err)
{
	CLEANUP(strv_releasep) struct strv argv = STRV_INIT;

	STRV_ADD(&argv, "/usr/bin/dpkg", "--force-depends", "--install");
	for (size_t i = 0; i < b->plan->package_count; i++)
		if (b->plan->packages[i].essential)
			add_archive(&argv, &b->plan->packages[i]);
	return run_dpkg(c, &argv, err);
}

/* Triggers wait for the end, where each runs once. */
static int run_step(const struct bootstrap *b, const struct plan_step *step,
	struct chroot *c, struct error *err)
{
	CLEANUP(strv_releasep) struct strv argv = STRV_INIT;

	STRV_ADD(&argv, "/usr/bin/dpkg", "--no-triggers",
		step->configure ? "--configure" : "--unpack");
	for (size_t i = 0; i < step->names.count; i++) {
		if (step->configure)
			strv_add(&argv, step->names.items[i]);
		else
			add_archive(&argv, plan_find(b->plan, step->names.items[i]));
	}
	return run_dpkg(c, &argv, err);
}

/* apt's notes: what nobody asked for may go when nothing needs it any more. */
static int note_automatic(const struct bootstrap *b, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < b->plan->package_count; i++) {
		const struct plan_package *p = &b->plan->packages[i];

		if (!p->essential && !strv_contains(b->wanted, p->name))
			strbuf_addf(&text,
				"Package: %s\nArchitecture: %s\nAuto-Installed: 1\n\n",
				p->name, b->arch->debian_name);
	}
	return write_in_tree(b, "var/lib/apt/extended_states", text.data, 0644, err);
}

static int audit(struct chroot *c, struct error *err)
{
	static const char *const argv[] = { "/usr/bin/dpkg", "--audit", NULL };
	CLEANUP(freep) char *out = NULL;

	if (chroot_capture(c, &(struct chroot_command){ .argv = argv }, &out, err) < 0)
		return -1;
	if (!*out)
		return 0;
	(void)error_set(
		err, ERR_CHILD, 1, "dpkg --audit finds packages that are not whole");
	error_set_output(err, out, strlen(out));
	return -1;
}

int bootstrap_install(const struct bootstrap *b, struct chroot *c, struct error *err)
{
	static const char *const pending[] = { "/usr/bin/dpkg", "--configure",
		"--pending", NULL };
	CLEANUP(freep) char *archives = path_join(b->root, ARCHIVES);

	if (path_make_dirs(archives, 0755, err) < 0 ||
		chroot_bind(c, b->archives_dir, ARCHIVES, err) < 0)
		return -1;
	progress_step(b->progress, "installing the essential packages");
	if (install_essential(b, c, err) < 0)
		return error_context(err, "install the essential packages");
	progress_step(b->progress, "installing %zu packages", b->plan->package_count);
	for (size_t i = 0; i < b->plan->step_count; i++)
		if (run_step(b, &b->plan->steps[i], c, err) < 0)
			return error_context(err, "install packages");
	if (chroot_run(c, &(struct chroot_command){ .argv = pending }, err) < 0)
		return error_context(err, "configure packages");
	if (audit(c, err) < 0 || note_automatic(b, err) < 0)
		return -1;
	return 0;
}
