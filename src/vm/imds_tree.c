/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/imds_tree.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void imds_tree_release(struct imds_tree *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->entries[i].path);
		free(t->entries[i].value);
	}
	free(t->entries);
	*t = (struct imds_tree)IMDS_TREE_INIT;
}

void imds_tree_add(
	struct imds_tree *t, const char *path, const void *value, size_t length_bytes)
{
	array_reserve_one((void **)&t->entries, t->count, &t->room, sizeof(*t->entries));
	t->entries[t->count++] = (struct imds_entry){
		.path = xstrdup(path),
		.value = xmemdup(value, length_bytes),
		.length_bytes = length_bytes,
	};
}

void imds_tree_addf(struct imds_tree *t, const char *path, const char *fmt, ...)
{
	va_list ap;
	char *value;

	va_start(ap, fmt);
	value = xvasprintf(fmt, ap);
	va_end(ap);
	imds_tree_add(t, path, value, strlen(value));
	free(value);
}

const struct imds_entry *imds_tree_find(const struct imds_tree *t, const char *path)
{
	for (size_t i = 0; i < t->count; i++)
		if (strcmp(t->entries[i].path, path) == 0)
			return &t->entries[i];
	return NULL;
}

/* What stands behind "<dir>/" in `path`, or NULL when it is not below `dir`. */
static const char *below(const char *path, const char *dir, size_t dir_length)
{
	if (dir_length == 0)
		return path;
	if (strncmp(path, dir, dir_length) != 0 || path[dir_length] != '/')
		return NULL;
	return path + dir_length + 1;
}

/* Whether the directory's name `name` was listed already by an entry before `before`. */
static bool seen(const struct imds_tree *t, size_t before, const char *dir,
	size_t dir_length, const char *name, size_t name_length)
{
	for (size_t i = 0; i < before; i++) {
		const char *rest = below(t->entries[i].path, dir, dir_length);

		if (rest && strncmp(rest, name, name_length) == 0 &&
			(rest[name_length] == '/' || rest[name_length] == '\0'))
			return true;
	}
	return false;
}

bool imds_tree_list(const struct imds_tree *t, const char *path, struct strbuf *to)
{
	size_t path_length = strlen(path);
	bool any = false;

	for (size_t i = 0; i < t->count; i++) {
		const char *name = below(t->entries[i].path, path, path_length);
		size_t length;

		if (!name)
			continue;
		length = strcspn(name, "/");
		if (seen(t, i, path, path_length, name, length))
			continue;
		if (any)
			strbuf_add_char(to, '\n');
		any = true;
		strbuf_add(to, name, length);
		if (path_length && name[length] == '/')
			strbuf_add_char(to, '/');
	}
	return any;
}
