/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/key_lines.h"

#include "rt/string.h"

struct line {
	const char *at;
	size_t length; /* without the newline */
};

/* The line at `*at`, which is moved behind it; false: the text is at its end. */
static bool next_line(const char **at, struct line *ret)
{
	if (!**at)
		return false;
	ret->at = *at;
	ret->length = strcspn(*at, "\n");
	*at += ret->length;
	*at += **at == '\n';
	return true;
}

static bool is_line(const struct line *l, const char *text)
{
	return strlen(text) == l->length && memcmp(text, l->at, l->length) == 0;
}

static size_t word_length(const char *s, size_t length)
{
	size_t i = 0;

	while (i < length && s[i] != ' ' && s[i] != '\t')
		i++;
	return i;
}

static bool is_key_type(const char *s, size_t length)
{
	static const char *const prefixes[] = { "ssh-", "ecdsa-", "sk-" };
	bool known = false;

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		known |= length > strlen(prefixes[i]) &&
			 memcmp(s, prefixes[i], strlen(prefixes[i])) == 0;
	return known && length < 64;
}

/* RFC 4648; a blob begins with a length that is below 2^24 by far, so with "AAAA". */
static bool is_blob(const char *s, size_t length)
{
	size_t i = 0;

	if (length < 68 || length % 4 || memcmp(s, "AAAA", 4) != 0)
		return false;
	while (i < length &&
		((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= 'A' && s[i] <= 'Z') ||
			(s[i] >= '0' && s[i] <= '9') || s[i] == '+' || s[i] == '/'))
		i++;
	return length - i <= 2 && (i == length || s[i] == '=') &&
	       (i + 2 != length || s[i + 1] == '=');
}

/* Length of "type base64" at the line's begin; 0: it is no key. */
static size_t key_length(const char *line, size_t length)
{
	size_t type = word_length(line, length);
	size_t blob;

	if (type + 1 >= length || line[type] != ' ' || !is_key_type(line, type))
		return 0;
	blob = word_length(line + type + 1, length - type - 1);
	return is_blob(line + type + 1, blob) ? type + 1 + blob : 0;
}

bool key_line_is_valid(const char *line, size_t length)
{
	if (length > KEY_LINE_MOST_BYTES)
		return false;
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 127)
			return false;
	return key_length(line, length) > 0;
}

/* Does a line of `text` that is no comment hold this key, maybe behind options? */
static bool text_has_key(const char *text, const char *key, size_t length)
{
	struct line l;

	while (next_line(&text, &l)) {
		const char *found = l.at;
		const char *end = l.at + l.length;

		if (l.at[strspn(l.at, " \t")] == '#')
			continue;
		while ((found = memmem(found, (size_t)(end - found), key, length))) {
			bool begins =
				found == l.at || found[-1] == ' ' || found[-1] == '\t';

			if (begins &&
				(found + length == end || strchr(" \t\r", found[length])))
				return true;
			found++;
		}
	}
	return false;
}

/* A begin without its end is a remnant: only that line goes, as what follows may be
 * anyone's. */
static void add_foreign_lines(const char *old, struct text *to)
{
	bool inside = false;
	struct line l;

	while (next_line(&old, &l)) {
		if (is_line(&l, KEY_LINES_BEGIN)) {
			inside = strstr(old, KEY_LINES_END) != NULL;
		} else if (is_line(&l, KEY_LINES_END)) {
			inside = false;
		} else if (!inside) {
			text_add(to, l.at, l.length);
			text_add(to, "\n", 1);
		}
	}
}

static struct line trimmed(struct line l)
{
	while (l.length && strchr(" \t\r", l.at[l.length - 1]))
		l.length--;
	while (l.length && strchr(" \t", *l.at)) {
		l.at++;
		l.length--;
	}
	return l;
}

struct key_lines_count key_lines_merge(
	const char *old, const char *launch, struct text *to)
{
	struct key_lines_count count = { 0 };
	struct line l;

	add_foreign_lines(old, to);
	while (next_line(&launch, &l)) {
		l = trimmed(l);
		if (!l.length || *l.at == '#')
			continue;
		if (!key_line_is_valid(l.at, l.length)) {
			count.refused++;
		} else if (text_has_key(to->data, l.at, key_length(l.at, l.length))) {
			count.present++;
		} else {
			if (!count.written++)
				text_add_str(to, KEY_LINES_BEGIN "\n");
			text_add(to, l.at, l.length);
			text_add(to, "\n", 1);
		}
	}
	if (count.written)
		text_add_str(to, KEY_LINES_END "\n");
	return count;
}
