/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/apt_error.h"

#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

/* The first pattern that stands anywhere in the output decides; so: gravest first. */
static const struct {
	const char *pattern;
	enum err_code code;
	const char *what; /* what the line that has it is about */
} patterns[] = {
	{ "No space left on device", ERR_SPACE, "the disk is full" },
	{ "Disk quota exceeded", ERR_SPACE, "the disk quota is used up" },
	{ "Hash Sum mismatch", ERR_UNTRUSTED,
		"not what was signed (a damaged mirror, or someone in between)" },
	{ "File has unexpected size", ERR_UNTRUSTED,
		"not what was signed (a damaged mirror, or someone in between)" },
	{ "GPG error:", ERR_UNTRUSTED, "the signature is not good" },
	{ "OpenPGP signature verification failed", ERR_UNTRUSTED,
		"the signature is not good" },
	{ "Clearsigned file isn't valid", ERR_UNTRUSTED, "the signature is not good" },
	{ "is not signed", ERR_UNTRUSTED, "the signature is not good" },
	{ "is no longer signed", ERR_UNTRUSTED, "the signature is not good" },
	{ "does not have a Release file", ERR_FETCH, "no such release there" },
	{ "is expired", ERR_UNTRUSTED, "too old to be trusted" },
	{ "is not valid yet", ERR_UNTRUSTED,
		"dated in the future: is this machine's clock right?" },
	{ "Failed to fetch", ERR_FETCH, "could not be fetched" },
	{ "Unable to locate package", ERR_RECIPE, "unknown package" },
	{ "has no installation candidate", ERR_RECIPE, "no such package to install" },
	{ "was not found", ERR_RECIPE, "no such version of a package" },
	{ "unmet dependencies", ERR_RECIPE,
		"packages that cannot be installed together" },
	{ "Unable to correct problems", ERR_RECIPE,
		"packages that cannot be installed together" },
	{ "Could not resolve", ERR_FETCH, "no such host" },
};

/* "Failed to fetch URI  reason [IP: …]" → "URI: reason". */
static char *tidy(const char *line)
{
	static const char before[] = "Failed to fetch ";
	const size_t skip = sizeof(before) - 1;
	const char *gap = strstr(line, "  "), *address = strstr(line, " [IP:");
	size_t length = address ? (size_t)(address - line) : strlen(line);

	if (strncmp(line, before, skip) != 0 || !gap || gap < line + skip ||
		(size_t)(gap - line) + 2 > length)
		return xstrdup(line);
	return xasprintf("%.*s: %.*s", (int)(gap - line - (ptrdiff_t)skip), line + skip,
		(int)(length - (size_t)(gap - line) - 2), gap + 2);
}

/* The line that `at` stands in, without "E: " or "W: ". */
static char *line_around(const char *text, const char *at)
{
	const char *start = at;
	CLEANUP(freep) char *line = NULL;

	while (start > text && start[-1] != '\n')
		start--;
	line = xstrndup(start, strcspn(start, "\n"));
	if ((line[0] == 'E' || line[0] == 'W') && line[1] == ':' && line[2] == ' ')
		memmove(line, line + 3, strlen(line + 3) + 1);
	return tidy(line);
}

/* "Err:2 …" lines and hints beneath carry the same words: a line that names a file is
 * best. */
static const char *best_match(const char *output, const char *pattern)
{
	const char *first = strstr(output, pattern);

	for (const char *p = first; p; p = strstr(p + 1, pattern)) {
		CLEANUP(freep) char *line = line_around(output, p);

		if (strstr(line, "://") || strstr(line, "file:/"))
			return p;
	}
	return first;
}

void apt_error_explain(struct error *err)
{
	CLEANUP(freep) char *output = xstrdup(err->output);

	if (err->code != ERR_CHILD)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		const char *at = best_match(output, patterns[i].pattern);
		CLEANUP(freep) char *line = NULL;

		if (!at)
			continue;
		line = line_around(output, at);
		(void)error_set(
			err, patterns[i].code, 0, "%s: %s", patterns[i].what, line);
		error_set_output(err, output, strlen(output));
		return;
	}
}

char *apt_error_unknown_package(const char *output)
{
	static const char before[] = "Unable to locate package ";
	const char *at = strstr(output, before);

	if (!at)
		return NULL;
	at += sizeof(before) - 1;
	return xstrndup(at, strcspn(at, "\n"));
}
