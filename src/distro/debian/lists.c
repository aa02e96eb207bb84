/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/lists.h"

#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/path.h"
#include "base/remove_tree.h"
#include "distro/debian/lists_cache.h"
#include "distro/debian/lists_check.h"
#include "tree/hash.h"

enum { SET_HASH_CHARS = 16 };

char *lists_dir(const struct apt *a)
{
	return path_join(apt_dir(a), "state/lists");
}

/* Of the cache: apt's files are named after their mirror, but one set has to be whole. */
static char *set_name(const struct lists_request *r)
{
	CLEANUP(freep) char *text = xasprintf("%s\n%s", r->arch, r->sources);
	char hex[SHA256_HEX_CHARS + 1];

	hash_bytes(text, strlen(text), hex);
	return xasprintf("%s-%.*s", r->arch, SET_HASH_CHARS, hex);
}

static int update_and_check(
	const struct lists_request *r, const char *dir, struct error *err)
{
	if (apt_update(r->apt, err) < 0)
		return -1;
	return lists_check(dir, err);
}

static int empty(const char *dir, struct error *err)
{
	CLEANUP(freep) char *partial = path_join(dir, "partial");

	if (remove_tree(dir, err) < 0)
		return -1;
	return path_make_dirs(partial, 0755, err);
}

static int fetch_again(const struct lists_request *r, const char *dir, const char *set,
	const struct error *why, struct error *err)
{
	progress_warning(r->progress,
		"package lists in the cache cannot be used, and are fetched anew: %s",
		why->msg);
	lists_cache_drop(r->cache_dir, set);
	if (empty(dir, err) < 0)
		return -1;
	return update_and_check(r, dir, err);
}

/* A mirror, or room, that is not there is not there in a second attempt. */
static bool may_be_the_cache(const struct error *err)
{
	return err->code != ERR_FETCH && err->code != ERR_TIMEOUT &&
	       err->code != ERR_SPACE && err->code != ERR_INTERRUPTED;
}

static int fetch(const struct lists_request *r, const char *dir, const char *set,
	struct error *err)
{
	const bool taken = lists_cache_take(r->cache_dir, set, dir);
	struct error why = ERROR_INIT;

	if (update_and_check(r, dir, &why) == 0)
		return 0;
	if (taken && may_be_the_cache(&why))
		return fetch_again(r, dir, set, &why, err);
	*err = why;
	return -1;
}

int lists_fetch(const struct lists_request *r, struct error *err)
{
	CLEANUP(freep) char *dir = lists_dir(r->apt);
	CLEANUP(freep) char *set = set_name(r);
	struct error why = ERROR_INIT;

	if (apt_set_sources(r->apt, r->sources, err) < 0)
		return -1;
	if (!r->cache_dir)
		return update_and_check(r, dir, err);
	if (fetch(r, dir, set, err) < 0)
		return -1;
	/* The build has what it needs. */
	if (lists_cache_keep(r->cache_dir, set, dir, &why) < 0)
		progress_warning(r->progress, "%s", why.msg);
	return 0;
}
