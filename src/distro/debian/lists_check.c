/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/lists_check.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/text.h"
#include "distro/debian/release_file.h"
#include "tree/hash.h"

static void add_file(const char *dir, const char *name, struct strv *to)
{
	CLEANUP(freep) char *path = path_join(dir, name);
	struct stat st;

	/* Of an archive in a directory of this machine, apt makes links to its lists. */
	if (strcmp(name, "lock") != 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode))
		strv_add(to, name);
}

int lists_names(const char *dir, struct strv *ret, struct error *err)
{
	const struct dirent *entry;
	DIR *d = opendir(dir);

	if (!d)
		return error_errno(err, "open '%s'", dir);
	while ((entry = readdir(d)))
		add_file(dir, entry->d_name, ret);
	(void)closedir(d);
	strv_sort(ret);
	return 0;
}

/* apt's name of a list is that of its Release file, up to its last component, and then
 * the path with '_' for '/'. */
static bool is_name_of(const char *name, const char *path)
{
	for (; *name && *path; name++, path++)
		if (*name != (*path == '/' ? '_' : *path))
			return false;
	return !*name && !*path;
}

static int hash(const char *dir, const char *name, char ret[static SHA256_HEX_CHARS + 1],
	struct error *err)
{
	CLEANUP(freep) char *path = path_join(dir, name);

	return hash_file_followed(path, ret, err);
}

static int check_list(const char *dir, const char *name, const struct release_list *list,
	struct error *err)
{
	char hex[SHA256_HEX_CHARS + 1];

	if (hash(dir, name, hex, err) < 0)
		return -1;
	if (!strcmp(hex, list->sha256))
		return 0;
	return error_set(err, ERR_UNTRUSTED, 0,
		"the package list '%s' is not what was signed (its SHA-256 is %s, the "
		"Release file has %s)",
		name, hex, list->sha256);
}

/* Those that `release` speaks of are checked and added to `checked`. */
static int check_release(const char *dir, const char *release, const struct strv *names,
	struct strv *checked, struct error *err)
{
	const size_t stem =
		(size_t)(strrchr(release, '_') ? strrchr(release, '_') + 1 - release : 0);
	CLEANUP(release_file_releasep) struct release_file file = { 0 };
	CLEANUP(freep) char *path = path_join(dir, release);
	CLEANUP(freep) char *text = NULL;

	if (file_read_all(path, RELEASE_FILE_MOST_BYTES, &text, NULL, err) < 0 ||
		release_file_parse(text, path, &file, err) < 0)
		return -1;
	for (size_t n = 0; n < names->count; n++) {
		const char *name = names->items[n];

		if (!text_ends_with(name, "_Packages") ||
			strncmp(name, release, stem) != 0)
			continue;
		for (size_t i = 0; i < file.count; i++) {
			if (!is_name_of(name + stem, file.lists[i].path))
				continue;
			if (check_list(dir, name, &file.lists[i], err) < 0)
				return -1;
			strv_add(checked, name);
		}
	}
	return 0;
}

int lists_check(const char *dir, struct error *err)
{
	CLEANUP(strv_releasep) struct strv names = STRV_INIT;
	CLEANUP(strv_releasep) struct strv checked = STRV_INIT;

	if (lists_names(dir, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++)
		if (release_file_is_name(names.items[i]) &&
			check_release(dir, names.items[i], &names, &checked, err) < 0)
			return -1;
	for (size_t i = 0; i < names.count; i++)
		if (!release_file_is_name(names.items[i]) &&
			!text_ends_with(names.items[i], "Release.gpg") &&
			!strv_contains(&checked, names.items[i]))
			return error_set(err, ERR_UNTRUSTED, 0,
				"no Release file speaks of the package list '%s'",
				names.items[i]);
	return 0;
}

int lists_describe(const char *dir, struct strbuf *to, struct error *err)
{
	CLEANUP(strv_releasep) struct strv names = STRV_INIT;

	if (lists_names(dir, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		char hex[SHA256_HEX_CHARS + 1];

		if (!release_file_is_name(names.items[i]))
			continue;
		if (hash(dir, names.items[i], hex, err) < 0)
			return -1;
		strbuf_addf(to, "%s %s\n", names.items[i], hex);
	}
	return 0;
}
