/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/lock_cache.h"

#include <ctype.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/file_copy.h"
#include "base/path.h"
#include "base/remove_tree.h"
#include "base/strbuf.h"
#include "distro/debian/archives.h"
#include "distro/debian/lists_records.h"
#include "distro/debian/lock.h"
#include "tree/deb.h"

/* The packages of the lock that have a file, by its hash; `listed` is one a package. */
struct wanted {
	const struct distro_package **packages;
	bool *listed;
	size_t count;
};

static void wanted_releasep(struct wanted *w)
{
	free(w->packages);
	free(w->listed);
}

static int by_hash(const void *a, const void *b)
{
	const struct distro_package *const *x = a, *const *y = b;

	return strcmp((*x)->sha256, (*y)->sha256);
}

static struct wanted wanted_of(const struct distro_lock *lock)
{
	const size_t most = lock->packages.count + 1;
	struct wanted w = { xcalloc(most, sizeof(*w.packages)),
		xcalloc(most, sizeof(*w.listed)), 0 };

	for (size_t i = 0; i < lock->packages.count; i++)
		if (lock->packages.items[i].uri)
			w.packages[w.count++] = &lock->packages.items[i];
	if (w.count)
		qsort(w.packages, w.count, sizeof(*w.packages), by_hash);
	return w;
}

static int mark(void *userdata, const char *record, size_t length_bytes,
	const char *sha256, struct error *err)
{
	struct wanted *w = userdata;
	struct distro_package key = { 0 };
	const struct distro_package *at = &key;
	const struct distro_package **found;

	(void)record;
	(void)length_bytes;
	(void)err;
	memcpy(key.sha256, sha256, sizeof(key.sha256));
	found = w->count ? bsearch(&at, w->packages, w->count, sizeof(*w->packages),
				   by_hash)
			 : NULL;
	if (found)
		w->listed[found - w->packages] = true;
	return 0;
}

/* As apt names a package's file: but for letters, digits and `also`, the code. */
static void add_quoted(struct strbuf *to, const char *text, const char *also)
{
	for (const char *c = text; *c; c++)
		if (isalnum((unsigned char)*c) || strchr(also, *c))
			strbuf_add_char(to, *c);
		else
			strbuf_addf(to, "%%%02x", (unsigned char)*c);
}

static char *file_name(const struct distro_package *p)
{
	struct strbuf name = STRBUF_INIT;

	add_quoted(&name, p->name, "+-.~");
	strbuf_add_char(&name, '_');
	add_quoted(&name, p->version, "+-.~");
	strbuf_add_char(&name, '_');
	add_quoted(&name, p->arch, "-");
	strbuf_add_str(&name, ".deb");
	return strbuf_take(&name);
}

/* False: it is not in the cache. */
static int take_file(const struct lock_cache_request *r, const struct distro_package *p,
	const char *to, bool *ret_taken, struct error *err)
{
	CLEANUP(freep) char *file = file_name(p);
	CLEANUP(freep)
	char *cached = archives_cached_path(r->cache_dir, file, p->sha256);
	char hex[SHA256_HEX_CHARS + 1];

	*ret_taken = path_exists(cached);
	if (!*ret_taken)
		return 0;
	if (file_link_or_copy(cached, to, err) < 0 || hash_file(to, hex, NULL, err) < 0)
		return -1;
	if (!strcmp(hex, p->sha256))
		return 0;
	return error_set(err, ERR_UNTRUSTED, 0,
		"'%s' in the cache is not the package of the manifest (its SHA-256 is "
		"%s, the manifest has %s), and the mirror has it no more; delete it",
		cached, hex, p->sha256);
}

/* What the package says of itself, and where it is. */
static int add_record(const struct lock_cache_request *r, const struct distro_package *p,
	const char *path, struct strbuf *to, struct error *err)
{
	CLEANUP(deb_releasep) struct deb deb = DEB_INIT;
	CLEANUP(fd_closep) int stage = -1;
	const struct deb_member *control;
	size_t length;

	if (path_make_dirs(r->scratch_dir, 0700, err) < 0)
		return -1;
	stage = open(r->scratch_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (stage < 0)
		return error_errno(err, "open '%s'", r->scratch_dir);
	if (deb_read(path, stage, NULL, &deb, err) < 0 ||
		remove_tree(r->scratch_dir, err) < 0)
		return -1;
	control = deb_member(&deb, "control");
	if (!control)
		return error_set(err, ERR_FORMAT, 0, "'%s' has no control file", path);
	for (length = control->length_bytes;
		length && control->bytes[length - 1] == '\n';)
		length--;
	strbuf_add(to, control->bytes, length);
	strbuf_addf(to, "\nFilename: ./%s.deb\nSize: %" PRIu64 "\nSHA256: %s\n\n",
		p->sha256, p->size_bytes, p->sha256);
	return 0;
}

/* A package that no list has: into the archive, or among those that are gone. */
static int add_missing(const struct lock_cache_request *r, const struct distro_package *p,
	struct strbuf *records, struct debian_lock_names *gone, struct error *err)
{
	CLEANUP(freep) char *path = xasprintf("%s/%s.deb", r->dir, p->sha256);
	bool taken = false;

	if (take_file(r, p, path, &taken, err) < 0)
		return -1;
	if (taken)
		return add_record(r, p, path, records, err);
	debian_lock_names_add(gone, "%s %s", p->name, p->version);
	return 0;
}

static int collect(const struct lock_cache_request *r, const struct wanted *w,
	struct strbuf *records, size_t *ret_count, struct debian_lock_names *gone,
	struct error *err)
{
	for (size_t i = 0; i < w->count; i++) {
		if (w->listed[i])
			continue;
		if (add_missing(r, w->packages[i], records, gone, err) < 0)
			return -1;
		++*ret_count;
	}
	return 0;
}

static char *sources_text(const char *dir)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_add_str(&text, "Types: deb\nURIs: file:");
	add_quoted(&text, dir, "/+-._~");
	strbuf_add_str(&text, "\nSuites: ./\nTrusted: yes\n");
	return strbuf_take(&text);
}

int lock_cache_supplement(const struct lock_cache_request *r, char **ret_sources,
	size_t *ret_count, struct error *err)
{
	CLEANUP(debian_lock_names_releasep)
	struct debian_lock_names gone = DEBIAN_LOCK_NAMES_INIT;
	CLEANUP(wanted_releasep) struct wanted w = wanted_of(r->lock);
	CLEANUP(strbuf_releasep) struct strbuf records = STRBUF_INIT;
	CLEANUP(freep) char *packages = path_join(r->dir, "Packages");
	size_t count = 0;

	if (lists_each_record(r->lists_dir, mark, &w, err) < 0 ||
		path_make_dirs(r->dir, 0755, err) < 0 ||
		collect(r, &w, &records, &count, &gone, err) < 0)
		return -1;
	if (gone.count)
		return error_set(err, ERR_FETCH, 0,
			"packages of the manifest are gone from the mirror, and are not "
			"in the cache: %s",
			debian_lock_names_end(&gone));
	*ret_count = count;
	if (!count)
		return 0;
	if (file_write_all(packages, records.data, records.length_bytes, 0644, err) < 0)
		return -1;
	*ret_sources = sources_text(r->dir);
	return 0;
}
