/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/keyring.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"
#include "distro/debian/release_file.h"

int debian_keyring_find(
	const struct distro_spec *spec, const char **ret, struct error *err)
{
	static const char *const packaged[] = {
		"/usr/share/keyrings/debian-archive-keyring.gpg",
		"/usr/share/keyrings/debian-archive-keyring.pgp"
	};

	if (spec->keyring) {
		if (access(spec->keyring, R_OK) < 0) {
			int failure = errno;

			(void)error_set_errno(
				err, failure, "read the keyring '%s'", spec->keyring);
			err->code = ERR_RECIPE;
			return -1;
		}
		*ret = spec->keyring;
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(packaged); i++)
		if (access(packaged[i], R_OK) == 0) {
			*ret = packaged[i];
			return 0;
		}
	return error_set(err, ERR_TOOL, 0,
		"Debian's archive keys are not here (%s); install the package "
		"'debian-archive-keyring', or name a keyring in the recipe",
		packaged[0]);
}

bool debian_release_date(const char *text, int64_t *ret_epoch_s)
{
	static const char field[] = "\nDate: ";
	const char *at = strstr(text, field);
	struct tm tm = { 0 };

	if (!at)
		return false;
	at = strptime(at + sizeof(field) - 1, "%a, %d %b %Y %H:%M:%S ", &tm);
	if (!at || (strncmp(at, "UTC", 3) != 0 && strncmp(at, "+0000", 5) != 0))
		return false;
	*ret_epoch_s = timegm(&tm);
	return true;
}

static bool epoch_from_env(int64_t *ret_epoch_s)
{
	const char *env = getenv("SOURCE_DATE_EPOCH");

	if (!env || !*env || strlen(env) > 12 || env[strspn(env, "0123456789")])
		return false;
	*ret_epoch_s = strtoll(env, NULL, 10);
	return true;
}

static int date_of(
	const char *dir, const char *name, int64_t *newest_s, struct error *err)
{
	CLEANUP(freep) char *path = path_join(dir, name);
	CLEANUP(freep) char *text = NULL;
	int64_t date_s;

	if (file_read_all(path, RELEASE_FILE_MOST_BYTES, &text, NULL, err) < 0)
		return -1;
	if (!debian_release_date(text, &date_s))
		return error_set(err, ERR_FORMAT, 0, "'%s' has no date", path);
	if (date_s > *newest_s)
		*newest_s = date_s;
	return 0;
}

int debian_lists_date(const char *lists_dir, int64_t *ret_epoch_s, struct error *err)
{
	const struct dirent *entry;
	int64_t newest_s = 0;
	int rc = 0;
	DIR *dir;

	if (epoch_from_env(ret_epoch_s))
		return 0;
	dir = opendir(lists_dir);
	if (!dir)
		return error_errno(err, "open '%s'", lists_dir);
	while (rc == 0 && (entry = readdir(dir)))
		if (release_file_is_name(entry->d_name))
			rc = date_of(lists_dir, entry->d_name, &newest_s, err);
	(void)closedir(dir);
	if (rc == 0)
		*ret_epoch_s = newest_s;
	return rc;
}
