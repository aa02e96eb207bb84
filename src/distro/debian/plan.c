/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/text.h"

static void package_release(struct plan_package *p)
{
	free(p->name);
	free(p->version);
	free(p->uri);
	free(p->file);
}

void plan_release(struct plan *p)
{
	for (size_t i = 0; i < p->package_count; i++)
		package_release(&p->packages[i]);
	for (size_t i = 0; i < p->step_count; i++)
		strv_release(&p->steps[i].names);
	free(p->packages);
	free(p->steps);
	*p = (struct plan){ 0 };
}

/* A plain file name: it becomes one in our directories. */
static bool is_deb_name(const char *file)
{
	return file[0] != '.' && file[0] != '-' && !strchr(file, '/') &&
	       strchr(file, '_') && text_ends_with(file, ".deb");
}

static bool parse_hash(const char *text, char hex[static SHA256_HEX_CHARS + 1])
{
	static const char prefix[] = "SHA256:";
	const size_t skip = sizeof(prefix) - 1;

	if (strncmp(text, prefix, skip) != 0 || strlen(text + skip) != SHA256_HEX_CHARS ||
		strspn(text + skip, "0123456789abcdef") != SHA256_HEX_CHARS)
		return false;
	memcpy(hex, text + skip, SHA256_HEX_CHARS + 1);
	return true;
}

static bool parse_size(const char *text, uint64_t *ret)
{
	if (!*text || text[strspn(text, "0123456789")] || strlen(text) > 15)
		return false;
	*ret = strtoull(text, NULL, 10);
	return true;
}

static int add_uri_line(struct plan *p, char *line, struct error *err)
{
	struct plan_package package = { 0 };
	char *end = strchr(line + 1, '\''), *save = NULL;
	const char *file, *size, *hash;

	if (!end)
		return error_set(err, ERR_FORMAT, 0,
			"apt-get's list has a strange line: %s", line);
	*end = '\0';
	file = strtok_r(end + 1, " ", &save);
	size = strtok_r(NULL, " ", &save);
	hash = strtok_r(NULL, " ", &save);
	if (!file || !size || !is_deb_name(file) ||
		!parse_size(size, &package.size_bytes))
		return error_set(err, ERR_FORMAT, 0,
			"apt-get's list has a strange line for '%s'", line + 1);
	if (!hash || !parse_hash(hash, package.sha256))
		return error_set(err, ERR_UNTRUSTED, 0,
			"the package list has no SHA-256 for '%s'", line + 1);
	package.uri = xstrdup(line + 1);
	package.file = xstrdup(file);
	package.name = xstrndup(file, strcspn(file, "_"));
	array_reserve_one((void **)&p->packages, p->package_count, &p->package_room,
		sizeof(*p->packages));
	p->packages[p->package_count++] = package;
	return 0;
}

int plan_add_uris(struct plan *p, const char *text, struct error *err)
{
	CLEANUP(freep) char *lines = xstrdup(text);
	char *save = NULL;

	for (char *l = strtok_r(lines, "\n", &save); l; l = strtok_r(NULL, "\n", &save))
		if (*l == '\'' && add_uri_line(p, l, err) < 0)
			return -1;
	return 0;
}

/* "Inst NAME (…" or "Conf NAME (…"; NULL for other lines. */
static char *parse_action(const char *line, bool *ret_configure)
{
	if (strncmp(line, "Inst ", 5) != 0 && strncmp(line, "Conf ", 5) != 0)
		return NULL;
	*ret_configure = line[0] == 'C';
	/* A name may carry ":arch". */
	return xstrndup(line + 5, strcspn(line + 5, " :"));
}

/* The version of "Inst NAME (VERSION …"; empty when there is none. */
static char *parse_version(const char *line)
{
	const char *open = strchr(line, '(');

	return open ? xstrndup(open + 1, strcspn(open + 1, " )")) : xstrdup("");
}

static void add_action(struct plan *p, bool configure, const char *name)
{
	struct plan_step *last = p->step_count ? &p->steps[p->step_count - 1] : NULL;

	if (!last || last->configure != configure) {
		array_reserve_one((void **)&p->steps, p->step_count, &p->step_room,
			sizeof(*p->steps));
		last = &p->steps[p->step_count++];
		*last = (struct plan_step){ .configure = configure };
	}
	strv_add(&last->names, name);
}

