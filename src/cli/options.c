/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/options.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/duration.h"
#include "base/size.h"
#include "base/strv.h"
#include "base/words.h"

/* An option met on the command line. `text` is how it was written, for messages. */
struct match {
	const struct opt *opt;
	void *values;
};

void option_environment_name(const struct opt *opt, struct strbuf *to)
{
	strbuf_add_str(to, "AMIWRIGHT_");
	for (const char *c = opt->name; *c; c++)
		strbuf_add_char(to, (char)(*c == '-' ? '_' : toupper((unsigned char)*c)));
}

static int store_size(const char *text, const char *what, uint64_t *to, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf why = STRBUF_INIT;
	uint64_t bytes;

	if (!size_parse(text, &bytes)) {
		size_add_refusal(text, &why);
		return error_set(err, ERR_USAGE, 0, "%s: '%s' %s", what, text, why.data);
	}
	*to = bytes;
	return 0;
}

/* `unit` is what `text` has not said itself. */
static int check_range(const struct opt *opt, uint64_t number, const char *unit,
	const char *what, struct error *err)
{
	if (number < opt->least)
		return error_set(err, ERR_USAGE, 0,
			"%s: %" PRIu64 "%s is less than the least, %" PRIu64 "%s", what,
			number, unit, opt->least, unit);
	if (opt->most && number > opt->most)
		return error_set(err, ERR_USAGE, 0,
			"%s: %" PRIu64 "%s is more than the most, %" PRIu64 "%s", what,
			number, unit, opt->most, unit);
	return 0;
}

static int store_duration(const struct opt *opt, const char *text, const char *what,
	uint64_t *to, struct error *err)
{
	CLEANUP(freep) char *in_seconds = xasprintf("%ss", text);
	uint64_t seconds;

	if (!duration_parse(text, &seconds) &&
		(opt->needs_unit || !duration_parse(in_seconds, &seconds)))
		return error_set(err, ERR_USAGE, 0,
			"%s: '%s' is not a duration; write it like 90s, 30m, 6h or 2d",
			what, text);
	if (check_range(opt, seconds, " s", what, err) < 0)
		return -1;
	*to = seconds;
	return 0;
}

static int store_number(const struct opt *opt, const char *text, const char *what,
	uint64_t *to, struct error *err)
{
	unsigned long long number;
	char *end;

	errno = 0;
	number = strtoull(text, &end, 10);
	if (errno || *end || !isdigit((unsigned char)*text))
		return error_set(
			err, ERR_USAGE, 0, "%s: '%s' is not a number", what, text);
	if (check_range(opt, number, "", what, err) < 0)
		return -1;
	*to = number;
	return 0;
}

static int store_word(const struct opt *opt, const char *text, const char *what,
	unsigned int *to, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf known = STRBUF_INIT;
	struct nearest near = { .word = text };

	for (unsigned int i = 0; opt->words[i]; i++) {
		if (!strcmp(opt->words[i], text)) {
			*to = i;
			return 0;
		}
		strbuf_addf(&known, "%s%s", i ? ", " : "", opt->words[i]);
		nearest_offer(&near, opt->words[i]);
	}
	if (nearest_best(&near))
		strbuf_addf(&known, "; did you mean '%s'?", nearest_best(&near));
	return error_set(
		err, ERR_USAGE, 0, "%s: '%s' is not one of %s", what, text, known.data);
}

static int store_flag(const char *text, const char *what, bool *to, struct error *err)
{
	if (!bool_parse(text, to))
		return error_set(
			err, ERR_USAGE, 0, "%s: '%s' is neither yes nor no", what, text);
	return 0;
}

/* `what` names the place: "--memory", or the environment variable. */
static int store(
	const struct match *m, const char *text, const char *what, struct error *err)
{
	void *to = (char *)m->values + m->opt->at;

	switch (m->opt->kind) {
	case OPT_FLAG:
		return store_flag(text, what, to, err);
	case OPT_STRING:
		*(const char **)to = text;
		return 0;
	case OPT_STRINGS:
		strv_add(to, text);
		return 0;
	case OPT_SIZE:
		return store_size(text, what, to, err);
	case OPT_DURATION:
		return store_duration(m->opt, text, what, to, err);
	case OPT_NUMBER:
		return store_number(m->opt, text, what, to, err);
	case OPT_WORD:
		return store_word(m->opt, text, what, to, err);
	case OPT_NONE:
		break;
	}
	abort();
}

int options_prepare(const struct opt_set *set, struct error *err)
{
	for (const struct opt *opt = set->table; opt && opt->kind; opt++) {
		CLEANUP(strbuf_releasep) struct strbuf name = STRBUF_INIT;
		const struct match m = { opt, set->values };
		const char *text;

		if (opt->fallback && store(&m, opt->fallback, opt->name, err) < 0)
			abort(); /* the table is wrong; its unit test says which line */
		if (opt->no_environment)
			continue;
		option_environment_name(opt, &name);
		text = getenv(name.data);
		if (text && *text && store(&m, text, name.data, err) < 0)
			return -1;
	}
	return 0;
}

void options_release(const struct opt_set *set)
{
	for (const struct opt *opt = set->table; opt && opt->kind; opt++)
		if (opt->kind == OPT_STRINGS)
			strv_release((struct strv *)((char *)set->values + opt->at));
}

int options_check(const struct opt_set *set, struct error *err)
{
	for (const struct opt *opt = set->table; opt && opt->kind; opt++) {
		const char *const *value =
			(const char *const *)((const char *)set->values + opt->at);

		if (opt->required && (!*value || !**value))
			return error_set(err, ERR_USAGE, 0, "--%s %s is needed: %s",
				opt->name, opt->arg, opt->help);
	}
	return 0;
}

