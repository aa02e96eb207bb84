/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/resolve.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/path.h"
#include "base/words.h"
#include "distro/debian/apt_error.h"
#include "distro/debian/archives.h"
#include "distro/debian/keyring.h"
#include "distro/debian/lists.h"
#include "distro/debian/lists_closure.h"
#include "distro/debian/lock.h"
#include "distro/debian/lock_cache.h"
#include "distro/debian/order.h"

void resolution_release(struct resolution *r)
{
	debian_mirrors_release(&r->mirrors);
	free(r->sources);
	strv_release(&r->wanted);
	strv_release(&r->packages);
	plan_release(&r->plan);
	plan_release(&r->base);
}

/* Whether `base` has the suite `release` + `suffix`. */
static int has_suite(struct apt *apt, const char *base, const char *release,
	const char *suffix, bool *ret, struct error *err)
{
	CLEANUP(freep)
	char *uri = xasprintf("%s/dists/%s%s/InRelease", base, release, suffix);

	return apt_probe(apt, uri, ret, err);
}

/* A mirror that the recipe names may have no siblings; see mirrors.h. */
static int ask_for_siblings(const struct distro_spec *spec, struct apt *apt,
	struct debian_mirrors *m, struct progress *p, struct error *err)
{
	bool security = false;

	if (has_suite(apt, m->archive, spec->release, "-updates", &m->updates, err) < 0)
		return error_context(err, "ask the mirror '%s'", m->archive);
	if (m->security && has_suite(apt, m->security, spec->release, "-security",
				   &security, err) < 0)
		return error_context(err, "ask the mirror '%s'", m->security);
	if (security)
		return 0;
	progress_warning(p,
		"the mirror '%s' has no security updates of %s beside it: the image "
		"is made without them",
		m->archive, spec->release);
	free(m->security);
	m->security = NULL;
	return 0;
}

/* Where something is kept between builds; NULL: nowhere. */
static char *cached(const struct distro_spec *spec, const char *what)
{
	return spec->cache_dir && !spec->no_cache ? path_join(spec->cache_dir, what)
						  : NULL;
}

static int choose_mirrors(const struct distro_spec *spec, struct apt *apt,
	struct progress *p, struct debian_mirrors *ret, struct error *err)
{
	CLEANUP(freep) char *dir = path_join(spec->work_dir, "host-lists");
	CLEANUP(freep) char *targets = NULL;

	if (spec->mirror) {
		debian_mirrors_from_recipe(spec->mirror, ret);
		return ask_for_siblings(spec, apt, ret, p, err);
	}
	if (apt_host_targets(dir, &targets, err) < 0)
		return -1;
	debian_mirrors_from_host(targets, ret);
	return 0;
}

int debian_sources(const struct distro_spec *spec, struct apt *apt, struct progress *p,
	struct debian_mirrors *ret_mirrors, struct strbuf *text, struct error *err)
{
	if (choose_mirrors(spec, apt, p, ret_mirrors, err) < 0)
		return -1;
	debian_sources_format(ret_mirrors, spec->release, NULL, text);
	return 0;
}

int debian_lists(const struct distro_spec *spec, struct apt *apt, const char *sources,
	struct progress *p, struct error *err)
{
	CLEANUP(freep) char *cache = cached(spec, "debian/lists");
	const struct lists_request request = {
		.apt = apt,
		.sources = sources,
		.arch = debian_arch_find(spec->arch)->debian_name,
		.cache_dir = cache,
		.progress = p,
	};

	if (lists_fetch(&request, err) < 0)
		return error_context(err, "fetch the package lists");
	return 0;
}

static int fetch_lists(const struct distro_spec *spec, struct apt *apt,
	struct resolution *r, struct progress *p, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf sources = STRBUF_INIT;
	CLEANUP(freep) char *lists = lists_dir(apt);

	if (debian_sources(spec, apt, p, &r->mirrors, &sources, err) < 0)
		return -1;
	r->sources = strbuf_take(&sources);
	progress_step(p, "fetching the package lists of %s from %s", spec->release,
		r->mirrors.archive);
	if (debian_lists(spec, apt, r->sources, p, err) < 0)
		return -1;
	return debian_lists_date(lists, &r->epoch_s, err);
}

