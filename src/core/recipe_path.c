/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/recipe_path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/path.h"

/* The length of leading "./" and "../" components. */
static size_t leading_dots(const char *path)
{
	size_t at = 0;

	for (;;) {
		size_t dots = strspn(path + at, ".");

		if (dots < 1 || dots > 2 || path[at + dots] != '/')
			return at;
		at += dots;
		at += strspn(path + at, "/");
	}
}

static bool is_below(const char *path, const char *directory)
{
	const size_t length = strlen(directory);

	if (!strcmp(directory, "/"))
		return true;
	return !strncmp(path, directory, length) &&
	       (path[length] == '/' || path[length] == '\0');
}

/* Whether `real`, which `path` turned out to be, is where the recipe may reach. */
static bool is_allowed(const struct recipe_base *base, const char *path, const char *real)
{
	CLEANUP(strbuf_releasep) struct strbuf up = STRBUF_INIT;
	CLEANUP(freep) char *start = NULL, *real_start = NULL;

	if (!base->confined || path[0] == '/')
		return true;
	strbuf_add(&up, path, leading_dots(path));
	start = path_join(base->directory, up.data);
	real_start = realpath(start, NULL);
	return real_start && is_below(real, real_start);
}

static int check_kind(const char *real, bool want_directory, struct strbuf *why)
{
	struct stat st;

	if (stat(real, &st) < 0) {
		strbuf_addf(why, "cannot be looked at: %s", strerror(errno));
		return -1;
	}
	if (want_directory && !S_ISDIR(st.st_mode)) {
		strbuf_add_str(why, "is not a directory");
		return -1;
	}
	if (!want_directory && !S_ISREG(st.st_mode)) {
		strbuf_add_str(why, S_ISDIR(st.st_mode)
					    ? "is a directory; a file is wanted"
					    : "is not a regular file");
		return -1;
	}
	if (access(real, want_directory ? R_OK | X_OK : R_OK) < 0) {
		strbuf_addf(why, "cannot be read: %s", strerror(errno));
		return -1;
	}
	return 0;
}

int recipe_path_resolve(const struct recipe_base *base, const char *path,
	bool want_directory, char **ret_path, struct strbuf *why)
{
	CLEANUP(freep) char *full = path_relative_to(base->directory, path);
	CLEANUP(freep) char *real = realpath(full, NULL);

	if (!real) {
		if (errno == ENOENT)
			strbuf_addf(why, "is not there; looked for %s", full);
		else
			strbuf_addf(why, "cannot be found: %s", strerror(errno));
		return -1;
	}
	if (!is_allowed(base, path, real)) {
		strbuf_addf(why,
			"leads through a symbolic link to %s, outside of the "
			"recipe's directory",
			real);
		return -1;
	}
	if (check_kind(real, want_directory, why) < 0)
		return -1;
	*ret_path = TAKE_PTR(real);
	return 0;
}
