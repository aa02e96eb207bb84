/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a check has in its hands while it looks: the subject, ways to find and read files
 * in it, and where findings go.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/filetree.h"
#include "core/lint.h"
#include "core/lint_checks.h"

struct lint_kernels;
struct lint_secrets;

/* One lint_run(). Checks change what is below the line alone, through their functions. */
struct lint_look {
	const struct lint_subject *subject;
	const struct lint_check *check; /* the one that looks */
	struct lint_report *report;
	size_t found; /* by this check so far */
	/* What several checks need is found out once. */
	struct lint_kernels *kernels; /* core/lint_kernels.h */
	struct lint_secrets *secrets; /* core/lint_secrets.h */
};

/* A file of one of the subject's trees. */
struct lint_place {
	const struct lint_tree *tree;
	uint32_t index;
};

/* Of one check; more are counted in the last finding. */
enum { LINT_FINDINGS_MOST = 50 };

/* The bytes that a text file may have, to be read as a whole. */
enum { LINT_TEXT_MOST_BYTES = 4 << 20 };

const struct filetree_node *lint_node(struct lint_place at);

/*
 * The file or directory at `path` ("etc/fstab"), links followed; "boot/…" is looked up
 * in the tree that is mounted there.
 */
bool lint_find(const struct lint_look *l, const char *path, struct lint_place *ret);
bool lint_exists(const struct lint_look *l, const char *path);

/* Whether one of the paths is there; NULL-terminated. */
bool lint_exists_any(const struct lint_look *l, const char *const *paths);

/* False when /usr is empty, and may be a part of the disk that was not looked at: then it
 * is not known of anything that it is missing. */
bool lint_has_usr(const struct lint_look *l);

/*
 * Files and directories that a pattern of fnmatch(3) with FNM_PATHNAME fits; the
 * directory that it starts with, up to the first wildcard, is looked up as lint_find()
 * does, and a link that fits is followed, unless it leads nowhere.
 */
typedef int lint_place_fn(
	struct lint_look *l, struct lint_place at, void *userdata, struct error *err);
int lint_each(struct lint_look *l, const char *pattern, lint_place_fn *fn, void *userdata,
	struct error *err);

/* The same for several patterns, NULL-terminated. */
int lint_each_of(struct lint_look *l, const char *const *patterns, lint_place_fn *fn,
	void *userdata, struct error *err);

/*
 * Those of the paths `names` (".ssh/authorized_keys"; NULL-terminated) that are there in
 * a home directory: one of /etc/passwd, root's, or any in /home.
 */
int lint_each_in_homes(struct lint_look *l, const char *const *names, lint_place_fn *fn,
	void *userdata, struct error *err);

/* Where unified kernel images stand, for lint_each_of(). */
extern const char *const lint_uki_patterns[];

/* The text of a regular file; its NUL bytes are spaces. The caller frees. */
int lint_read_text(struct lint_place at, char **ret, struct error *err);

/* The same; *ret is NULL when it is no regular file. */
int lint_read_regular(struct lint_place at, char **ret, struct error *err);

/* The same of the file at `path`; *ret is NULL when there is none. */
int lint_read_path(
	const struct lint_look *l, const char *path, char **ret, struct error *err);

/* Lines of a text, which is changed: struct lint_lines in = { text }. */
struct lint_lines {
	char *rest;
	unsigned int number; /* of the last line given */
};

char *lint_next_line(struct lint_lines *in); /* without its newline; NULL at the end */

/* Add a finding of the check that looks. */
__attribute__((format(printf, 4, 5))) void lint_add(struct lint_look *l,
	struct lint_place at, unsigned int line, const char *fmt, ...);
/* At a path (absolute) where nothing has to be. */
__attribute__((format(printf, 4, 5))) void lint_add_at(
	struct lint_look *l, const char *path, unsigned int line, const char *fmt, ...);
