/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/lint_secrets.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"

#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
#define WORD UPPER LOWER DIGITS

/* A prefix, then at least so many letters of an alphabet. */
struct form {
	enum secret_kind kind;
	const char *what;
	const char *prefix;
	const char *alphabet;
	unsigned int least;
	unsigned int most; /* with more it is something else; 0: no limit */
};

static const struct form forms[] = {
	/* IAM's unique identifiers; the rest is base 32. */
	{ SECRET_AWS_KEY, "an AWS access key id", "AKIA", UPPER "234567", 16, 16 },
	{ SECRET_AWS_KEY, "a temporary AWS access key id", "ASIA", UPPER "234567", 16,
		16 },
	{ SECRET_TOKEN, "a GitHub token", "ghp_", WORD, 36, 255 },
	{ SECRET_TOKEN, "a GitHub token", "gho_", WORD, 36, 255 },
	{ SECRET_TOKEN, "a GitHub token", "ghu_", WORD, 36, 255 },
	{ SECRET_TOKEN, "a GitHub token", "ghs_", WORD, 36, 255 },
	{ SECRET_TOKEN, "a GitHub token", "ghr_", WORD, 36, 255 },
	{ SECRET_TOKEN, "a GitHub token", "github_pat_", WORD "_", 60, 255 },
	{ SECRET_TOKEN, "a GitLab token", "glpat-", WORD "_-", 20, 255 },
	{ SECRET_TOKEN, "a Slack token", "xoxb-", WORD "-", 20, 255 },
	{ SECRET_TOKEN, "a Slack token", "xoxp-", WORD "-", 20, 255 },
	{ SECRET_TOKEN, "a Slack token", "xoxa-", WORD "-", 20, 255 },
	{ SECRET_TOKEN, "a Slack token", "xoxs-", WORD "-", 20, 255 },
	{ SECRET_TOKEN, "a Google API key", "AIza", WORD "_-", 35, 35 },
	{ SECRET_TOKEN, "a Stripe key", "sk_live_", WORD, 20, 255 },
	{ SECRET_TOKEN, "a Stripe key", "rk_live_", WORD, 20, 255 },
	{ SECRET_TOKEN, "an npm token", "npm_", WORD, 36, 36 },
	{ SECRET_TOKEN, "a PyPI token", "pypi-AgEIcHlwaS5vcmc", WORD "_-", 50, 0 },
	{ SECRET_TOKEN, "a Docker Hub token", "dckr_pat_", WORD "_-", 24, 255 },
	{ SECRET_TOKEN, "a DigitalOcean token", "dop_v1_", "abcdef" DIGITS, 64, 64 },
	{ SECRET_TOKEN, "a Vault token", "hvs.", WORD "_-", 24, 0 },
	{ SECRET_TOKEN, "an age secret key", "AGE-SECRET-KEY-1", UPPER DIGITS, 58, 58 },
};

struct scan {
	const char *at, *end; /* what is left */
	unsigned int line;
	secret_fn *on_secret;
	void *userdata;
};

/* How many letters of `alphabet` stand at `p`. */
static size_t run_of(const char *p, const char *end, const char *alphabet)
{
	size_t length = 0;

	while (p + length < end && p[length] && strchr(alphabet, p[length]))
		length++;
	return length;
}

static bool starts_with(const char *p, const char *end, const char *prefix)
{
	const size_t length = strlen(prefix);

	return (size_t)(end - p) >= length && !memcmp(p, prefix, length);
}

/* AWS's documentation uses keys that end so. */
static bool is_example(const char *p, size_t length)
{
	static const char word[] = "EXAMPLE";
	const size_t n = sizeof(word) - 1;

	return length >= n && !memcmp(p + length - n, word, n);
}

static const struct form *form_at(const char *p, const char *end, size_t *ret_length)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		const struct form *f = &forms[i];
		const size_t prefix = strlen(f->prefix);
		size_t length;

		if (*p != *f->prefix || !starts_with(p, end, f->prefix))
			continue;
		length = run_of(p + prefix, end, f->alphabet);
		if (length < f->least || (f->most && length > f->most) ||
			is_example(p, prefix + length))
			continue;
		*ret_length = prefix + length;
		return f;
	}
	return NULL;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static void scan_forms(struct scan *s, const char *line, const char *end)
{
	for (const char *p = line; p < end;) {
		size_t length = 1;
		const struct form *f = NULL;

		if (p == line || !is_word(p[-1]))
			f = form_at(p, end, &length);
		if (f && (p + length == end || !is_word(p[length])))
			s->on_secret(s->userdata, f->kind, f->what, s->line);
		p += length;
	}
}

/* "aws_secret_access_key = …", in any case and with quotes: 40 letters of base 64. */
static void scan_aws_secret(struct scan *s, const char *line, const char *end)
{
	static const char name[] = "secret_access_key";
	const size_t n = sizeof(name) - 1;

	for (const char *p = line; p + n < end; p++) {
		const char *value = p + n;
		size_t length;

		if (tolower((unsigned char)*p) != name[0] || strncasecmp(p, name, n) != 0)
			continue;
		value += run_of(value, end, " \t\"'");
		if (value == end || !strchr("=:", *value))
			continue;
		value++;
		value += run_of(value, end, " \t\"'");
		length = run_of(value, end, WORD "/+=");
		if (length == 40 && !is_example(value, length - 3) &&
			!is_example(value, length))
			s->on_secret(s->userdata, SECRET_AWS_KEY,
				"an AWS secret access key", s->line);
	}
}

/* The line after the header: key material, or a header field of an older form. */
static bool is_key_body(const char *line, const char *end)
{
	enum { LEAST = 16 };
	const size_t length = run_of(line, end, WORD "+/=");

	return length >= LEAST || starts_with(line, end, "Proc-Type:") ||
	       starts_with(line, end, "Version:") || starts_with(line, end, "Comment:");
}

static void scan_private_key(
	struct scan *s, const char *line, const char *end, const char *text_end)
{
	static const char begin[] = "-----BEGIN ", key[] = "PRIVATE KEY";
	const char *p = memmem(line, (size_t)(end - line), begin, sizeof(begin) - 1);
	const char *next = end;

	if (!p)
		return;
	p += sizeof(begin) - 1;
	p = memmem(p, (size_t)(end - p), key, sizeof(key) - 1);
	if (!p || !(starts_with(p + sizeof(key) - 1, end, "-----") ||
			  starts_with(p + sizeof(key) - 1, end, " BLOCK-----")))
		return;
	/* One that is quoted in JSON has its line feeds written out. */
	p = memmem(p, (size_t)(end - p), "\\n", 2);
	if (p && is_key_body(p + 2, end)) {
		s->on_secret(s->userdata, SECRET_PRIVATE_KEY, "a private key", s->line);
		return;
	}
	while (next < text_end && isspace((unsigned char)*next))
		next++;
	if (is_key_body(next, text_end))
		s->on_secret(s->userdata, SECRET_PRIVATE_KEY, "a private key", s->line);
}

void secrets_scan(
	const char *text, size_t length_bytes, secret_fn *on_secret, void *userdata)
{
	struct scan s = { .at = text,
		.end = text + length_bytes,
		.line = 1,
		.on_secret = on_secret,
		.userdata = userdata };

	for (; s.at < s.end; s.line++) {
		const char *newline = memchr(s.at, '\n', (size_t)(s.end - s.at));
		const char *end = newline ? newline : s.end;

		scan_forms(&s, s.at, end);
		scan_aws_secret(&s, s.at, end);
		scan_private_key(&s, s.at, end, s.end);
		s.at = newline ? newline + 1 : s.end;
	}
}
