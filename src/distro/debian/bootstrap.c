/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/bootstrap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "distro/debian/unpack.h"

/* Where the tree sees archives_dir. */
#define ARCHIVES CHROOT_PRIVATE_DIR "/archives"

/* invoke-rc.d(8) and deb-systemd-invoke ask it: nothing is started in a tree. */
#define POLICY "usr/sbin/policy-rc.d"

struct bootstrap {
	struct bootstrap_spec spec;
	struct unpack *unpack;
};

static int write_in_tree(const char *root, const char *path, const char *text,
	mode_t mode, struct error *err)
{
	CLEANUP(freep) char *file = path_join(root, path);

	return file_write_all(file, text, strlen(text), mode, err);
}

/* bookworm's packages bring files in /bin, /lib and so on: links take them to /usr. */
static int make_usr_links(const struct bootstrap_spec *b, struct error *err)
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

/* With this link, names resolve at build time (distro/chroot.h) and later. */
static int link_resolv_conf(const struct bootstrap_spec *b, struct error *err)
{
	CLEANUP(freep) char *path = path_join(b->root, "etc/resolv.conf");

	if (symlink("../run/systemd/resolve/stub-resolv.conf", path) < 0)
		return error_errno(err, "make the link '%s'", path);
	return 0;
}

int bootstrap_start(
	const struct bootstrap_spec *spec, struct bootstrap **ret, struct error *err)
{
	CLEANUP(bootstrap_freep) struct bootstrap *b = xcalloc(1, sizeof(*b));
	const struct unpack_spec unpack = {
		.root = spec->root,
		.stage_dir = spec->stage_dir,
		.archives_dir = spec->archives_dir,
		.archives_inside = ARCHIVES,
		.plan = spec->plan,
		.more = spec->more,
		.progress = spec->progress,
	};

	b->spec = *spec;
	if (chmod(spec->root, 0755) < 0)
		return error_errno(err, "set the mode of '%s'", spec->root);
	if (unpack_start(&unpack, &b->unpack, err) < 0)
		return -1;
	*ret = TAKE_PTR(b);
	return 0;
}

struct bootstrap *bootstrap_free(struct bootstrap *b)
{
	if (!b)
		return NULL;
	b->unpack = unpack_free(b->unpack);
	free(b);
	return NULL;
}

int bootstrap_unpack(struct bootstrap *b, struct error *err)
{
	if (b->spec.release->usr_package && make_usr_links(&b->spec, err) < 0)
		return -1;
	if (unpack_essential_files(b->unpack, err) < 0 ||
		write_in_tree(b->spec.root, POLICY, "#!/bin/sh\nexit 101\n", 0755, err) <
			0)
		return -1;
	return link_resolv_conf(&b->spec, err);
}

static int run_dpkg(struct chroot *c, const struct strv *argv, struct error *err)
{
	return chroot_run(c,
		&(struct chroot_command){ .argv = (const char *const *)argv->items },
		err);
}

/* Their dependencies go round in circles: dpkg is forced. Triggers run at its end. */
static int install_essential(struct bootstrap *b, struct chroot *c, struct error *err)
{
	const struct plan *plan = b->spec.plan;
	CLEANUP(strv_releasep) struct strv names = STRV_INIT;
	CLEANUP(strv_releasep) struct strv argv = STRV_INIT;

	for (size_t i = 0; i < plan->package_count; i++)
		if (plan->packages[i].essential)
			strv_add(&names, plan->packages[i].name);
	if (unpack_packages(b->unpack, &names, c, err) < 0)
		return -1;
	STRV_ADD(&argv, "/usr/bin/dpkg", "--force-depends", "--configure");
	strv_add_all(&argv, (const char *const *)names.items);
	return run_dpkg(c, &argv, err);
}

/* Triggers wait for the end, where each runs once. */
static int run_step(struct bootstrap *b, const struct plan_step *step, struct chroot *c,
	struct error *err)
{
	CLEANUP(strv_releasep) struct strv argv = STRV_INIT;

	if (!step->configure)
		return unpack_packages(b->unpack, &step->names, c, err);
	STRV_ADD(&argv, "/usr/bin/dpkg", "--no-triggers", "--configure");
	strv_add_all(&argv, (const char *const *)step->names.items);
	return run_dpkg(c, &argv, err);
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

static size_t unpacked_count(const struct plan *plan)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->step_count; i++)
		count += plan->steps[i].configure ? 0 : plan->steps[i].names.count;
	return count;
}

int bootstrap_install(struct bootstrap *b, struct chroot *c, struct error *err)
{
	static const char *const pending[] = { "/usr/bin/dpkg", "--configure",
		"--pending", NULL };
	CLEANUP(freep) char *archives = path_join(b->spec.root, ARCHIVES);

	if (path_make_dirs(archives, 0755, err) < 0 ||
		chroot_bind(c, b->spec.archives_dir, ARCHIVES, err) < 0)
		return -1;
	if (!b->spec.more) {
		progress_step(b->spec.progress, "installing the essential packages");
		if (install_essential(b, c, err) < 0)
			return error_context(err, "install the essential packages");
	}
	progress_step(b->spec.progress, "installing %zu %spackages",
		b->spec.more ? unpacked_count(b->spec.plan) : b->spec.plan->package_count,
		b->spec.more ? "more " : "");
	for (size_t i = 0; i < b->spec.plan->step_count; i++)
		if (run_step(b, &b->spec.plan->steps[i], c, err) < 0)
			return error_context(err, "install packages");
	if (chroot_run(c, &(struct chroot_command){ .argv = pending }, err) < 0)
		return error_context(err, "configure packages");
	return audit(c, err);
}

/* apt's notes: what nobody asked for may go when nothing needs it any more. */
int bootstrap_note_automatic(const char *root, const struct plan *plan,
	const struct strv *wanted, const struct debian_arch *arch, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < plan->package_count; i++) {
		const struct plan_package *p = &plan->packages[i];

		if (!p->essential && !strv_contains(wanted, p->name))
			strbuf_addf(&text,
				"Package: %s\nArchitecture: %s\nAuto-Installed: 1\n\n",
				p->name, arch->debian_name);
	}
	return write_in_tree(root, "var/lib/apt/extended_states", text.data, 0644, err);
}
