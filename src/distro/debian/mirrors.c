/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/mirrors.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/text.h"

void debian_mirrors_release(struct debian_mirrors *m)
{
	free(m->archive);
	free(m->security);
	*m = (struct debian_mirrors){ 0 };
}

void debian_mirrors_default(struct debian_mirrors *ret)
{
	*ret = (struct debian_mirrors){
		.archive = xstrdup(DEBIAN_MIRROR),
		.security = xstrdup(DEBIAN_SECURITY_MIRROR),
		.updates = true,
	};
}

static char *without_end_slashes(const char *uri)
{
	size_t length = strlen(uri);

	while (length && uri[length - 1] == '/')
		length--;
	return xstrndup(uri, length);
}

/* A suite of Debian's own archive; third parties use the bare names of releases, too. */
static bool is_release(const char *suite)
{
	static const char *const names[] = { "bookworm", "trixie", "forky", "duke", "sid",
		"oldoldstable", "oldstable", "stable", "testing", "unstable" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(suite, names[i]))
			return true;
	return false;
}

static void take_host_target(char *line, struct debian_mirrors *m)
{
	char *save = NULL;
	const char *uri = strtok_r(line, " ", &save);
	const char *suite = strtok_r(NULL, " ", &save);
	const char *component = strtok_r(NULL, " ", &save);
	CLEANUP(freep) char *base = NULL;

	if (!component || strcmp(component, "main") != 0)
		return;
	if (!text_starts_with(uri, "http://") && !text_starts_with(uri, "https://"))
		return;
	base = without_end_slashes(uri);
	if (!m->archive && is_release(suite) && text_ends_with(base, "/debian"))
		m->archive = TAKE_PTR(base);
	else if (!m->security && text_ends_with(suite, "-security") &&
		 text_ends_with(base, "/debian-security"))
		m->security = TAKE_PTR(base);
}

void debian_mirrors_from_host(const char *targets, struct debian_mirrors *ret)
{
	CLEANUP(freep) char *lines = xstrdup(targets);
	struct debian_mirrors m = { .updates = true };
	char *save = NULL;

	for (char *l = strtok_r(lines, "\n", &save); l; l = strtok_r(NULL, "\n", &save))
		take_host_target(l, &m);
	if (!m.archive)
		m.archive = xstrdup(DEBIAN_MIRROR);
	if (!m.security)
		m.security = xstrdup(DEBIAN_SECURITY_MIRROR);
	*ret = m;
}

char *debian_security_sibling(const char *mirror)
{
	static const char name[] = "/debian";
	const size_t length = sizeof(name) - 1;
	const char *at = NULL;

	/* The last path component of that name: a snapshot's date may follow it. */
	for (const char *p = strstr(mirror, name); p; p = strstr(p + 1, name))
		if (p[length] == '/' || p[length] == '\0')
			at = p;
	if (!at)
		return NULL;
	return xasprintf(
		"%.*s/debian-security%s", (int)(at - mirror), mirror, at + length);
}

void debian_mirrors_from_recipe(const char *mirror, struct debian_mirrors *ret)
{
	*ret = (struct debian_mirrors){ .archive = without_end_slashes(mirror),
		.updates = true };
	ret->security = debian_security_sibling(ret->archive);
}

static void format_source(
	const char *uri, const char *suites, const char *keyring, struct strbuf *text)
{
	if (text->length_bytes)
		strbuf_add_char(text, '\n');
	strbuf_addf(text, "Types: deb\nURIs: %s\nSuites: %s\nComponents: main\n", uri,
		suites);
	if (keyring)
		strbuf_addf(text, "Signed-By: %s\n", keyring);
}

void debian_sources_format(const struct debian_mirrors *m, const char *release,
	const char *keyring, struct strbuf *text)
{
	CLEANUP(freep)
	char *suites = m->updates ? xasprintf("%s %s-updates", release, release)
				  : xstrdup(release);
	CLEANUP(freep) char *security = xasprintf("%s-security", release);

	format_source(m->archive, suites, keyring, text);
	if (m->security)
		format_source(m->security, security, keyring, text);
}

/* "https://user:secret@host/debian" → "https://host/debian". */
static char *without_password(const char *uri)
{
	const char *host = strstr(uri, "://");
	const char *path, *at = NULL;

	if (!host)
		return xstrdup(uri);
	host += 3;
	path = host + strcspn(host, "/");
	for (const char *p = host; p < path; p++)
		if (*p == '@')
			at = p;
	return at ? xasprintf("%.*s%s", (int)(host - uri), uri, at + 1) : xstrdup(uri);
}

void debian_mirrors_for_image(
	const struct debian_mirrors *build, bool from_recipe, struct debian_mirrors *ret)
{
	if (!from_recipe || text_starts_with(build->archive, "file:")) {
		debian_mirrors_default(ret);
		return;
	}
	*ret = (struct debian_mirrors){
		.archive = without_password(build->archive),
		.security = build->security ? without_password(build->security) : NULL,
		.updates = build->updates,
	};
}

int debian_mirror_check(const char *mirror, struct error *err)
{
	if (!text_starts_with(mirror, "http://") &&
		!text_starts_with(mirror, "https://") &&
		!text_starts_with(mirror, "file:/"))
		return error_set(err, ERR_RECIPE, 0,
			"the mirror '%s' is no http://, https:// or file:/ address",
			mirror);
	for (const char *p = mirror; *p; p++)
		if (isspace((unsigned char)*p) || iscntrl((unsigned char)*p) ||
			strchr("[]\"'\\", *p))
			return error_set(err, ERR_RECIPE, 0,
				"the mirror '%s' has a character that cannot stand in an "
				"address",
				mirror);
	return 0;
}
