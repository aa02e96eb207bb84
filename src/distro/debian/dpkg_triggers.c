/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/dpkg_triggers.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"
#include "distro/debian/dpkg_db.h"

/* "interest-noawait /usr/share/man" */
struct directive {
	bool interest; /* else: activate */
	bool noawait;
	char *trigger;
};

/* ---- the package's file */

static bool parse_verb(const char *verb, size_t length, struct directive *ret)
{
	static const struct {
		const char *verb;
		bool interest, noawait;
	} verbs[] = {
		{ "interest", true, false },
		{ "interest-await", true, false },
		{ "interest-noawait", true, true },
		{ "activate", false, false },
		{ "activate-await", false, false },
		{ "activate-noawait", false, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (strlen(verbs[i].verb) == length &&
			!memcmp(verb, verbs[i].verb, length)) {
			ret->interest = verbs[i].interest;
			ret->noawait = verbs[i].noawait;
			return true;
		}
	return false;
}

/* A path, or a name that can be a file's in triggers/. */
static bool is_trigger(const char *name)
{
	if (!*name || *name == '.' || *name == '-')
		return false;
	for (const char *c = name; *c; c++)
		if (*c < 0x21 || *c > 0x7e || (*c == '/' && *name != '/'))
			return false;
	return true;
}

/*
 * The next directive at *text. False at the end, and, with *ret_known false, at a line
 * that is none.
 */
static bool next_directive(const char **text, struct directive *ret, bool *ret_known)
{
	*ret_known = true;
	while (**text) {
		const char *line = *text + strspn(*text, " \t");
		const size_t bytes = strcspn(line, "\n");
		const size_t verb = strcspn(line, " \t\n");
		size_t end = bytes, begin = verb;

		*text = line[bytes] ? line + bytes + 1 : line + bytes;
		if (!bytes || *line == '#')
			continue;
		while (end > begin && strchr(" \t\r", line[end - 1]))
			end--;
		while (begin < end && strchr(" \t", line[begin]))
			begin++;
		ret->trigger = xstrndup(line + begin, end - begin);
		*ret_known = parse_verb(line, verb, ret) && is_trigger(ret->trigger);
		if (!*ret_known)
			free(ret->trigger);
		return *ret_known;
	}
	return false;
}

static const char *directives(const struct deb *deb)
{
	const struct deb_member *m = deb_member(deb, "triggers");

	return m ? m->bytes : "";
}

bool dpkg_triggers_known(const struct deb *deb)
{
	const char *text = directives(deb);
	struct directive d;
	bool known;

	while (next_directive(&text, &d, &known))
		free(d.trigger);
	return known;
}

/* ---- activation */

/* Nobody awaits it ("-"): a package begins to when it is configured. */
static void activate(struct strbuf *deferred, const char *trigger)
{
	strbuf_addf(deferred, "%s -\n", trigger);
}

static bool anyone_wants(const struct strv *interests, const char *path)
{
	const size_t length = strlen(path);

	for (size_t i = 0; i < interests->count; i++)
		if (!strncmp(interests->items[i] + 1, path, length) &&
			interests->items[i][1 + length] == ' ')
			return true;
	return false;
}

void dpkg_triggers_activate(
	const struct deb *deb, const struct strv *interests, struct strbuf *deferred)
{
	const char *text = directives(deb);
	struct directive d;
	bool known;

	while (next_directive(&text, &d, &known)) {
		if (!d.interest)
			activate(deferred, d.trigger);
		free(d.trigger);
	}
	for (size_t i = 0; i < deb->entry_count; i++) {
		const char *path = deb->entries[i].path;
		CLEANUP(freep) char *trigger = NULL;

		if (!*path || !anyone_wants(interests, path))
			continue;
		trigger = xasprintf("/%s", path);
		if (is_trigger(trigger))
			activate(deferred, trigger);
	}
}

/* ---- interests */

static int append_line(
	const char *dir, const char *name, const char *line, struct error *err)
{
	CLEANUP(freep) char *path = xasprintf("%s/triggers/%s", dir, name);
	CLEANUP(freep) char *text = xasprintf("%s\n", line);
	CLEANUP(fd_closep)
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);

	if (fd < 0)
		return error_errno(err, "open '%s'", path);
	return fd_write_all(fd, text, strlen(text), path, err);
}

static int add_interest(const struct directive *d, const struct dpkg_control *c,
	const char *dir, struct strv *interests, struct error *err)
{
	const char *option = d->noawait ? "/noawait" : "";
	CLEANUP(freep) char *line = NULL;

	if (d->trigger[0] != '/') {
		line = xasprintf("%s%s", c->full_name, option);
		return append_line(dir, d->trigger, line, err);
	}
	line = xasprintf("%s %s%s", d->trigger, c->full_name, option);
	if (append_line(dir, "File", line, err) < 0)
		return -1;
	strv_take(interests, TAKE_PTR(line));
	return 0;
}

int dpkg_triggers_register(const struct deb *deb, const struct dpkg_control *c,
	const char *dir, struct strv *interests, struct error *err)
{
	const char *text = directives(deb);
	struct directive d;
	bool known;
	int r = 0;

	while (r == 0 && next_directive(&text, &d, &known)) {
		if (d.interest)
			r = add_interest(&d, c, dir, interests, err);
		free(d.trigger);
	}
	return r;
}
