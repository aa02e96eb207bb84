/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/archives.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file_copy.h"
#include "base/path.h"
#include "base/size.h"
#include "base/term.h"
#include "base/words.h"
#include "tree/hash.h"

enum { NAME_HASH_CHARS = 12 };

char *archives_dir(const struct apt *a)
{
	return path_join(apt_dir(a), "cache/archives");
}

char *archives_cached_path(const char *cache_dir, const char *file, const char *sha256)
{
	return xasprintf("%s/%.*s.%.*s.deb", cache_dir, (int)(strlen(file) - 4), file,
		NAME_HASH_CHARS, sha256);
}

static char *cached_path(const struct archives_request *r, const struct plan_package *p)
{
	return archives_cached_path(r->cache_dir, p->file, p->sha256);
}

static char *work_path(const struct archives_request *r, const struct plan_package *p)
{
	CLEANUP(freep) char *dir = archives_dir(r->apt);

	return path_join(dir, p->file);
}

static int take_from_cache(const struct archives_request *r, const struct plan_package *p,
	bool *ret_taken, struct error *err)
{
	CLEANUP(freep) char *cached = cached_path(r, p);
	CLEANUP(freep) char *work = work_path(r, p);

	*ret_taken = path_exists(cached);
	if (!*ret_taken)
		return 0;
	/* Another build, or a person, may just have deleted it: then it is fetched. */
	if (file_link_or_copy(cached, work, err) == 0)
		return 0;
	if (err->code != ERR_SYSTEM || err->detail != ENOENT)
		return -1;
	*ret_taken = false;
	return 0;
}

static int check(const struct archives_request *r, const struct plan_package *p,
	bool cached, struct error *err)
{
	CLEANUP(freep) char *in_cache = cached_path(r, p);
	CLEANUP(freep) char *work = work_path(r, p);
	char hex[SHA256_HEX_CHARS + 1];

	if (hash_file(work, hex, NULL, err) < 0)
		return -1;
	if (!strcmp(hex, p->sha256))
		return 0;
	if (cached)
		return error_set(err, ERR_UNTRUSTED, 0,
			"'%s' in the cache is not the package that was signed (its "
			"SHA-256 is %s, "
			"the package list has %s); delete it, and the next build fetches "
			"it anew",
			in_cache, hex, p->sha256);
	return error_set(err, ERR_UNTRUSTED, 0,
		"'%s' is not the package that was signed (its SHA-256 is %s, the package "
		"list has "
		"%s)",
		p->uri, hex, p->sha256);
}

static int download(
	const struct archives_request *r, uint64_t bytes, size_t count, struct error *err)
{
	char size[16];

	progress_step(r->progress, "fetching %zu package%s, %s", count, plural_s(count),
		size_format(bytes, size));
	return apt_download(r->apt, r->packages, bytes, err);
}

static int publish(
	const struct archives_request *r, const struct plan_package *p, struct error *err)
{
	CLEANUP(freep) char *cached = cached_path(r, p);
	CLEANUP(freep) char *work = work_path(r, p);

	return file_link_or_copy(work, cached, err);
}

/*
 * apt's own fsync is left out. What gets a name in the cache has to be whole after a
 * power cut, or each later build would refuse it. All at once, which is cheap.
 */
static int make_durable(const struct archives_request *r, struct error *err)
{
	CLEANUP(freep) char *dir = archives_dir(r->apt);
	CLEANUP(fd_closep) int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, "open '%s'", dir);
	return syncfs(fd) == 0 ? 0 : error_errno(err, "write to '%s'", dir);
}

/* What could be fetched is kept for the next build, though this one fails. */
static void salvage(const struct archives_request *r, const bool *cached)
{
	struct error ignored_sync = ERROR_INIT;

	if (make_durable(r, &ignored_sync) < 0)
		return;
	for (size_t i = 0; i < r->plan->package_count; i++) {
		const struct plan_package *p = &r->plan->packages[i];
		CLEANUP(freep) char *work = work_path(r, p);
		struct error ignored = ERROR_INIT;

		if (!cached[i] && path_exists(work) && check(r, p, false, &ignored) == 0)
			(void)publish(r, p, &ignored);
	}
}

static int fetch_missing(const struct archives_request *r, const bool *cached,
	uint64_t bytes, struct error *err)
{
	size_t missing = 0;

	for (size_t i = 0; i < r->plan->package_count; i++)
		missing += !cached[i];
	if (missing && download(r, bytes, missing, err) < 0) {
		salvage(r, cached);
		return -1;
	}
	for (size_t i = 0; i < r->plan->package_count; i++)
		if (!cached[i] && check(r, &r->plan->packages[i], false, err) < 0) {
			salvage(r, cached);
			return -1;
		}
	if (missing && make_durable(r, err) < 0)
		return -1;
	for (size_t i = 0; i < r->plan->package_count; i++)
		if (!cached[i] && publish(r, &r->plan->packages[i], err) < 0)
			return -1;
	return 0;
}

int archives_fetch(const struct archives_request *r, uint64_t *ret_downloaded_bytes,
	struct error *err)
{
	const size_t count = r->plan->package_count;
	CLEANUP(freep) bool *cached = xcalloc(count, sizeof(*cached));
	uint64_t missing_bytes = 0;

	if (path_make_dirs(r->cache_dir, 0755, err) < 0)
		return -1;
	/* What comes from the cache is judged first: apt would only look at its size. */
	for (size_t i = 0; i < count; i++) {
		const struct plan_package *p = &r->plan->packages[i];

		if (take_from_cache(r, p, &cached[i], err) < 0)
			return -1;
		if (cached[i] && check(r, p, true, err) < 0)
			return -1;
		if (!cached[i])
			missing_bytes += p->size_bytes;
	}
	if (fetch_missing(r, cached, missing_bytes, err) < 0)
		return -1;
	*ret_downloaded_bytes = missing_bytes;
	return term_check(err);
}
