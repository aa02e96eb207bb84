/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/install.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/path.h"
#include "base/remove_tree.h"
#include "base/strbuf.h"
#include "distro/base_cache.h"
#include "distro/debian/bootstrap.h"
#include "distro/debian/image_env.h"
#include "distro/debian/initramfs_key.h"
#include "distro/debian/inputs.h"
#include "distro/debian/suite.h"

/* INITRD=No: the initramfs is made once, at the end, and not by each kernel's package. */
static const char *const package_env[] = { "DEBIAN_FRONTEND=noninteractive",
	"DEBCONF_NONINTERACTIVE_SEEN=true", "INITRD=No" };

int debian_chroot_enter(
	const struct install_spec *s, struct chroot **ret, struct error *err)
{
	CLEANUP(freep) char *scratch = path_join(s->distro->room->dir, "tmp");
	CLEANUP(freep) char *loader = path_join(s->distro->root_dir, DEBIAN_LOADER_DIR);
	CLEANUP(chroot_freep) struct chroot *chroot = NULL;

	if (path_make_dirs(scratch, 0755, err) < 0 ||
		path_make_dirs(s->loader_dir, 0755, err) < 0 ||
		chroot_new(s->distro->root_dir, scratch, s->progress, &chroot, err) < 0 ||
		path_make_dirs(loader, 0755, err) < 0 ||
		chroot_bind(chroot, s->loader_dir, DEBIAN_LOADER_DIR, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(package_env); i++)
		chroot_set_env(chroot, package_env[i]);
	*ret = TAKE_PTR(chroot);
	return 0;
}

/* ---- the base */

void debian_base_release(struct debian_base *b)
{
	strv_release(&b->paths);
	free(b->kept);
	*b = (struct debian_base){ 0 };
}

/* All that decides about it. The lists have said of each package which file it is; the
 * date is that which no file of the image is newer than. */
static void describe_base(const struct install_spec *s, struct strbuf *to)
{
	const struct plan *plan = &s->resolution->base;

	debian_maker_format(s->distro, to);
	strbuf_addf(to, "release %s\nhost %s\ndate %" PRId64 "\n", s->distro->release,
		s->distro->hostname, s->resolution->epoch_s);
	for (size_t i = 0; i < plan->package_count; i++) {
		const struct plan_package *p = &plan->packages[i];

		strbuf_addf(to, "package %s %s %s%s\n", p->name, p->version, p->sha256,
			p->essential ? " essential" : "");
	}
	for (size_t i = 0; i < plan->step_count; i++) {
		const struct plan_step *step = &plan->steps[i];

		strbuf_add_str(to, step->configure ? "configure" : "unpack");
		for (size_t k = 0; k < step->names.count; k++)
			strbuf_addf(to, " %s", step->names.items[k]);
		strbuf_add_char(to, '\n');
	}
}

static int install_stage(const struct install_spec *s, const struct plan *plan, bool more,
	struct chroot **chroot, struct error *err)
{
	CLEANUP(freep) char *stage = path_join(s->distro->room->dir, "stage");
	CLEANUP(bootstrap_freep) struct bootstrap *bootstrap = NULL;
	const struct bootstrap_spec spec = {
		.root = s->distro->root_dir,
		.archives_dir = s->archives_dir,
		.stage_dir = stage,
		.plan = plan,
		.more = more,
		.release = debian_release_find(s->distro->release),
		.arch = debian_arch_find(s->distro->arch),
		.progress = s->progress,
	};

	if (path_make_dirs(stage, 0700, err) < 0 ||
		bootstrap_start(&spec, &bootstrap, err) < 0 ||
		(!more && bootstrap_unpack(bootstrap, err) < 0) ||
		debian_chroot_enter(s, chroot, err) < 0 ||
		bootstrap_install(bootstrap, *chroot, err) < 0)
		return -1;
	bootstrap = bootstrap_free(bootstrap);
	return remove_tree(stage, err);
}

/* What packages leave in /tmp and /run is not the next stage's. */
int debian_chroot_leave(
	const struct install_spec *s, struct chroot **chroot, struct error *err)
{
	CLEANUP(freep) char *scratch = path_join(s->distro->room->dir, "tmp");

	if (chroot_unmount(*chroot, err) < 0)
		return -1;
	*chroot = chroot_free(*chroot);
	return remove_tree(scratch, err);
}

static int install_base(const struct install_spec *s, char **ret_kept, struct error *err)
{
	const bool kept = s->resolution->common && s->distro->maker &&
			  s->distro->cache_dir && !s->distro->no_cache;
	CLEANUP(freep)
	char *cache = kept ? path_join(s->distro->cache_dir, "bases") : NULL;
	CLEANUP(strbuf_releasep) struct strbuf key = STRBUF_INIT;
	CLEANUP(chroot_freep) struct chroot *chroot = NULL;
	struct base_request request = { .what = "base",
		.cache_dir = cache,
		.memo = s->distro->memo,
		.root_dir = s->distro->root_dir,
		.progress = s->progress };
	bool taken;

	if (kept)
		describe_base(s, &key);
	request.key = key.data;
	if (base_cache_take(&request, &taken, err) < 0)
		return -1;
	if (!taken) {
		if (install_stage(s, &s->resolution->base, false, &chroot, err) < 0 ||
			debian_chroot_leave(s, &chroot, err) < 0)
			return -1;
		base_cache_keep(&request);
	}
	*ret_kept = base_cache_path(&request);
	return 0;
}

int debian_install(const struct install_spec *s, struct chroot **ret_chroot,
	struct debian_base *ret_base, struct error *err)
{
	const struct resolution *r = s->resolution;
	CLEANUP(chroot_freep) struct chroot *chroot = NULL;

	if (install_base(s, &ret_base->kept, err) < 0 ||
		initramfs_key_paths(s->distro->root_dir, NULL, &ret_base->paths, err) < 0)
		return -1;
	if ((r->plan.step_count ? install_stage(s, &r->plan, true, &chroot, err)
				: debian_chroot_enter(s, &chroot, err)) < 0)
		return -1;
	if (bootstrap_note_automatic(s->distro->root_dir, &r->plan, &r->wanted,
		    debian_arch_find(s->distro->arch), err) < 0)
		return -1;
	*ret_chroot = TAKE_PTR(chroot);
	return 0;
}
