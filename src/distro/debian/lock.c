/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/lock.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

/* Names for a message. */
struct names {
	struct strbuf text;
	size_t count;
};

__attribute__((format(printf, 2, 3))) static void add_name(
	struct names *n, const char *fmt, ...)
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

static const char *end_names(struct names *n)
{
	if (n->count > NAMED_MOST)
		strbuf_addf(&n->text, " and %zu more", n->count - NAMED_MOST);
	return n->text.data;
}

static void names_releasep(struct names *n)
{
	strbuf_release(&n->text);
}

static void compare_one(const struct distro_package *locked, const struct plan *plan,
	struct names *gone, struct names *unwanted)
{
	const struct plan_package *now = plan_find(plan, locked->name);

	if (!now)
		add_name(unwanted, "%s", locked->name);
	else if (strcmp(now->version, locked->version) != 0)
		add_name(gone, "%s %s (now %s)", locked->name, locked->version,
			now->version);
	else if (strcmp(now->sha256, locked->sha256) != 0)
		add_name(gone, "%s %s (another file has that version now)", locked->name,
			locked->version);
}

int debian_lock_compare(
	const struct distro_lock *lock, const struct plan *plan, struct error *err)
{
	CLEANUP(names_releasep) struct names gone = { STRBUF_INIT, 0 };
	CLEANUP(names_releasep) struct names unwanted = { STRBUF_INIT, 0 };
	CLEANUP(names_releasep) struct names added = { STRBUF_INIT, 0 };

	for (size_t i = 0; i < lock->packages.count; i++)
		if (lock->packages.items[i].uri)
			compare_one(&lock->packages.items[i], plan, &gone, &unwanted);
	for (size_t i = 0; i < plan->package_count; i++)
		if (!find_locked(lock, plan->packages[i].name))
			add_name(&added, "%s", plan->packages[i].name);
	if (gone.count)
		return error_set(err, ERR_FETCH, 0,
			"packages of the manifest are gone from the mirror: %s",
			end_names(&gone));
	if (added.count)
		return error_set(err, ERR_RECIPE, 0,
			"the recipe needs packages that the manifest has not: %s",
			end_names(&added));
	if (unwanted.count)
		return error_set(err, ERR_RECIPE, 0,
			"the manifest has packages that the recipe does not need: %s",
			end_names(&unwanted));
	return 0;
}
