/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who gets in: passwords of accounts, and what sshd lets pass.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "core/lint_look.h"
#include "core/lint_sshd.h"

/* Cut a line of passwd(5) or shadow(5) at its colons; the number of fields found. */
static size_t split_fields(char *line, char **fields, size_t most)
{
	size_t count = 0;

	while (count < most) {
		char *colon = strchr(line, ':');

		fields[count++] = line;
		if (!colon)
			break;
		*colon = '\0';
		line = colon + 1;
	}
	return count;
}

typedef void account_fn(struct lint_look *l, struct lint_place at, unsigned int line,
	char **fields, size_t count);

static int each_account(
	struct lint_look *l, const char *path, account_fn *fn, struct error *err)
{
	enum { FIELDS_MOST = 9 };
	CLEANUP(freep) char *text = NULL;
	struct lint_lines in;
	struct lint_place at;
	char *line;

	if (!lint_find(l, path, &at) || !S_ISREG(lint_node(at)->mode))
		return 0;
	if (lint_read_text(at, &text, err) < 0)
		return -1;
	in = (struct lint_lines){ text, 0 };
	while ((line = lint_next_line(&in))) {
		char *fields[FIELDS_MOST];
		const size_t count = split_fields(line, fields, FIELDS_MOST);

		if (count >= 2 && *line && *line != '#')
			fn(l, at, in.number, fields, count);
	}
	return 0;
}

static void want_password(struct lint_look *l, struct lint_place at, unsigned int line,
	char **fields, size_t count)
{
	(void)count;
	if (!*fields[1])
		lint_add(l, at, line, "'%s' logs in without a password", fields[0]);
}

int lint_check_empty_passwords(struct lint_look *l, struct error *err)
{
	if (each_account(l, "etc/shadow", want_password, err) < 0)
		return -1;
	return each_account(l, "etc/passwd", want_password, err);
}

/* crypt(5) hashes begin with '$', '_' or, of old, are 13 characters; a '!' or '*' before
 * one locks it. */
static bool is_hash(const char *text)
{
	return *text == '$' || *text == '_' || strlen(text) == 13;
}

static void want_no_hash(struct lint_look *l, struct lint_place at, unsigned int line,
	char **fields, size_t count)
{
	(void)count;
	if (is_hash(fields[1]))
		lint_add(l, at, line, "'%s' has a password, the same in every instance",
			fields[0]);
}

int lint_check_set_passwords(struct lint_look *l, struct error *err)
{
	if (each_account(l, "etc/shadow", want_no_hash, err) < 0)
		return -1;
	return each_account(l, "etc/passwd", want_no_hash, err);
}

static void want_other_id(struct lint_look *l, struct lint_place at, unsigned int line,
	char **fields, size_t count)
{
	if (count >= 3 && *fields[2] && fields[2][strspn(fields[2], "0")] == '\0' &&
		strcmp(fields[0], "root") != 0)
		lint_add(l, at, line, "'%s' is root by another name", fields[0]);
}

int lint_check_second_root(struct lint_look *l, struct error *err)
{
	return each_account(l, "etc/passwd", want_other_id, err);
}

/* sshd's files come from the image. */
struct image_source {
	struct sshd_source source; /* first */
	struct lint_look *look;
};

struct include {
	int (*read)(void *reader, const char *path, char *text, struct error *err);
	void *reader;
};

static int read_included(
	struct lint_look *l, struct lint_place at, void *userdata, struct error *err)
{
	const struct include *to = userdata;
	CLEANUP(freep) char *text = NULL, *path = NULL;

	(void)l;
	if (!S_ISREG(lint_node(at)->mode))
		return 0;
	if (lint_read_text(at, &text, err) < 0)
		return -1;
	path = xasprintf("/%s", lint_node(at)->path);
	return to->read(to->reader, path, text, err);
}

static int include_from_image(struct sshd_source *s, const char *pattern,
	int (*read)(void *reader, const char *path, char *text, struct error *err),
	void *reader, struct error *err)
{
	struct lint_look *l = ((struct image_source *)s)->look;
	struct include to = { read, reader };

	return lint_each(l, pattern + 1, read_included, &to, err);
}