/* Unlike a simulation, this leaves out to put them in order. */
static const char *const print_uris[] = { "--print-uris", NULL };

/* The packages that must be there before any package's script can run. */
static int find_essential(const struct distro_spec *spec, struct apt *apt,
	struct strv *essential, struct error *err)
{
	const struct debian_release *release = debian_release_find(spec->release);
	CLEANUP(strv_releasep) struct strv request = STRV_INIT;
	CLEANUP(plan_releasep) struct plan found = { 0 };
	CLEANUP(freep) char *out = NULL;

	strv_add(&request, "?essential");
	if (release->usr_package)
		strv_add(&request, release->usr_package);
	if (apt_simulate(apt, print_uris, &request, &out, err) < 0 ||
		plan_add_uris(&found, out, err) < 0)
		return error_context(err, "find the essential packages");
	for (size_t i = 0; i < found.package_count; i++)
		strv_add(essential, found.packages[i].name);
	return 0;
}

/* "htpo": did the author of the recipe mean "htop"? */
static void suggest_package(const struct distro_spec *spec, struct apt *apt,
	const char *name, struct error *err)
{
	struct nearest nearest = { .word = name };
	CLEANUP(freep) char *names = NULL;
	char *save = NULL;
	const char *best;

	if (apt_package_names(apt, &names, &(struct error)ERROR_INIT) < 0)
		names = xstrdup("");
	for (char *n = strtok_r(names, "\n", &save); n; n = strtok_r(NULL, "\n", &save))
		nearest_offer(&nearest, n);
	best = nearest_best(&nearest);
	if (best)
		(void)error_set(err, ERR_RECIPE, 0,
			"unknown package '%s' in %s; did you mean '%s'?", name,
			spec->release, best);
	else
		(void)error_set(err, ERR_RECIPE, 0, "unknown package '%s' in %s", name,
			spec->release);
}

/* *ret_uris is for plan_add_uris(). */
static int choose_packages(const struct distro_spec *spec, struct apt *apt,
	const struct strv *packages, char **ret_uris, struct error *err)
{
	CLEANUP(freep) char *unknown = NULL;

	if (apt_simulate(apt, print_uris, packages, ret_uris, err) == 0)
		return 0;
	unknown = apt_error_unknown_package(err->output);
	if (unknown)
		suggest_package(spec, apt, unknown, err);
	return -1;
}

static int put_in_order(const struct distro_spec *spec, struct apt *apt,
	const struct strv *essential, struct plan *plan, struct error *err)
{
	CLEANUP(freep) char *dir = path_join(spec->work_dir, "chosen");
	CLEANUP(freep) char *text = NULL;

	if (debian_order(&(struct order_request){ apt, apt_lists(apt), dir, plan }, &text,
		    &plan->installed_bytes, err) < 0)
		return -1;
	return plan_add_order(plan, text, essential, err);
}

/*
 * Of what was chosen for the recipe, and of nothing else: so it is part of that, and
 * what else a mirror has today, or has no more, decides nothing. Where that is not
 * possible, the base is everything.
 */
static int choose_base(const struct distro_spec *spec, struct apt *apt,
	const struct strv *essential, struct resolution *r, struct progress *p,
	struct error *err)
{
	CLEANUP(strv_releasep) struct strv packages = STRV_INIT;
	CLEANUP(freep) char *dir = path_join(spec->work_dir, "chosen");
	const struct order_request request = { apt, apt_lists(apt), dir, &r->plan };

	strv_add_all(&packages, (const char *const *)essential->items);
	debian_base_packages(spec, debian_arch_find(spec->arch), &packages);
	r->common = true;
	if (packages.count != r->packages.count) {
		if (debian_choose_among(&request, &packages, &r->base, &r->common, err) <
			0)
			return -1;
		if (r->common)
			return 0;
		progress_step(p, "with the recipe's packages, the base is not what it is "
				 "without: all are installed in one go");
	}
	plan_copy_packages(&r->plan, &r->base);
	return 0;
}

