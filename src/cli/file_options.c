/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/file_options.h"

#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "base/path.h"

/* The same name, or two names of what would lose its content. */
static bool is_one_file(const char *a, const char *b)
{
	struct stat st;

	if (!strcmp(a, "-") || !strcmp(b, "-"))
		return false;
	if (stat(a, &st) < 0)
		return !strcmp(a, b);
	return (S_ISREG(st.st_mode) || S_ISBLK(st.st_mode)) && path_is_same(a, b);
}

static const char *path_of(const struct opt *opt, const struct opt_set *set)
{
	return *(const char *const *)((const char *)set->values + opt->at);
}

static bool is_written(const struct opt *opt)
{
	return opt->file == OPT_FILE_WRITTEN || opt->file == OPT_FILE_RESULT;
}

static bool may_replace(const struct opt *written, const struct opt *opt)
{
	return written->file == OPT_FILE_RESULT && opt->file == OPT_FILE_READ_FIRST;
}

/* `written` against the options of `set`, but for itself. */
static int check_options(const struct opt *written, const char *path,
	const struct opt_set *set, struct error *err)
{
	for (const struct opt *opt = set->table; opt && opt->kind; opt++) {
		if (opt == written || !opt->file || may_replace(written, opt) ||
			!path_of(opt, set) || !is_one_file(path, path_of(opt, set)))
			continue;
		return error_set(err, ERR_USAGE, 0,
			"--%s %s would overwrite the file of --%s", written->name, path,
			opt->name);
	}
	return 0;
}

static int check_words(const struct opt *written, const char *path, char *const *words,
	int word_count, struct error *err)
{
	for (int i = 0; i < word_count; i++)
		if (is_one_file(path, words[i]))
			return error_set(err, ERR_USAGE, 0,
				"--%s %s would overwrite '%s'", written->name, path,
				words[i]);
	return 0;
}

int file_options_check(const struct opt_set *sets, size_t set_count, char *const *words,
	int word_count, struct error *err)
{
	for (size_t i = 0; i < set_count; i++) {
		for (const struct opt *opt = sets[i].table; opt && opt->kind; opt++) {
			const char *path =
				is_written(opt) ? path_of(opt, &sets[i]) : NULL;

			if (!path)
				continue;
			if (check_words(opt, path, words, word_count, err) < 0)
				return -1;
			for (size_t k = 0; k < set_count; k++)
				if (check_options(opt, path, &sets[k], err) < 0)
					return -1;
		}
	}
	return 0;
}
