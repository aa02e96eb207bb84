/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/driver.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/memory.h"
#include "base/path.h"
#include "base/size.h"
#include "distro/agent.h"
#include "distro/chroot.h"
#include "distro/debian/archives.h"
#include "distro/debian/check.h"
#include "distro/debian/image_env.h"
#include "distro/debian/initramfs.h"
#include "distro/debian/inputs.h"
#include "distro/debian/install.h"
#include "distro/debian/installed.h"
#include "distro/debian/keyring.h"
#include "distro/debian/locales.h"
#include "distro/debian/resolve.h"
#include "distro/debian/steps.h"
#include "distro/foreign.h"
#include "distro/quick_tools.h"
#include "distro/scripts.h"
#include "tree/dirtree.h"
#include "tree/overlay.h"
#include "tree/overlay_watch.h"

enum { KEYRING_MOST_BYTES = 4 << 20 };

/* What programs write for a while: an initramfs before and after it is compressed. */
#define SCRATCH_BYTES (512 * MIB)

/* A build under way. */
struct build {
	const struct distro_spec *spec;
	struct progress *progress;
	struct resolution resolution;
	struct apt *apt;
	struct chroot *chroot;
	struct install_spec install;
	struct debian_base base;
	char *archives_dir;
	char *loader_dir;
	char *inputs;
	struct overlay_watch *watch; /* or NULL */
	struct distro_packages packages;
	uint64_t download_bytes;
};

static void build_releasep(struct build *b)
{
	chroot_freep(&b->chroot);
	apt_freep(&b->apt);
	overlay_watch_freep(&b->watch);
	resolution_release(&b->resolution);
	distro_packages_release(&b->packages);
	debian_base_release(&b->base);
	free(b->archives_dir);
	free(b->loader_dir);
	free(b->inputs);
}

static int new_apt(const struct distro_spec *spec, const char *name, struct progress *p,
	struct apt **ret, struct error *err)
{
	CLEANUP(freep) char *dir = path_join(spec->work_dir, name);
	struct apt_setup setup = {
		.dir = dir,
		.arch = debian_arch_find(spec->arch)->debian_name,
		.progress = p,
	};

	if (debian_keyring_find(spec, &setup.keyring, err) < 0)
		return -1;
	return apt_new(&setup, ret, err);
}

static int choose(struct build *b, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf inputs = STRBUF_INIT;

	if (new_apt(b->spec, "apt", b->progress, &b->apt, err) < 0 ||
		debian_resolve(b->spec, b->apt, b->progress, &b->resolution, err) < 0 ||
		debian_inputs_format(
			b->spec, b->apt, b->resolution.sources, &inputs, err) < 0)
		return -1;
	b->inputs = strbuf_take(&inputs);
	return 0;
}

static int fetch(struct build *b, struct error *err)
{
	CLEANUP(freep) char *cache = path_join(b->spec->cache_dir, ARCHIVES_CACHE);
	const struct archives_request request = {
		.apt = b->apt,
		.plan = &b->resolution.plan,
		.packages = &b->resolution.packages,
		.cache_dir = cache,
		.progress = b->progress,
	};

	if (archives_fetch(&request, &b->download_bytes, err) < 0)
		return error_context(err, "fetch packages");
	return 0;
}

/* What an overlay will take. What cannot be read is for overlay_copy() to complain of. */
static uint64_t overlay_bytes(const char *overlay)
{
	CLEANUP(filetree_freep) struct filetree *tree = NULL;
	uint64_t bytes = 0;

	if (!overlay || dirtree_read(overlay, &tree, &(struct error)ERROR_INIT) < 0)
		return 0;
	for (uint32_t i = 0; i < filetree_count(tree); i++)
		bytes += filetree_node(tree, i)->size_bytes;
	return bytes;
}

/* A quarter more than the packages say: small files take whole pages. */
static int open_room(struct build *b, struct error *err)
{
	const uint64_t packages_bytes = b->resolution.plan.installed_bytes;
	const uint64_t needed_bytes = packages_bytes + packages_bytes / 4 +
				      overlay_bytes(b->spec->overlay) + SCRATCH_BYTES;

	if (tree_room_open(b->spec->room, needed_bytes, memory_available_bytes(), err) <
		0)
		return -1;
	return path_make_dirs(b->spec->root_dir, 0755, err);
}

static int install(struct build *b, struct error *err)
{
	b->archives_dir = archives_dir(b->apt);
	b->loader_dir = path_join(b->spec->room->dir, "loader");
	b->install = (struct install_spec){
		.distro = b->spec,
		.resolution = &b->resolution,
		.archives_dir = b->archives_dir,
		.loader_dir = b->loader_dir,
		.progress = b->progress,
	};
	if (open_room(b, err) < 0)
		return -1;
	return debian_install(&b->install, &b->chroot, &b->base, err);
}

/* The image trusts the keys that the build trusted: a keyring of the recipe's goes with
 * it. */