/* Names that nothing has are for apt to complain of, of all that there is. */
static int take_closure(const struct distro_spec *spec, struct apt *apt,
	const struct strv *wanted, struct error *err)
{
	const struct debian_release *release = debian_release_find(spec->release);
	CLEANUP(freep) char *from = lists_dir(apt);
	CLEANUP(freep) char *to = path_join(spec->work_dir, "lists");
	CLEANUP(strv_releasep) struct strv names = STRV_INIT;
	bool known;

	strv_add_all(&names, (const char *const *)wanted->items);
	if (release->usr_package)
		strv_add(&names, release->usr_package);
	if (lists_closure_make(&(struct lists_closure){ from, to, &names }, &known, err) <
		0)
		return -1;
	if (known)
		apt_set_lists(apt, to);
	return 0;
}

static int make_plan(const struct distro_spec *spec, struct apt *apt,
	struct resolution *r, struct progress *p, struct error *err)
{
	CLEANUP(strv_releasep) struct strv essential = STRV_INIT;
	CLEANUP(freep) char *uris = NULL;

	debian_packages(spec, debian_arch_find(spec->arch), &r->wanted);
	if (take_closure(spec, apt, &r->wanted, err) < 0 ||
		find_essential(spec, apt, &essential, err) < 0)
		return -1;
	strv_add_all(&r->packages, (const char *const *)essential.items);
	strv_add_all(&r->packages, (const char *const *)r->wanted.items);
	if (choose_packages(spec, apt, &r->packages, &uris, err) < 0 ||
		plan_add_uris(&r->plan, uris, err) < 0 ||
		choose_base(spec, apt, &essential, r, p, err) < 0 ||
		put_in_order(spec, apt, &essential, &r->base, err) < 0 ||
		put_in_order(spec, apt, &essential, &r->plan, err) < 0)
		return error_context(err, "choose the packages");
	plan_skip(&r->plan, &r->base);
	return 0;
}

static int pin(const struct distro_lock *lock, struct apt *apt, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf pins = STRBUF_INIT;

	debian_lock_pins(lock, &pins);
	return apt_set_pins(apt, pins.data, err);
}

/* What the lock wants and the mirror has no more is made an archive of its own. */
static int supplement(const struct distro_spec *spec, struct apt *apt,
	const struct resolution *r, struct progress *p, struct error *err)
{
	CLEANUP(freep) char *lists = lists_dir(apt);
	CLEANUP(freep) char *cache = path_join(spec->cache_dir, ARCHIVES_CACHE);
	CLEANUP(freep) char *dir = path_join(spec->work_dir, "locked");
	CLEANUP(freep) char *scratch = path_join(spec->work_dir, "locked.tmp");
	CLEANUP(freep) char *more = NULL;
	CLEANUP(freep) char *sources = NULL;
	const struct lock_cache_request request = { spec->lock, lists, cache, dir,
		scratch };
	size_t count;

	if (lock_cache_supplement(&request, &more, &count, err) < 0)
		return -1;
	if (!more)
		return 0;
	progress_step(p,
		"taking %zu package%s from the cache, which the mirror has no more",
		count, plural_s(count));
	sources = xasprintf("%s\n%s", r->sources, more);
	if (apt_set_sources(apt, sources, err) < 0)
		return -1;
	return apt_update(apt, err);
}

static int choose(const struct distro_spec *spec, struct apt *apt, struct resolution *r,
	struct progress *p, struct error *err)
{
	if (!spec->lock)
		return make_plan(spec, apt, r, p, err);
	if (supplement(spec, apt, r, p, err) < 0 || pin(spec->lock, apt, err) < 0 ||
		make_plan(spec, apt, r, p, err) < 0 ||
		debian_lock_compare(spec->lock, &r->plan, err) < 0)
		return error_context(err, "choose the packages of the manifest");
	debian_lock_restore_uris(spec->lock, &r->plan);
	/* As old as the first image: later lists say nothing about these packages. */
	r->epoch_s = spec->lock->epoch_s;
	return 0;
}

int debian_resolve(const struct distro_spec *spec, struct apt *apt, struct progress *p,
	struct resolution *ret, struct error *err)
{
	CLEANUP(resolution_releasep) struct resolution r = { 0 };

	if (fetch_lists(spec, apt, &r, p, err) < 0 || choose(spec, apt, &r, p, err) < 0)
		return -1;
	*ret = r;
	r = (struct resolution){ 0 };
	return 0;
}
