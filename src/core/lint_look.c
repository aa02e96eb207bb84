/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/lint_look.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/strv.h"

/* Case counts in a directory's tree, and not on the EFI system partition itself. */
const char *const lint_uki_patterns[] = { "boot/efi/EFI/[Ll][Ii][Nn][Uu][Xx]/*",
	"efi/EFI/[Ll][Ii][Nn][Uu][Xx]/*", NULL };

const struct filetree_node *lint_node(struct lint_place at)
{
	return filetree_node(lint_tree_files(at.tree), at.index);
}

/* The tree that holds `path`; *ret_rest is the path in it. */
static const struct lint_tree *tree_of(
	const struct lint_look *l, const char *path, const char **ret_rest)
{
	static const char boot[] = "boot", esp[] = "boot/efi";

	if (l->subject->esp && !strncmp(path, esp, sizeof(esp) - 1) &&
		(path[sizeof(esp) - 1] == '/' || !path[sizeof(esp) - 1])) {
		*ret_rest = path + sizeof(esp) - 1;
		return l->subject->esp;
	}
	if (l->subject->boot && !strncmp(path, boot, sizeof(boot) - 1) &&
		(path[sizeof(boot) - 1] == '/' || !path[sizeof(boot) - 1])) {
		*ret_rest = path + sizeof(boot) - 1;
		return l->subject->boot;
	}
	*ret_rest = path;
	return l->subject->root;
}

bool lint_find(const struct lint_look *l, const char *path, struct lint_place *ret)
{
	struct lint_place at;

	at.tree = tree_of(l, path, &path);
	at.index = lint_tree_find(at.tree, path + strspn(path, "/"));
	if (at.index == (uint32_t)FILETREE_NO_NODE)
		return false;
	*ret = at;
	return true;
}

bool lint_exists(const struct lint_look *l, const char *path)
{
	struct lint_place at;

	return lint_find(l, path, &at);
}

bool lint_exists_any(const struct lint_look *l, const char *const *paths)
{
	for (; *paths; paths++)
		if (lint_exists(l, *paths))
			return true;
	return false;
}

bool lint_has_usr(const struct lint_look *l)
{
	struct lint_place usr;

	return !l->subject->unseen.count || !lint_find(l, "usr", &usr) ||
	       lint_tree_end(usr.tree, usr.index) > usr.index + 1;
}

/* The directories at the start of `pattern` without wildcards; *ret_rest follows. */
static char *literal_directory(const char *pattern, const char **ret_rest)
{
	const size_t literal = strcspn(pattern, "*?[");
	const char *slash = pattern + literal;

	while (slash > pattern && slash[-1] != '/')
		slash--;
	*ret_rest = slash;
	return xstrndup(pattern, slash > pattern ? (size_t)(slash - pattern - 1) : 0);
}

/* What a symbolic link leads to; itself when that is not in the tree. */
static struct lint_place follow(struct lint_place at)
{
	struct lint_place to = at;

	if (!S_ISLNK(lint_node(at)->mode))
		return at;
	to.index = lint_tree_find(at.tree, lint_node(at)->path);
	return to.index == (uint32_t)FILETREE_NO_NODE ? at : to;
}

int lint_each(struct lint_look *l, const char *pattern, lint_place_fn *fn, void *userdata,
	struct error *err)
{
	const char *rest;
	CLEANUP(freep) char *dir = literal_directory(pattern, &rest);
	struct lint_place top, at;
	uint32_t end;
	size_t skip;

	if (!lint_find(l, dir, &top) || !S_ISDIR(lint_node(top)->mode))
		return 0;
	end = lint_tree_end(top.tree, top.index);
	skip = strlen(lint_node(top)->path);
	at = top;
	for (at.index++; at.index < end; at.index++) {
		const char *path = lint_node(at)->path + skip;

		if (fnmatch(rest, path + (*path == '/'), FNM_PATHNAME) != 0)
			continue;
		if (fn(l, follow(at), userdata, err) < 0)
			return -1;
	}
	return 0;
}

int lint_each_of(struct lint_look *l, const char *const *patterns, lint_place_fn *fn,
	void *userdata, struct error *err)
{
	for (; *patterns; patterns++)
		if (lint_each(l, *patterns, fn, userdata, err) < 0)
			return -1;
	return 0;
}

