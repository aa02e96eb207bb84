/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What dpkg 1.21 and later keep about packages that are unpacked and not yet configured,
 * written as `dpkg --unpack` would leave it: /var/lib/dpkg/status, info/ and triggers/
 * (deb-triggers(5), and doc/spec/triggers.txt of dpkg's sources). dpkg itself goes on
 * from there; it must not be running meanwhile.
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "tree/deb.h"

/* By value: dpkg_db_init(), dpkg_db_release(). */
struct dpkg_db {
	char *dir; /* TREE/var/lib/dpkg */
	struct strbuf status; /* stanzas that the file lacks yet */
	struct strbuf deferred; /* likewise, of triggers/Unincorp */
	struct strv interests; /* lines of triggers/File */
	struct strv special; /* paths that are diverted or have an owner and mode set */
};

/* What of a package's control file matters here. */
struct dpkg_control {
	char *name;
	char *version;
	char *arch;
	bool same; /* Multi-Arch: same */
	char *full_name; /* "name:arch" for those, else "name" */
};

void dpkg_control_release(struct dpkg_control *c);
static inline void dpkg_control_releasep(struct dpkg_control *c)
{
	dpkg_control_release(c);
}

/* ERR_FORMAT when a field is missing. */
int dpkg_control_parse(const char *text, struct dpkg_control *ret, struct error *err);

/* `root` is the tree's path. Nothing is read yet. */
void dpkg_db_init(const char *root, struct dpkg_db *ret);
void dpkg_db_release(struct dpkg_db *db);
static inline void dpkg_db_releasep(struct dpkg_db *db)
{
	dpkg_db_release(db);
}

/* Make the records of a tree without packages. */
int dpkg_db_create(const struct dpkg_db *db, struct error *err);

/* After dpkg, or a script that may have called it, has run. */
int dpkg_db_reload(struct dpkg_db *db, struct error *err);

/* Write what it lacks yet: before dpkg, or a script, runs. */
int dpkg_db_flush(struct dpkg_db *db, struct error *err);

/* Is `path` ("usr/bin/x") diverted, or given another owner and mode (dpkg-statoverride)?
 */
bool dpkg_db_is_special(const struct dpkg_db *db, const char *path);

/* Is `path` among the package's conffiles? */
bool dpkg_is_conffile(const struct deb *deb, const char *path);

/*
 * Is every record of the package one that dpkg_db_add() knows how to write? If not, it is
 * dpkg's to unpack.
 */
bool dpkg_db_knows(const struct deb *deb);

/* Record the package as unpacked. */
int dpkg_db_add(struct dpkg_db *db, const struct deb *deb, const struct dpkg_control *c,
	struct error *err);