static int place_keyring(struct build *b, char **ret_path, struct error *err)
{
	static const char packaged[] = "/usr/share/keyrings/debian-archive-keyring.gpg";
	const struct distro_spec *spec = b->spec;
	CLEANUP(freep) char *dir = path_join(spec->root_dir, DEBIAN_KEYRING_DIR);
	CLEANUP(freep) char *keys = NULL;
	CLEANUP(freep) char *path = NULL;
	CLEANUP(freep) char *file = NULL;
	size_t length;

	if (!spec->keyring) {
		*ret_path = xstrdup(packaged);
		return 0;
	}
	if (file_read_all(spec->keyring, KEYRING_MOST_BYTES, &keys, &length, err) < 0 ||
		path_make_dirs(dir, 0755, err) < 0)
		return -1;
	path = xasprintf("/%s/image.%s", DEBIAN_KEYRING_DIR,
		!strncmp(keys, "-----BEGIN", 10) ? "asc" : "gpg");
	file = xasprintf("%s%s", spec->root_dir, path);
	if (file_write_all(file, keys, length, 0644, err) < 0)
		return -1;
	*ret_path = TAKE_PTR(path);
	return 0;
}

/* A step in the place of a tool of GRUB's. */
static int stand_in(
	struct build *b, const char *step, const char *tool, struct error *err)
{
	CLEANUP(freep) char *inside = NULL;
	CLEANUP(freep) char *path = NULL;

	if (step_place(b->chroot, debian_steps, step, &inside, err) < 0)
		return -1;
	path = xasprintf("%s%s", b->spec->root_dir, inside);
	return chroot_bind(b->chroot, path, tool, err);
}

/* A script may have done anything, also to what the initramfs is made of. And of an
 * overlay's files it has to show which ones the initramfs is made of. */
static int find_initramfs(
	struct build *b, const struct strv *env, struct initramfs *ret, struct error *err)
{
	const struct plan *more = &b->resolution.plan;
	CLEANUP(strv_releasep) struct strv added = STRV_INIT;

	if (b->spec->overlay || (b->spec->scripts && b->spec->scripts->count))
		return 0;
	for (size_t i = 0; i < more->step_count; i++)
		if (!more->steps[i].configure)
			strv_add_all(
				&added, (const char *const *)more->steps[i].names.items);
	if (debian_chroot_leave(&b->install, &b->chroot, err) < 0 ||
		initramfs_find(b->spec, &added, &b->base.paths, env,
			b->resolution.epoch_s, b->progress, ret, err) < 0)
		return -1;
	return debian_chroot_enter(&b->install, &b->chroot, err);
}

/* What makes the initramfs is most of all a caller of small programs. */
static int place_quick_tools(struct build *b, struct strv *env, struct error *err)
{
	CLEANUP(freep) char *path = NULL;

	if (chroot_put(b->chroot, quick_tools->name, (const char *)quick_tools->bytes,
		    quick_tools->length_bytes, &path, err) < 0)
		return -1;
	strv_addf(env, "IMAGE_QUICK_TOOLS=%s", path);
	return 0;
}

/* While update-grub runs, there are no devices and mounts for the true tools to see. */
static int make_bootable(struct build *b, struct strv *env, struct error *err)
{
	CLEANUP(initramfs_releasep) struct initramfs initramfs = { 0 };

	if (find_initramfs(b, env, &initramfs, err) < 0)
		return -1;
	progress_step(b->progress, "making the %sboot loader",
		initramfs.taken ? "" : "initramfs and the ");
	strv_addf(env, "IMAGE_INITRAMFS=%s", initramfs.taken ? "kept" : "");
	if (place_quick_tools(b, env, err) < 0 ||
		stand_in(b, "grub-probe", "usr/sbin/grub-probe", err) < 0 ||
		stand_in(b, "grub-mkrelpath", "usr/bin/grub-mkrelpath", err) < 0 ||
		step_run(b->chroot, debian_steps, "boot", (const char *const *)env->items,
			err) < 0)
		return -1;
	return initramfs_keep(&initramfs, err);
}

static int install_agent(struct build *b, struct error *err)
{
	static const enum agent_services services[] = {
		[DEBIAN_SYSTEMD] = AGENT_SYSTEMD,
		[DEBIAN_OPENRC] = AGENT_OPENRC,
		[DEBIAN_RUNIT] = AGENT_RUNIT_SYSV,
	};
	const struct agent_spec spec = {
		.root_dir = b->spec->root_dir,
		.arch = b->spec->arch,
		.services = services[debian_init_find(b->spec->packages)],
		.user = b->spec->user,
		.mtime_s = b->resolution.epoch_s,
	};

	progress_step(b->progress, "installing the agent ec2-init");
	return agent_install(&spec, err);
}

static int customize(struct build *b, const char *const *env, struct error *err)
{
	const struct distro_spec *spec = b->spec;

	if (spec->agent == DISTRO_AGENT_EC2_INIT && install_agent(b, err) < 0)
		return -1;
	progress_step(b->progress, "configuring the system");
	if (step_run(b->chroot, debian_steps, "configure", env, err) < 0)
		return error_context(err, "configure the system");
	if (spec->overlay) {
		progress_step(b->progress, "copying the overlay");
		if (overlay_copy(spec->overlay, spec->root_dir, b->resolution.epoch_s,
			    b->progress, err) < 0 ||
			overlay_watch_start(
				spec->overlay, spec->root_dir, &b->watch, err) < 0)
			return -1;
	}
	return scripts_run(b->chroot, spec->scripts, env, b->progress, err);
}

