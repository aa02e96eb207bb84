/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/dpkg_db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"
#include "distro/debian/dpkg_triggers.h"

enum { RECORD_MOST_BYTES = 16 << 20 };

/* ---- control */

void dpkg_control_release(struct dpkg_control *c)
{
	free(c->name);
	free(c->version);
	free(c->arch);
	free(c->full_name);
	*c = (struct dpkg_control){ 0 };
}

/* The value of the one-line field `name` of the first paragraph, or NULL. */
static char *field(const char *text, const char *name)
{
	const size_t length = strlen(name);

	for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
		if (!strncasecmp(line, name, length) && line[length] == ':') {
			const char *value = line + length + 1;
			size_t bytes;

			value += strspn(value, " \t");
			bytes = strcspn(value, "\n");
			while (bytes && strchr(" \t\r", value[bytes - 1]))
				bytes--;
			return bytes ? xstrndup(value, bytes) : NULL;
		}
		if (!line[strcspn(line, "\n")])
			return NULL;
	}
	return NULL;
}

int dpkg_control_parse(const char *text, struct dpkg_control *ret, struct error *err)
{
	CLEANUP(dpkg_control_releasep)
	struct dpkg_control c = { .name = field(text, "Package"),
		.version = field(text, "Version"),
		.arch = field(text, "Architecture") };
	CLEANUP(freep) char *multi_arch = field(text, "Multi-Arch");

	if (!c.name || !c.version || !c.arch || strchr(c.name, '/') || c.name[0] == '.' ||
		strchr(c.arch, '/'))
		return error_set(err, ERR_FORMAT, 0,
			"a control file lacks its package, version or architecture");
	c.same = multi_arch && !strcasecmp(multi_arch, "same");
	c.full_name = c.same ? xasprintf("%s:%s", c.name, c.arch) : xstrdup(c.name);
	*ret = c;
	c = (struct dpkg_control){ 0 };
	return 0;
}

/* A copy of the next line of *text that holds more than blanks; NULL at the end. */
static char *next_line(const char **text)
{
	while (**text) {
		const char *line = *text;
		size_t bytes = strcspn(line, "\n");

		*text = line[bytes] ? line + bytes + 1 : line + bytes;
		while (bytes && strchr(" \t\r", line[bytes - 1]))
			bytes--;
		if (bytes)
			return xstrndup(line, bytes);
	}
	return NULL;
}

bool dpkg_is_conffile(const struct deb *deb, const char *path)
{
	const struct deb_member *m = deb_member(deb, "conffiles");
	const char *text = m ? m->bytes : "";
	char *line;
	bool found = false;

	while (!found && (line = next_line(&text))) {
		found = line[0] == '/' && !strcmp(line + 1, path);
		free(line);
	}
	return found;
}

static bool has_files(const struct deb *deb)
{
	for (size_t i = 0; i < deb->entry_count; i++)
		if (deb->entries[i].type == S_IFREG || deb->entries[i].type == 0)
			return true;
	return false;
}

bool dpkg_db_knows(const struct deb *deb)
{
	const struct deb_member *conffiles = deb_member(deb, "conffiles");
	const char *text = conffiles ? conffiles->bytes : "";
	char *line;
	bool plain = true;

	/* dpkg would make the digests that are missing. */
	if (has_files(deb) && !deb_member(deb, "md5sums"))
		return false;
	for (size_t i = 0; i < deb->member_count; i++)
		if (strchr(deb->members[i].name, '.') ||
			!strcmp(deb->members[i].name, "list"))
			return false;
	/* "remove-on-upgrade /etc/x" (dpkg 1.20.6) */
	while (plain && (line = next_line(&text))) {
		plain = line[0] == '/';
		free(line);
	}
	return plain && dpkg_triggers_known(deb);
}

/* ---- the files */

static int write_new(
	const struct dpkg_db *db, const char *name, const char *text, struct error *err)
{
	CLEANUP(freep) char *path = path_join(db->dir, name);

	return file_write_all(path, text, strlen(text), 0644, err);
}

void dpkg_db_init(const char *root, struct dpkg_db *ret)
{
	*ret = (struct dpkg_db){ .dir = path_join(root, "var/lib/dpkg"),
		.status = STRBUF_INIT,
		.deferred = STRBUF_INIT };
}

int dpkg_db_create(const struct dpkg_db *db, struct error *err)
{
	static const char *const dirs[] = { "info", "triggers", "updates" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		CLEANUP(freep) char *dir = path_join(db->dir, dirs[i]);

		if (path_make_dirs(dir, 0755, err) < 0)
			return -1;
	}
	/* "1": names of Multi-Arch: same packages carry the architecture. */
	if (write_new(db, "status", "", err) < 0 ||
		write_new(db, "available", "", err) < 0 ||
		write_new(db, "info/format", "1\n", err) < 0)
		return -1;
	return write_new(db, "triggers/Unincorp", "", err);
}

void dpkg_db_release(struct dpkg_db *db)
{
	free(db->dir);
	strbuf_release(&db->status);
	strbuf_release(&db->deferred);
	strv_release(&db->interests);
	strv_release(&db->special);
	*db = (struct dpkg_db){ .status = STRBUF_INIT, .deferred = STRBUF_INIT };
}

/* A missing file is an empty one. */
static int read_lines(
	const struct dpkg_db *db, const char *name, struct strv *lines, struct error *err)
{
	CLEANUP(freep) char *path = path_join(db->dir, name);
	CLEANUP(freep) char *text = NULL;
	const char *rest;
	char *line;

	if (!path_exists(path))
		return 0;
	if (file_read_all(path, RECORD_MOST_BYTES, &text, NULL, err) < 0)
		return -1;
	rest = text;
	while ((line = next_line(&rest)))
		strv_take(lines, line);
	return 0;
}