/* False when the image has no sshd. */
static int read_sshd(
	struct lint_look *l, struct sshd_config *ret, bool *ret_there, struct error *err)
{
	static const char *const programs[] = { "usr/sbin/sshd", "usr/bin/sshd",
		"sbin/sshd", NULL };
	struct image_source source = { { include_from_image }, l };
	CLEANUP(freep) char *text = NULL;

	*ret_there = lint_exists_any(l, programs);
	if (!*ret_there)
		return 0;
	if (lint_read_path(l, "etc/ssh/sshd_config", &text, err) < 0)
		return -1;
	/* Without a file everything has sshd's own default. */
	if (!text)
		return 0;
	return sshd_config_read(ret, "/etc/ssh/sshd_config", text, &source.source, err);
}

struct wanted {
	const char *keyword; /* lower-case */
	const char *name; /* as sshd_config(5) writes it */
	const char *fallback; /* sshd's own default */
};

static bool is_off(const char *value)
{
	return !strcasecmp(value, "no");
}

static bool keeps_root_out(const char *value)
{
	return strcasecmp(value, "yes") != 0;
}

/* One finding where the value that counts is bad, and one for each bad Match. */
static void check_keyword(struct lint_look *l, const struct sshd_config *c,
	const struct wanted *w, bool (*is_good)(const char *value))
{
	const struct sshd_setting *s = sshd_config_effective(c, w->keyword);

	if (s && !is_good(s->value))
		lint_add_at(l, s->path, s->line, "%s is '%s'", w->name, s->value);
	else if (!s && !is_good(w->fallback))
		lint_add_at(l, "/etc/ssh/sshd_config", 0,
			"%s is not set, and '%s' by default", w->name, w->fallback);
	for (size_t i = 0; i < c->count; i++) {
		const struct sshd_setting *m = &c->settings[i];

		if (m != s && m->match && !strcmp(m->keyword, w->keyword) &&
			!is_good(m->value))
			lint_add_at(l, m->path, m->line, "%s is '%s' for 'Match %s'",
				w->name, m->value, m->match);
	}
}

/* What a keyword's value is for everybody. */
static bool is_on(const struct sshd_config *c, const char *keyword, bool fallback)
{
	const struct sshd_setting *s = sshd_config_effective(c, keyword);

	return s ? !is_off(s->value) : fallback;
}

int lint_check_sshd_passwords(struct lint_look *l, struct error *err)
{
	static const struct wanted password = { "passwordauthentication",
		"PasswordAuthentication", "yes" };
	static const struct wanted keyboard = { "kbdinteractiveauthentication",
		"KbdInteractiveAuthentication", "yes" };
	CLEANUP(sshd_config_releasep) struct sshd_config c = { 0 };
	bool there;

	if (read_sshd(l, &c, &there, err) < 0)
		return -1;
	if (!there)
		return 0;
	check_keyword(l, &c, &password, is_off);
	/* It asks PAM, or nobody. */
	if (is_on(&c, "usepam", false))
		check_keyword(l, &c, &keyboard, is_off);
	return 0;
}

int lint_check_sshd_root(struct lint_look *l, struct error *err)
{
	static const struct wanted root = { "permitrootlogin", "PermitRootLogin",
		"prohibit-password" };
	CLEANUP(sshd_config_releasep) struct sshd_config c = { 0 };
	bool there;

	if (read_sshd(l, &c, &there, err) < 0)
		return -1;
	if (there)
		check_keyword(l, &c, &root, keeps_root_out);
	return 0;
}

int lint_check_sshd_empty(struct lint_look *l, struct error *err)
{
	static const struct wanted empty = { "permitemptypasswords",
		"PermitEmptyPasswords", "no" };
	CLEANUP(sshd_config_releasep) struct sshd_config c = { 0 };
	bool there;

	if (read_sshd(l, &c, &there, err) < 0)
		return -1;
	if (there)
		check_keyword(l, &c, &empty, is_off);
	return 0;
}