static int finish(struct build *b, struct strv *env, struct error *err)
{
	if (make_bootable(b, env, err) < 0)
		return error_context(err, "make the system bootable");
	if (installed_read(b->chroot, &b->resolution.plan, &b->packages, err) < 0)
		return -1;
	if (step_run(b->chroot, debian_steps, "clean", (const char *const *)env->items,
		    err) < 0)
		return error_context(err, "clean the system");
	return chroot_unmount(b->chroot, err);
}

static char *loader_file(const struct build *b, const char *name)
{
	CLEANUP(freep) char *path = path_join(b->loader_dir, name);

	return path_exists(path) ? TAKE_PTR(path) : NULL;
}

static int build_tree(const struct distro_spec *spec, struct progress *p,
	struct distro_result *ret, struct error *err)
{
	CLEANUP(build_releasep) struct build b = { .spec = spec, .progress = p };
	CLEANUP(strv_releasep) struct strv env = STRV_INIT;
	CLEANUP(freep) char *keyring = NULL;
	CLEANUP(freep) char *apt = NULL;

	/* Neither the caller's umask nor the machine's name may show in the tree. */
	(void)umask(022);
	if (sethostname(spec->hostname, strlen(spec->hostname)) < 0)
		return error_errno(err, "set the host name of the sandbox");
	if (foreign_enable(debian_arch_find(spec->arch)->qemu_name, err) < 0)
		return -1;
	if (choose(&b, err) < 0 || fetch(&b, err) < 0 || install(&b, err) < 0 ||
		place_keyring(&b, &keyring, err) < 0)
		return -1;
	debian_image_env(
		spec, &b.resolution.mirrors, keyring, b.resolution.epoch_s, &env);
	if (customize(&b, (const char *const *)env.items, err) < 0 ||
		finish(&b, &env, err) < 0 || apt_version(b.apt, &apt, err) < 0)
		return -1;
	*ret = (struct distro_result){
		.epoch_s = b.resolution.epoch_s,
		.bios_boot = loader_file(&b, "boot.img"),
		.bios_core = loader_file(&b, "core.img"),
		.efi = loader_file(&b, "grub.efi"),
		.packages = b.packages,
		.download_bytes = b.download_bytes,
	};
	b.packages = (struct distro_packages){ 0 };
	ret->inputs = TAKE_PTR(b.inputs);
	ret->base = TAKE_PTR(b.base.kept);
	overlay_watch_look(b.watch, &ret->overlay_idle);
	strv_take(&ret->tools, TAKE_PTR(apt));
	return 0;
}

static void describe(const struct distro_spec *spec, struct strv *steps)
{
	CLEANUP(strv_releasep) struct strv packages = STRV_INIT;

	debian_packages(spec, debian_arch_find(spec->arch), &packages);
	strv_addf(steps, "fetch and verify the package lists of Debian %s (%s) from %s",
		spec->release, debian_arch_find(spec->arch)->debian_name,
		spec->mirror ? spec->mirror
			     : "this machine's Debian mirror, or deb.debian.org");
	strv_addf(steps, "choose %zu packages and what they need; fetch and verify them",
		packages.count);
	strv_add(steps, "install them in a sandbox");
	strv_addf(steps,
		"configure host name '%s', locale %s, user '%s', network, ssh, mounts",
		spec->hostname, spec->locale, spec->user);
	if (spec->overlay)
		strv_addf(steps, "copy the overlay %s", spec->overlay);
	for (size_t i = 0; spec->scripts && i < spec->scripts->count; i++)
		strv_addf(steps, "run the script %s", spec->scripts->items[i]);
	strv_add(steps, "make the initramfs and the boot loader");
	strv_add(steps, "remove keys, ids, logs, caches and other traces of the build");
}

static int inputs(const struct distro_spec *spec, struct progress *p, struct strbuf *to,
	struct error *err)
{
	CLEANUP(debian_mirrors_releasep) struct debian_mirrors mirrors = { 0 };
	CLEANUP(strbuf_releasep) struct strbuf sources = STRBUF_INIT;
	CLEANUP(apt_freep) struct apt *apt = NULL;

	if (new_apt(spec, "apt-inputs", p, &apt, err) < 0 ||
		debian_sources(spec, apt, p, &mirrors, &sources, err) < 0)
		return -1;
	if (!spec->lock && debian_lists(spec, apt, sources.data, p, err) < 0)
		return -1;
	return debian_inputs_format(spec, apt, sources.data, to, err);
}

const struct distro_driver debian_driver = {
	.name = "debian",
	.releases = debian_release_names,
	.arches = debian_arch_names,
	.default_user = "admin",
	.find_locale = debian_locale_find,
	.check = debian_check,
	.describe = describe,
	.build_tree = build_tree,
	.inputs = inputs,
};