static void add_home(struct strv *homes, const char *path)
{
	while (*path == '/')
		path++;
	/* "/" and "/nonexistent" are what accounts without a home have. */
	if (*path && !strv_contains(homes, path))
		strv_add(homes, path);
}

static int note_home(
	struct lint_look *l, struct lint_place at, void *homes, struct error *err)
{
	(void)l;
	(void)err;
	add_home(homes, lint_node(at)->path);
	return 0;
}

/* Without a slash before them, each once. */
static int find_homes(struct lint_look *l, struct strv *ret, struct error *err)
{
	CLEANUP(freep) char *text = NULL;
	struct lint_lines in;
	char *line;

	strv_add(ret, "root");
	if (lint_each(l, "home/*", note_home, ret, err) < 0 ||
		lint_read_path(l, "etc/passwd", &text, err) < 0)
		return -1;
	in = (struct lint_lines){ text, 0 };
	while ((line = lint_next_line(&in))) {
		const char *field = line;

		for (int i = 0; i < 5 && field; i++)
			field = strchr(field, ':') ? strchr(field, ':') + 1 : NULL;
		if (field) {
			CLEANUP(freep)
			char *home = xstrndup(field, strcspn(field, ":"));

			add_home(ret, home);
		}
	}
	return 0;
}

int lint_each_in_homes(struct lint_look *l, const char *const *names, lint_place_fn *fn,
	void *userdata, struct error *err)
{
	CLEANUP(strv_releasep) struct strv homes = STRV_INIT;

	if (find_homes(l, &homes, err) < 0)
		return -1;
	for (size_t i = 0; i < homes.count; i++) {
		for (size_t j = 0; names[j]; j++) {
			CLEANUP(freep)
			char *path = xasprintf("%s/%s", homes.items[i], names[j]);
			struct lint_place at;

			if (lint_find(l, path, &at) && fn(l, at, userdata, err) < 0)
				return -1;
		}
	}
	return 0;
}

int lint_read_text(struct lint_place at, char **ret, struct error *err)
{
	size_t length;

	if (lint_tree_read(at.tree, at.index, LINT_TEXT_MOST_BYTES, ret, &length, err) <
		0)
		return -1;
	for (size_t i = 0; i < length; i++)
		if (!(*ret)[i])
			(*ret)[i] = ' ';
	return 0;
}

int lint_read_regular(struct lint_place at, char **ret, struct error *err)
{
	*ret = NULL;
	return S_ISREG(lint_node(at)->mode) ? lint_read_text(at, ret, err) : 0;
}

int lint_read_path(
	const struct lint_look *l, const char *path, char **ret, struct error *err)
{
	struct lint_place at;

	*ret = NULL;
	return lint_find(l, path, &at) ? lint_read_regular(at, ret, err) : 0;
}

char *lint_next_line(struct lint_lines *in)
{
	char *line = in->rest, *end;

	if (!line || !*line)
		return NULL;
	end = strchr(line, '\n');
	in->rest = end ? end + 1 : NULL;
	if (end)
		*end = '\0';
	in->number++;
	return line;
}

/* Names are any bytes: what would move a cursor is shown as '?'. */
static char *printable(char *text)
{
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	return text;
}

static void add(struct lint_look *l, char *path, unsigned int line, char *reason)
{
	struct lint_report *r = l->report;

	array_reserve_one(
		(void **)&r->findings, r->count, &r->room, sizeof(*r->findings));
	r->findings[r->count++] = (struct lint_finding){
		.check = l->check, .path = path, .line = line, .reason = printable(reason)
	};
}

__attribute__((format(printf, 4, 0))) static void add_formatted(
	struct lint_look *l, char *path, unsigned int line, const char *fmt, va_list ap)
{
	l->found++;
	if (l->found <= LINT_FINDINGS_MOST)
		add(l, path, line, xvasprintf(fmt, ap));
	else
		free(path);
}

void lint_add(struct lint_look *l, struct lint_place at, unsigned int line,
	const char *fmt, ...)
{
	const char *mounted = at.tree == l->subject->esp    ? "/boot/efi"
			      : at.tree == l->subject->boot ? "/boot"
							    : "";
	va_list ap;

	va_start(ap, fmt);
	add_formatted(l, xasprintf("%s/%s", mounted, lint_node(at)->path), line, fmt, ap);
	va_end(ap);
}

void lint_add_at(
	struct lint_look *l, const char *path, unsigned int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_formatted(l, xstrdup(path), line, fmt, ap);
	va_end(ap);
}