static struct plan_package *find(const struct plan *p, const char *name)
{
	for (size_t i = 0; i < p->package_count; i++)
		if (!strcmp(p->packages[i].name, name))
			return &p->packages[i];
	return NULL;
}

const struct plan_package *plan_find(const struct plan *p, const char *name)
{
	return find(p, name);
}

int plan_add_order(
	struct plan *p, const char *text, const struct strv *essential, struct error *err)
{
	CLEANUP(freep) char *lines = xstrdup(text);
	char *save = NULL;

	for (char *l = strtok_r(lines, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		bool configure;
		CLEANUP(freep) char *name = parse_action(l, &configure);
		struct plan_package *package;

		if (!name)
			continue;
		package = find(p, name);
		if (!package)
			return error_set(err, ERR_FORMAT, 0,
				"apt-get wants to install '%s' and does not say from "
				"where",
				name);
		if (!package->version)
			package->version = parse_version(l);
		if (!strv_contains(essential, name))
			add_action(p, configure, name);
	}
	for (size_t i = 0; i < p->package_count; i++) {
		if (!p->packages[i].version)
			p->packages[i].version = xstrdup("");
		p->packages[i].essential = strv_contains(essential, p->packages[i].name);
	}
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct plan_package *)a)->name,
		((const struct plan_package *)b)->name);
}

static void copy_package(const struct plan_package *from, struct plan *to)
{
	struct plan_package copy = *from;

	copy.name = xstrdup(from->name);
	copy.version = from->version ? xstrdup(from->version) : NULL;
	copy.uri = xstrdup(from->uri);
	copy.file = xstrdup(from->file);
	array_reserve_one((void **)&to->packages, to->package_count, &to->package_room,
		sizeof(*to->packages));
	to->packages[to->package_count++] = copy;
}

static void sort_packages(struct plan *p)
{
	if (p->package_count)
		qsort(p->packages, p->package_count, sizeof(*p->packages), by_name);
}

void plan_copy_packages(const struct plan *from, struct plan *to)
{
	for (size_t i = 0; i < from->package_count; i++)
		copy_package(&from->packages[i], to);
	sort_packages(to);
}

/* A line of the simulation. */
static int copy_chosen(
	const struct plan *from, const char *line, struct plan *to, struct error *err)
{
	bool configure;
	CLEANUP(freep) char *name = parse_action(line, &configure);
	const struct plan_package *package;

	if (!name || configure)
		return 0;
	package = find(from, name);
	if (!package)
		return error_set(err, ERR_FORMAT, 0,
			"apt-get has chosen '%s', which it was not shown", name);
	copy_package(package, to);
	return 0;
}

int plan_copy_chosen(
	const struct plan *from, const char *text, struct plan *to, struct error *err)
{
	CLEANUP(freep) char *lines = xstrdup(text);
	char *save = NULL;

	for (char *l = strtok_r(lines, "\n", &save); l; l = strtok_r(NULL, "\n", &save))
		if (copy_chosen(from, l, to, err) < 0)
			return -1;
	sort_packages(to);
	return 0;
}

static void steps_release(struct plan *p)
{
	for (size_t i = 0; i < p->step_count; i++)
		strv_release(&p->steps[i].names);
	free(p->steps);
	p->steps = NULL;
	p->step_count = p->step_room = 0;
}

void plan_skip(struct plan *p, const struct plan *base)
{
	struct plan all = *p;

	p->steps = NULL;
	p->step_count = p->step_room = 0;
	for (size_t i = 0; i < all.step_count; i++)
		for (size_t k = 0; k < all.steps[i].names.count; k++)
			if (!find(base, all.steps[i].names.items[k]))
				add_action(p, all.steps[i].configure,
					all.steps[i].names.items[k]);
	steps_release(&all);
}

uint64_t plan_total_bytes(const struct plan *p)
{
	uint64_t total = 0;

	for (size_t i = 0; i < p->package_count; i++)
		total += p->packages[i].size_bytes;
	return total;
}