static bool is_given(const struct opt *opt, const void *values)
{
	const void *at = (const char *)values + opt->at;

	if (opt->kind == OPT_FLAG)
		return *(const bool *)at;
	return opt->kind == OPT_STRING && *(const char *const *)at;
}

const struct opt *options_replacing_words(const struct opt_set *set)
{
	for (const struct opt *opt = set->table; opt && opt->kind; opt++)
		if (opt->replaces_words && is_given(opt, set->values))
			return opt;
	return NULL;
}

static bool find_long(const struct opt_set *sets, size_t count, const char *name,
	size_t length, struct match *ret)
{
	for (size_t i = 0; i < count; i++) {
		for (const struct opt *opt = sets[i].table; opt && opt->kind; opt++) {
			if (strlen(opt->name) == length &&
				!memcmp(opt->name, name, length)) {
				*ret = (struct match){ opt, sets[i].values };
				return true;
			}
		}
	}
	return false;
}

static bool find_short(
	const struct opt_set *sets, size_t count, char letter, struct match *ret)
{
	for (size_t i = 0; i < count; i++) {
		for (const struct opt *opt = sets[i].table; opt && opt->kind; opt++) {
			if (opt->letter == letter) {
				*ret = (struct match){ opt, sets[i].values };
				return true;
			}
		}
	}
	return false;
}

static int unknown_option(const struct opt_set *sets, size_t count, const char *name,
	size_t length, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf word = STRBUF_INIT;
	struct nearest near = { 0 };

	strbuf_add(&word, name, length);
	near.word = word.data;
	for (size_t i = 0; i < count; i++)
		for (const struct opt *opt = sets[i].table; opt && opt->kind; opt++)
			nearest_offer(&near, opt->name);
	if (nearest_best(&near))
		return error_set(err, ERR_USAGE, 0,
			"there is no option '--%s'; did you mean '--%s'?", word.data,
			nearest_best(&near));
	return error_set(err, ERR_USAGE, 0, "there is no option '--%s'", word.data);
}

/* "--name", "--name=value" or "--name value"; *used is how many of argv it took. */
static int parse_long(const struct opt_set *sets, size_t count, int argc, char **argv,
	int *used, struct error *err)
{
	const char *name = argv[0] + 2;
	size_t length = strcspn(name, "=");
	const char *value = name[length] ? name + length + 1 : NULL;
	CLEANUP(strbuf_releasep) struct strbuf what = STRBUF_INIT;
	struct match m;

	if (!find_long(sets, count, name, length, &m))
		return unknown_option(sets, count, name, length, err);
	strbuf_addf(&what, "--%s", m.opt->name);
	*used = 1;
	if (m.opt->kind == OPT_FLAG) {
		if (value)
			return error_set(
				err, ERR_USAGE, 0, "%s takes no value", what.data);
		return store(&m, "yes", what.data, err);
	}
	if (!value) {
		if (argc < 2)
			return error_set(err, ERR_USAGE, 0, "%s needs a value: %s %s",
				what.data, what.data, m.opt->arg);
		value = argv[1];
		*used = 2;
	}
	return store(&m, value, what.data, err);
}

/* "-a", "-ab", "-nvalue" or "-n value". */
static int parse_short(const struct opt_set *sets, size_t count, int argc, char **argv,
	int *used, struct error *err)
{
	*used = 1;
	for (const char *c = argv[0] + 1; *c; c++) {
		const char what[] = { '-', *c, '\0' };
		const char *value = c + 1;
		struct match m;

		if (!find_short(sets, count, *c, &m))
			return error_set(
				err, ERR_USAGE, 0, "there is no option '%s'", what);
		if (m.opt->kind == OPT_FLAG) {
			if (store(&m, "yes", what, err) < 0)
				return -1;
			continue;
		}
		if (!*value) {
			if (argc < 2)
				return error_set(err, ERR_USAGE, 0,
					"%s needs a value: %s %s", what, what,
					m.opt->arg);
			value = argv[1];
			*used = 2;
		}
		return store(&m, value, what, err);
	}
	return 0;
}

static int parse_one(const struct opt_set *sets, size_t count, int argc, char **argv,
	int *used, struct error *err)
{
	if (argv[0][1] == '-')
		return parse_long(sets, count, argc, argv, used, err);
	return parse_short(sets, count, argc, argv, used, err);
}

/* "-" alone is a word: it means standard input or output. */
static bool is_option(const char *arg)
{
	return arg[0] == '-' && arg[1];
}

int options_parse_leading(const struct opt_set *sets, size_t set_count, int argc,
	char **argv, int *ret_used, struct error *err)
{
	int at = 0, used;

	while (at < argc && is_option(argv[at]) && strcmp(argv[at], "--") != 0) {
		if (parse_one(sets, set_count, argc - at, argv + at, &used, err) < 0)
			return -1;
		at += used;
	}
	*ret_used = at;
	return 0;
}

int options_parse_all(const struct opt_set *sets, size_t set_count, int argc, char **argv,
	int *ret_words, struct error *err)
{
	int words = 0, used;

	for (int at = 0; at < argc; at += used) {
		used = 1;
		if (!strcmp(argv[at], "--")) {
			for (at++; at < argc; at++)
				argv[words++] = argv[at];
			break;
		}
		if (!is_option(argv[at]))
			argv[words++] = argv[at];
		else if (parse_one(sets, set_count, argc - at, argv + at, &used, err) < 0)
			return -1;
	}
	*ret_words = words;
	return 0;
}
