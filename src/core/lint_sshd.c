/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/lint_sshd.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "core/lint_look.h"

/* With more of them they include each other: sshd itself goes 16 deep. */
enum { FILES_MOST = 256 };

struct reader {
	struct sshd_config *config;
	struct sshd_source *source;
	const char
		*match; /* the block that is open where the file is included; or NULL */
	unsigned int files; /* read so far */
};

void sshd_config_release(struct sshd_config *c)
{
	for (size_t i = 0; i < c->count; i++) {
		free(c->settings[i].keyword);
		free(c->settings[i].value);
		free(c->settings[i].match);
		free(c->settings[i].path);
	}
	free(c->settings);
	*c = (struct sshd_config){ 0 };
}

/* The next word of a line, which may stand in quotes; NULL at its end. */
static char *next_word(char **at)
{
	char *word = *at + strspn(*at, " \t\r"), *end;

	if (!*word || *word == '#')
		return NULL;
	if (*word == '"') {
		word++;
		end = word + strcspn(word, "\"");
	} else {
		end = word + strcspn(word, " \t\r");
	}
	*at = *end ? end + 1 : end;
	*end = '\0';
	return word;
}

/* Between the keyword and its value one '=' may stand. */
static char *take_keyword(char **at)
{
	char *word = *at + strspn(*at, " \t\r"), *end;

	if (!*word || *word == '#')
		return NULL;
	end = word + strcspn(word, " \t\r=");
	*at = end + strspn(end, " \t\r");
	*at += **at == '=';
	*end = '\0';
	return word;
}

static const char *known_as(char *keyword)
{
	for (char *c = keyword; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	/* Its name until OpenSSH 8.7. */
	if (!strcmp(keyword, "challengeresponseauthentication") ||
		!strcmp(keyword, "skeyauthentication"))
		return "kbdinteractiveauthentication";
	return keyword;
}

static void add_setting(struct reader *r, const char *keyword, const char *value,
	const char *match, const char *path, unsigned int line)
{
	struct sshd_config *c = r->config;

	array_reserve_one(
		(void **)&c->settings, c->count, &c->room, sizeof(*c->settings));
	c->settings[c->count++] = (struct sshd_setting){ .keyword = xstrdup(keyword),
		.value = xstrdup(value),
		.match = match ? xstrdup(match) : NULL,
		.path = xstrdup(path),
		.line = line };
}

static int read_file(void *reader, const char *path, char *text, struct error *err);

static int include_files(
	struct reader *r, char *words, const char *match, struct error *err)
{
	const char *outer = r->match;
	char *word;
	int rc = 0;

	r->match = match;
	while (rc == 0 && (word = next_word(&words))) {
		CLEANUP(freep)
		char *pattern =
			*word == '/' ? xstrdup(word) : xasprintf("/etc/ssh/%s", word);

		rc = r->source->include(r->source, pattern, read_file, r, err);
	}
	r->match = outer;
	return rc;
}

static char *trim(char *text)
{
	size_t length;

	text += strspn(text, " \t\r");
	length = strlen(text);
	while (length && strchr(" \t\r", text[length - 1]))
		text[--length] = '\0';
	return text;
}

static int read_file(void *reader, const char *path, char *text, struct error *err)
{
	struct reader *r = reader;
	struct lint_lines in = { text, 0 };
	const char *match = r->match;
	char *line;

	if (++r->files > FILES_MOST)
		return error_set(err, ERR_FORMAT, 0,
			"%s: too many files are included in each other", path);
	while ((line = lint_next_line(&in))) {
		char *keyword = take_keyword(&line), *value;

		if (!keyword)
			continue;
		if (!strcasecmp(keyword, "match")) {
			match = trim(line);
		} else if (!strcasecmp(keyword, "include")) {
			if (include_files(r, line, match, err) < 0)
				return -1;
		} else if ((value = next_word(&line))) {
			add_setting(r, known_as(keyword), value, match, path, in.number);
		}
	}
	return 0;
}

int sshd_config_read(struct sshd_config *c, const char *path, char *text,
	struct sshd_source *source, struct error *err)
{
	struct reader r = { .config = c, .source = source };

	return read_file(&r, path, text, err);
}

const struct sshd_setting *sshd_config_effective(
	const struct sshd_config *c, const char *keyword)
{
	const struct sshd_setting *global = NULL;

	for (size_t i = 0; i < c->count; i++) {
		const struct sshd_setting *s = &c->settings[i];

		if (strcmp(s->keyword, keyword) != 0)
			continue;
		if (s->match && !strcasecmp(s->match, "all"))
			return s;
		if (!s->match && !global)
			global = s;
	}
	return global;
}
