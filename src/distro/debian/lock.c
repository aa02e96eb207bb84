/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/lock.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

/* More names than these make no message clearer. */
enum { NAMED_MOST = 8 };

/* More than 1000: also a version older than another one that can be had. */
void debian_lock_pins(const struct distro_lock *lock, struct strbuf *to)
{
	for (size_t i = 0; i < lock->packages.count; i++) {
		const struct distro_package *p = &lock->packages.items[i];

		if (p->uri)
			strbuf_addf(to,
				"Package: %s\nPin: version %s\nPin-Priority: 1001\n\n",
				p->name, p->version);
	}
}

static const struct distro_package *find_locked(
	const struct distro_lock *lock, const char *name)
{
	for (size_t i = 0; i < lock->packages.count; i++)
		if (lock->packages.items[i].uri &&
			!strcmp(lock->packages.items[i].name, name))
			return &lock->packages.items[i];
	return NULL;
}

void debian_lock_names_add(struct debian_lock_names *n, const char *fmt, ...)
{
	va_list args;
	char text[256];

	if (n->count++ >= NAMED_MOST)
		return;
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	strbuf_addf(&n->text, "%s%s", n->count > 1 ? ", " : "", text);
}

const char *debian_lock_names_end(struct debian_lock_names *n)
{
	if (n->count > NAMED_MOST)
		strbuf_addf(&n->text, " and %zu more", n->count - NAMED_MOST);
	return n->text.data;
}

static void compare_one(const struct distro_package *locked, const struct plan *plan,
	struct debian_lock_names *gone, struct debian_lock_names *unwanted)
{
	const struct plan_package *now = plan_find(plan, locked->name);

	if (!now)
		debian_lock_names_add(unwanted, "%s", locked->name);
	else if (strcmp(now->version, locked->version) != 0)
		debian_lock_names_add(gone, "%s %s (now %s)", locked->name,
			locked->version, now->version);
	else if (strcmp(now->sha256, locked->sha256) != 0)
		debian_lock_names_add(gone, "%s %s (another file has that version now)",
			locked->name, locked->version);
}

int debian_lock_compare(
	const struct distro_lock *lock, const struct plan *plan, struct error *err)
{
	CLEANUP(debian_lock_names_releasep)
	struct debian_lock_names gone = DEBIAN_LOCK_NAMES_INIT;
	CLEANUP(debian_lock_names_releasep)
	struct debian_lock_names unwanted = DEBIAN_LOCK_NAMES_INIT;
	CLEANUP(debian_lock_names_releasep)
	struct debian_lock_names added = DEBIAN_LOCK_NAMES_INIT;

	for (size_t i = 0; i < lock->packages.count; i++)
		if (lock->packages.items[i].uri)
			compare_one(&lock->packages.items[i], plan, &gone, &unwanted);
	for (size_t i = 0; i < plan->package_count; i++)
		if (!find_locked(lock, plan->packages[i].name))
			debian_lock_names_add(&added, "%s", plan->packages[i].name);
	if (gone.count)
		return error_set(err, ERR_FETCH, 0,
			"packages of the manifest are gone from the mirror: %s",
			debian_lock_names_end(&gone));
	if (added.count)
		return error_set(err, ERR_RECIPE, 0,
			"the recipe needs packages that the manifest has not: %s",
			debian_lock_names_end(&added));
	if (unwanted.count)
		return error_set(err, ERR_RECIPE, 0,
			"the manifest has packages that the recipe does not need: %s",
			debian_lock_names_end(&unwanted));
	return 0;
}

void debian_lock_restore_uris(const struct distro_lock *lock, struct plan *plan)
{
	for (size_t i = 0; i < plan->package_count; i++) {
		struct plan_package *p = &plan->packages[i];
		const struct distro_package *locked = find_locked(lock, p->name);

		if (locked && !strncmp(p->uri, "file:", 5)) {
			free(p->uri);
			p->uri = xstrdup(locked->uri);
		}
	}
}