/* Of each three lines, the first two: what is diverted, and where to. */
static int read_diversions(struct dpkg_db *db, struct error *err)
{
	CLEANUP(strv_releasep) struct strv lines = STRV_INIT;

	if (read_lines(db, "diversions", &lines, err) < 0)
		return -1;
	for (size_t i = 0; i < lines.count; i++)
		if (i % 3 < 2)
			strv_add(&db->special, lines.items[i]);
	return 0;
}

/* "USER GROUP MODE PATH" */
static int read_overrides(struct dpkg_db *db, struct error *err)
{
	CLEANUP(strv_releasep) struct strv lines = STRV_INIT;

	if (read_lines(db, "statoverride", &lines, err) < 0)
		return -1;
	for (size_t i = 0; i < lines.count; i++) {
		const char *path = strchr(lines.items[i], '/');

		if (path)
			strv_add(&db->special, path);
	}
	return 0;
}

int dpkg_db_reload(struct dpkg_db *db, struct error *err)
{
	strv_release(&db->interests);
	strv_release(&db->special);
	if (read_lines(db, "triggers/File", &db->interests, err) < 0 ||
		read_diversions(db, err) < 0 || read_overrides(db, err) < 0)
		return error_context(err, "read dpkg's records");
	return 0;
}

bool dpkg_db_is_special(const struct dpkg_db *db, const char *path)
{
	for (size_t i = 0; i < db->special.count; i++)
		if (!strcmp(db->special.items[i] + 1, path))
			return true;
	return false;
}

static int append(const struct dpkg_db *db, const char *name, struct strbuf *text,
	struct error *err)
{
	CLEANUP(freep) char *path = path_join(db->dir, name);
	CLEANUP(fd_closep) int fd = -1;

	if (!text->length_bytes)
		return 0;
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return error_errno(err, "open '%s'", path);
	if (fd_write_all(fd, text->data, text->length_bytes, path, err) < 0)
		return -1;
	strbuf_release(text);
	return 0;
}

int dpkg_db_flush(struct dpkg_db *db, struct error *err)
{
	if (append(db, "status", &db->status, err) < 0)
		return -1;
	return append(db, "triggers/Unincorp", &db->deferred, err);
}

/* ---- one package */

static char *info_path(
	const struct dpkg_db *db, const struct dpkg_control *c, const char *ending)
{
	return xasprintf("%s/info/%s.%s", db->dir, c->full_name, ending);
}

/* With its own time, as dpkg leaves it. */
static int write_member(const struct dpkg_db *db, const struct deb_member *m,
	const struct dpkg_control *c, struct error *err)
{
	const struct timespec times[2] = { { .tv_sec = m->mtime_s },
		{ .tv_sec = m->mtime_s } };
	CLEANUP(freep) char *path = info_path(db, c, m->name);

	if (file_write_all(path, m->bytes, m->length_bytes, m->mode & 07777, err) < 0)
		return -1;
	if (utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "set the time of '%s'", path);
	return 0;
}

static int write_members(const struct dpkg_db *db, const struct deb *deb,
	const struct dpkg_control *c, struct error *err)
{
	for (size_t i = 0; i < deb->member_count; i++)
		if (strcmp(deb->members[i].name, "control") != 0 &&
			write_member(db, &deb->members[i], c, err) < 0)
			return -1;
	return 0;
}

static int write_list(const struct dpkg_db *db, const struct deb *deb,
	const struct dpkg_control *c, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	CLEANUP(freep) char *file = info_path(db, c, "list");

	for (size_t i = 0; i < deb->entry_count; i++) {
		const char *path = deb->entries[i].path;

		strbuf_addf(&text, "/%s\n", *path ? path : ".");
	}
	return file_write_all(file, text.data, text.length_bytes, 0644, err);
}

/* As they are, blanks at a line's end too; but an empty line would end the stanza. */
static void add_fields(struct dpkg_db *db, const char *text)
{
	while (*text) {
		const size_t bytes = strcspn(text, "\n");

		if (strspn(text, " \t\r") < bytes)
			strbuf_addf(&db->status, "%.*s\n", (int)bytes, text);
		text += bytes + (text[bytes] != '\0');
	}
}

/* dpkg sorts the fields when it writes the file next. */
static void add_stanza(struct dpkg_db *db, const struct deb *deb)
{
	const struct deb_member *control = deb_member(deb, "control");
	const struct deb_member *conffiles = deb_member(deb, "conffiles");
	const char *text = conffiles ? conffiles->bytes : "";
	bool any = false;
	char *line;

	add_fields(db, control->bytes);
	strbuf_add_str(&db->status, "Status: install ok unpacked\n");
	while ((line = next_line(&text))) {
		strbuf_addf(&db->status, "%s %s newconffile\n", any ? "" : "Conffiles:\n",
			line);
		any = true;
		free(line);
	}
	strbuf_add_char(&db->status, '\n');
}

int dpkg_db_add(struct dpkg_db *db, const struct deb *deb, const struct dpkg_control *c,
	struct error *err)
{
	if (write_members(db, deb, c, err) < 0 || write_list(db, deb, c, err) < 0)
		return -1;
	add_stanza(db, deb);
	dpkg_triggers_activate(deb, &db->interests, &db->deferred);
	return dpkg_triggers_register(deb, c, db->dir, &db->interests, err);
}
