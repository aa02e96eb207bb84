/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/installed.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

enum { STATUS, NAME, VERSION, ARCH, SOURCE, SOURCE_VERSION, FIELDS };

const char installed_format[] =
	"${db:Status-Status}\\t${Package}\\t${Version}\\t${Architecture}\\t"
	"${source:Package}\\t${source:Version}\\n";

static bool split_fields(char *line, char *fields[static FIELDS])
{
	size_t count = 0;

	while (line && count < FIELDS)
		fields[count++] = strsep(&line, "\t");
	return count == FIELDS && !line && *fields[NAME] && *fields[VERSION];
}

static void add_package(struct distro_packages *to, const struct plan *plan,
	char *const fields[static FIELDS])
{
	const struct plan_package *from = plan_find(plan, fields[NAME]);
	struct distro_package package = {
		.name = xstrdup(fields[NAME]),
		.version = xstrdup(fields[VERSION]),
		.arch = xstrdup(fields[ARCH]),
		.source = xstrdup(fields[SOURCE]),
		.source_version = xstrdup(fields[SOURCE_VERSION]),
	};

	if (from && !strcmp(from->version, fields[VERSION])) {
		package.uri = xstrdup(from->uri);
		package.size_bytes = from->size_bytes;
		memcpy(package.sha256, from->sha256, sizeof(package.sha256));
	}
	distro_packages_add(to, &package);
}

int installed_parse(const char *text, const struct plan *plan,
	struct distro_packages *ret, struct error *err)
{
	CLEANUP(distro_packages_releasep) struct distro_packages packages = { 0 };
	CLEANUP(freep) char *lines = xstrdup(text);
	char *save = NULL;

	for (char *l = strtok_r(lines, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		char *fields[FIELDS];

		if (!split_fields(l, fields))
			return error_set(err, ERR_FORMAT, 0,
				"dpkg-query's list has a strange line for '%s'", l);
		if (!strcmp(fields[STATUS], "installed"))
			add_package(&packages, plan, fields);
	}
	*ret = packages;
	packages = (struct distro_packages){ 0 };
	return 0;
}

int installed_read(struct chroot *c, const struct plan *plan, struct distro_packages *ret,
	struct error *err)
{
	static const char *const argv[] = { "/usr/bin/dpkg-query", "-W", "-f",
		installed_format, NULL };
	CLEANUP(freep) char *text = NULL;

	if (chroot_capture(c, &(struct chroot_command){ .argv = argv }, &text, err) < 0)
		return error_context(err, "list the packages");
	return installed_parse(text, plan, ret, err);
}
