/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/ini.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "aws/secret.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"

/*
 * The text is parsed in place. A value that goes on over several lines is moved together:
 * what is written never reaches what is still to be read, for each piece loses at least
 * its line's end, and takes one line feed.
 */
struct parser {
	struct ini *ini;
	const char *what;
	char *next; /* the first line that is not yet read */
	char *end;
	size_t line; /* number of the line that is being read */
	size_t section; /* index in ini->sections */
	bool in_section, in_value;
	size_t indent; /* of the last key or section */
	char *value_end; /* of the last key of the section, where in_value */
};

void ini_release(struct ini *ini)
{
	for (size_t i = 0; i < ini->count; i++)
		free(ini->sections[i].entries);
	free(ini->sections);
	secret_free(ini->text, ini->text_bytes);
	*ini = (struct ini)INI_INIT;
}

static bool is_white(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
}

static char *strip_end(char *from, char *to)
{
	while (to > from && is_white(to[-1]))
		to--;
	return to;
}

static struct ini_section *add_section(struct ini *ini, const char *name)
{
	array_reserve_one(
		(void **)&ini->sections, ini->count, &ini->room, sizeof(*ini->sections));
	ini->sections[ini->count] = (struct ini_section){ .name = name };
	return &ini->sections[ini->count++];
}

static const char *own(const struct ini_section *section, const char *key)
{
	for (size_t i = 0; i < section->count; i++)
		if (strcmp(section->entries[i].key, key) == 0)
			return section->entries[i].value;
	return NULL;
}

const char *ini_get(
	const struct ini *ini, const struct ini_section *section, const char *key)
{
	const char *value = own(section, key);

	return value ? value : own(&ini->sections[0], key);
}

static int fail(const struct parser *p, struct error *err, const char *why)
{
	return error_set(err, ERR_FORMAT, 0, "%s, line %zu: %s", p->what, p->line, why);
}

/* White space at the end of a value, also lines of it, is not part of it. */
static void end_value(struct parser *p)
{
	struct ini_section *section = &p->ini->sections[p->section];
	char *value;

	if (!p->in_value)
		return;
	p->in_value = false;
	value = (char *)section->entries[section->count - 1].value;
	*strip_end(value, p->value_end) = '\0';
}

static void continue_value(struct parser *p, const char *text, size_t length_bytes)
{
	*p->value_end++ = '\n';
	memmove(p->value_end, text, length_bytes);
	p->value_end += length_bytes;
}

/* "[name] whatever": the name goes up to the last bracket. False: it is none. */
static int read_section(
	struct parser *p, char *from, char *to, bool *ret_is_one, struct error *err)
{
	char *last = memrchr(from, ']', (size_t)(to - from));

	*ret_is_one = *from == '[' && last && last > from + 1;
	if (!*ret_is_one)
		return 0;
	end_value(p);
	*last = '\0';
	p->in_section = true;
	p->section = 0;
	if (strcmp(from + 1, p->ini->sections[0].name) == 0)
		return 0;
	for (size_t i = 1; i < p->ini->count; i++)
		if (strcmp(p->ini->sections[i].name, from + 1) == 0)
			return fail(p, err, "this section is there already");
	(void)add_section(p->ini, from + 1);
	p->section = p->ini->count - 1;
	return 0;
}

