/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/order.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/size.h"
#include "base/strbuf.h"
#include "distro/debian/lists_records.h"

enum { APT_REFUSES = 100 }; /* apt-get(8), DIAGNOSTICS */

/* The plan's packages, by hash. A package may be on several lists. */
struct chosen {
	const struct plan_package **packages;
	bool *seen;
	size_t count;
	struct strbuf records;
	uint64_t installed_bytes;
};

static void chosen_releasep(struct chosen *c)
{
	free(c->packages);
	free(c->seen);
	strbuf_release(&c->records);
}

static int by_hash(const void *a, const void *b)
{
	const struct plan_package *const *x = a, *const *y = b;

	return strcmp((*x)->sha256, (*y)->sha256);
}

static struct chosen chosen_of(const struct plan *plan)
{
	struct chosen c = {
		.packages = xcalloc(plan->package_count + 1, sizeof(*c.packages)),
		.seen = xcalloc(plan->package_count + 1, sizeof(*c.seen)),
		.count = plan->package_count,
		.records = STRBUF_INIT,
	};

	for (size_t i = 0; i < c.count; i++)
		c.packages[i] = &plan->packages[i];
	if (c.count)
		qsort(c.packages, c.count, sizeof(*c.packages), by_hash);
	return c;
}

/* In KiB, and each file rounded up to one (deb-substvars(5), Installed-Size). */
static uint64_t installed_bytes(const char *record)
{
	static const char field[] = "\nInstalled-Size: ";
	const char *at = strstr(record, field);

	return at ? strtoull(at + strlen(field), NULL, 10) * KIB : 0;
}

static int take(void *userdata, const char *record, size_t length_bytes,
	const char *sha256, struct error *err)
{
	struct plan_package key = { 0 };
	const struct plan_package *at = &key;
	const struct plan_package **found;
	struct chosen *c = userdata;
	bool *seen;

	(void)err;
	memcpy(key.sha256, sha256, sizeof(key.sha256));
	found = c->count ? bsearch(&at, c->packages, c->count, sizeof(*c->packages),
				   by_hash)
			 : NULL;
	if (!found)
		return 0;
	seen = &c->seen[found - c->packages];
	if (!*seen) {
		strbuf_add(&c->records, record, length_bytes);
		strbuf_add_char(&c->records, '\n');
		c->installed_bytes += installed_bytes(record);
	}
	*seen = true;
	return 0;
}

static int write_records(const struct order_request *r, const char *file,
	uint64_t *ret_installed_bytes, struct error *err)
{
	CLEANUP(chosen_releasep) struct chosen c = chosen_of(r->plan);

	if (lists_each_record(r->lists_dir, take, &c, err) < 0)
		return -1;
	for (size_t i = 0; i < c.count; i++)
		if (!c.seen[i])
			return error_set(err, ERR_FORMAT, 0,
				"apt-get wants to install '%s', which is on no list",
				c.packages[i]->name);
	*ret_installed_bytes = c.installed_bytes;
	if (path_make_dirs(r->dir, 0755, err) < 0)
		return -1;
	return file_write_all(file, c.records.data, c.records.length_bytes, 0644, err);
}

static int simulate(const struct order_request *r, const struct strv *names,
	char **ret_text, uint64_t *ret_installed_bytes, struct error *err)
{
	/* apt knows by this name what the file is. */
	CLEANUP(freep) char *file = path_join(r->dir, "Packages");
	/* No other list; and what apt keeps of those stays as it is. */
	const char *const options[] = { "--simulate", "--with-source", file, "-o",
		"Dir::Etc::sourceparts=/dev/null", "-o", "Dir::Cache::pkgcache=", "-o",
		"Dir::Cache::srcpkgcache=", NULL };

	if (write_records(r, file, ret_installed_bytes, err) < 0)
		return -1;
	return apt_simulate(r->apt, options, names, ret_text, err);
}

int debian_order(const struct order_request *r, char **ret_text,
	uint64_t *ret_installed_bytes, struct error *err)
{
	CLEANUP(strv_releasep) struct strv names = STRV_INIT;

	for (size_t i = 0; i < r->plan->package_count; i++)
		strv_add(&names, r->plan->packages[i].name);
	return simulate(r, &names, ret_text, ret_installed_bytes, err);
}

/* It has run, and has said no. */
static bool is_refusal(const struct error *err)
{
	return err->code == ERR_RECIPE ||
	       (err->code == ERR_CHILD && err->detail == APT_REFUSES);
}

int debian_choose_among(const struct order_request *r, const struct strv *names,
	struct plan *ret, bool *ret_possible, struct error *err)
{
	CLEANUP(freep) char *text = NULL;
	struct error why = ERROR_INIT;
	uint64_t unused;

	if (simulate(r, names, &text, &unused, &why) < 0) {
		if (!is_refusal(&why)) {
			*err = why;
			return -1;
		}
		*ret_possible = false;
		return 0;
	}
	*ret_possible = true;
	return plan_copy_chosen(r->plan, text, ret, err);
}
