/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Secrets that were left in files. The files are read once, for all three kinds: what
 * was found waits in the look until the check of its kind comes.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/term.h"
#include "base/text.h"
#include "core/lint_look.h"
#include "core/lint_secrets.h"

/* Of each file so much is looked at; a NUL byte near its begin makes it a binary one. */
enum { SCAN_MOST_BYTES = 1 << 20, BINARY_WITHIN_BYTES = 4096 };

struct found_secret {
	struct lint_place at;
	enum secret_kind kind;
	const char *what;
	unsigned int line;
};

struct lint_secrets {
	struct found_secret *items;
	size_t count, room;
	struct lint_place at; /* the file that is being read */
};

void lint_secrets_free(struct lint_secrets *s)
{
	if (s)
		free(s->items);
	free(s);
}

static void note_secret(
	void *userdata, enum secret_kind kind, const char *what, unsigned int line)
{
	struct lint_secrets *s = userdata;

	array_reserve_one((void **)&s->items, s->count, &s->room, sizeof(*s->items));
	s->items[s->count++] = (struct found_secret){ s->at, kind, what, line };
}

/*
 * Where packages put their own files, examples and tests among them: these are public.
 * And ssh host keys, which have a check of their own.
 */
static bool is_left_out(const char *path)
{
	static const char *const tops[] = { "usr/", "bin/", "sbin/", "lib/", "lib64/",
		"boot/", "dev/", "proc/", "sys/", "run/", "var/cache/", "var/lib/dpkg/",
		"var/lib/apt/", "var/lib/rpm/", "var/lib/pacman/", "lib/apk/",
		"etc/ssh/ssh_host_", "etc/ssl/certs/" };

	if (!strncmp(path, "usr/local/", 10))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(tops); i++)
		if (text_starts_with(path, tops[i]))
			return true;
	return false;
}

static int scan_file(struct lint_secrets *s, struct error *err)
{
	CLEANUP(freep) char *text = NULL;
	size_t length;

	if (lint_tree_read(
		    s->at.tree, s->at.index, SCAN_MOST_BYTES, &text, &length, err) < 0)
		return -1;
	if (!memchr(text, 0, length < BINARY_WITHIN_BYTES ? length : BINARY_WITHIN_BYTES))
		secrets_scan(text, length, note_secret, s);
	return term_check(err);
}

static int scan_once(struct lint_look *l, struct error *err)
{
	struct lint_secrets *s = l->secrets;
	uint32_t count;

	if (s)
		return 0;
	s = l->secrets = xcalloc(1, sizeof(*s));
	s->at.tree = l->subject->root;
	count = (uint32_t)filetree_count(lint_tree_files(s->at.tree));
	for (; s->at.index < count; s->at.index++) {
		const struct filetree_node *n = lint_node(s->at);

		if (!S_ISREG(n->mode) || !n->size_bytes || is_left_out(n->path) ||
			n->hard_link_of != (uint32_t)FILETREE_NO_NODE)
			continue;
		if (scan_file(s, err) < 0)
			return -1;
	}
	return 0;
}

static int add_kind(struct lint_look *l, enum secret_kind kind, struct error *err)
{
	if (scan_once(l, err) < 0)
		return -1;
	for (size_t i = 0; i < l->secrets->count; i++) {
		const struct found_secret *f = &l->secrets->items[i];

		if (f->kind == kind)
			lint_add(l, f->at, f->line, "%s is in the image", f->what);
	}
	return 0;
}

int lint_check_aws_keys(struct lint_look *l, struct error *err)
{
	return add_kind(l, SECRET_AWS_KEY, err);
}

int lint_check_private_keys(struct lint_look *l, struct error *err)
{
	return add_kind(l, SECRET_PRIVATE_KEY, err);
}

int lint_check_tokens(struct lint_look *l, struct error *err)
{
	return add_kind(l, SECRET_TOKEN, err);
}

/* An empty file holds none; a directory of them is made when there are some. */
static int add_credentials(
	struct lint_look *l, struct lint_place at, void *userdata, struct error *err)
{
	(void)userdata;
	(void)err;
	if (!S_ISREG(lint_node(at)->mode) || lint_node(at)->size_bytes)
		lint_add(l, at, 0, "a file that holds credentials is in the image");
	return 0;
}

int lint_check_credential_files(struct lint_look *l, struct error *err)
{
	static const char *const names[] = { ".aws/credentials", ".aws/cli/cache",
		".aws/sso/cache", ".netrc", ".git-credentials", ".pgpass", ".my.cnf",
		".docker/config.json", ".config/containers/auth.json", ".npmrc",
		".pypirc", ".kube/config", ".vault-token", ".azure/accessTokens.json",
		".config/gcloud/application_default_credentials.json",
		".config/gcloud/credentials.db", ".config/gh/hosts.yml",
		".terraform.d/credentials.tfrc.json", ".s3cfg", ".boto", NULL };

	return lint_each_in_homes(l, names, add_credentials, NULL, err);
}