static int read_key(struct parser *p, char *from, char *to, struct error *err)
{
	struct ini_section *section = &p->ini->sections[p->section];
	char *delimiter = from, *key_end;

	end_value(p);
	while (delimiter < to && *delimiter != '=' && *delimiter != ':')
		delimiter++;
	if (delimiter == to)
		return fail(p, err, "neither a [section] nor 'key = value'");
	key_end = strip_end(from, delimiter);
	if (key_end == from)
		return fail(p, err, "no key before the '='");
	*key_end = '\0';
	for (char *c = from; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	if (own(section, from))
		return fail(p, err, "this key is there already");
	delimiter++;
	while (delimiter < to && is_white(*delimiter))
		delimiter++;
	array_reserve_one((void **)&section->entries, section->count, &section->room,
		sizeof(*section->entries));
	section->entries[section->count++] = (struct ini_entry){ from, delimiter };
	p->in_value = true;
	p->value_end = to;
	return 0;
}

static int read_line(struct parser *p, char *line, char *line_end, struct error *err)
{
	char *from = line, *to = strip_end(line, line_end);
	size_t indent;
	bool is_section;

	while (from < to && is_white(*from))
		from++;
	if (from < to && (*from == '#' || *from == ';'))
		return 0;
	if (from == to) {
		if (p->in_value)
			continue_value(p, from, 0);
		return 0;
	}
	indent = (size_t)(from - line);
	if (p->in_value && indent > p->indent) {
		continue_value(p, from, (size_t)(to - from));
		return 0;
	}
	p->indent = indent;
	if (read_section(p, from, to, &is_section, err) < 0)
		return -1;
	if (is_section)
		return 0;
	if (!p->in_section)
		return fail(p, err, "something stands before the first [section]");
	return read_key(p, from, to, err);
}

/* Lines end by LF, CR LF or CR. */
static int read_lines(struct parser *p, struct error *err)
{
	while (p->next < p->end) {
		char *line = p->next, *line_end = line;

		while (line_end < p->end && *line_end != '\n' && *line_end != '\r')
			line_end++;
		p->next = line_end + (line_end < p->end);
		if (p->next < p->end && *line_end == '\r' && *p->next == '\n')
			p->next++;
		p->line++;
		if (read_line(p, line, line_end, err) < 0)
			return -1;
	}
	end_value(p);
	return 0;
}

/* The next line of a nested value: false at its end. *ret_separator: NULL when it has no
 * '='. */
static bool nested_line(const char **text, const char **ret_from, const char **ret_to,
	const char **ret_separator)
{
	const char *from, *to;

	do {
		if (!**text)
			return false;
		from = *text;
		to = from + strcspn(from, "\n");
		*text = to + (*to == '\n');
		while (from < to && is_white(*from))
			from++;
		while (to > from && is_white(to[-1]))
			to--;
	} while (from == to);
	*ret_from = from;
	*ret_to = to;
	*ret_separator = memchr(from, '=', (size_t)(to - from));
	return true;
}

static int check_nested(const struct ini *ini, const char *what, struct error *err)
{
	const char *from, *to, *separator;

	/* [DEFAULT] is only asked for as part of another. */
	for (size_t i = ini->count == 1; i < ini->count; i++) {
		for (size_t k = 0; k < ini->sections[i].count; k++) {
			const struct ini_entry *entry = &ini->sections[i].entries[k];
			const char *text = entry->value;

			while (*entry->value == '\n' &&
				nested_line(&text, &from, &to, &separator))
				if (!separator)
					return error_set(err, ERR_FORMAT, 0,
						"%s: below '%s' of [%s] a line is not "
						"'key = value'",
						what, entry->key, ini->sections[i].name);
		}
	}
	return 0;
}

char *ini_nested(const char *value, const char *key)
{
	const char *from, *to, *separator, *found = NULL, *found_to = NULL;
	size_t length = strlen(key);

	while (*value && nested_line(&value, &from, &to, &separator)) {
		const char *key_end = separator;

		while (key_end && key_end > from && is_white(key_end[-1]))
			key_end--;
		if (!separator || (size_t)(key_end - from) != length ||
			strncmp(from, key, length) != 0)
			continue;
		/* The last one counts. */
		found = separator + 1;
		found_to = to;
	}
	while (found && found < found_to && is_white(*found))
		found++;
	return found ? xstrndup(found, (size_t)(found_to - found)) : NULL;
}

/* `ini` owns its text, which has room for one byte more. */
static int parse_in_place(struct ini *ini, const char *what, struct error *err)
{
	static const char mark[] = "\xef\xbb\xbf";
	size_t length = ini->text_bytes - 1;
	struct parser p = { .ini = ini, .what = what };

	p.next = ini->text;
	p.end = ini->text + length;
	if (memchr(ini->text, '\0', length))
		return error_set(err, ERR_FORMAT, 0, "%s is not a text file", what);
	if (length >= 3 && memcmp(ini->text, mark, 3) == 0)
		p.next += 3;
	(void)add_section(ini, "DEFAULT");
	if (read_lines(&p, err) < 0)
		return -1;
	return check_nested(ini, what, err);
}

int ini_parse(const char *text, size_t length_bytes, const char *what, struct ini *ret,
	struct error *err)
{
	CLEANUP(ini_releasep) struct ini ini = INI_INIT;

	if (length_bytes > INI_MOST_BYTES)
		return error_set(err, ERR_FORMAT, 0, "%s is more than %d bytes", what,
			INI_MOST_BYTES);
	ini.text_bytes = length_bytes + 1;
	ini.text = secret_alloc(ini.text_bytes);
	memcpy(ini.text, text, length_bytes);
	if (parse_in_place(&ini, what, err) < 0)
		return -1;
	*ret = ini;
	ini = (struct ini)INI_INIT;
	return 0;
}

int ini_load(const char *path, struct ini *ret, bool *ret_found, struct error *err)
{
	CLEANUP(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *text;
	size_t length_bytes;
	struct stat st;
	int rc;

	if (fd < 0 && errno != ENOENT && errno != ENOTDIR)
		return error_errno(err, "open '%s'", path);
	if (fd >= 0 && fstat(fd, &st) < 0)
		return error_errno(err, "look at '%s'", path);
	*ret_found = fd >= 0 && S_ISREG(st.st_mode);
	if (!*ret_found)
		return ini_parse("", 0, path, ret, err);
	/* One byte more than may be tells a file that is too long. */
	text = secret_alloc(INI_MOST_BYTES + 1);
	rc = fd_read(fd, text, INI_MOST_BYTES + 1, &length_bytes, path, err);
	if (rc == 0)
		rc = ini_parse(text, length_bytes, path, ret, err);
	secret_free(text, INI_MOST_BYTES + 1);
	return rc;
}
