/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/json.h"

#include <string.h>

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

/* Length of the UTF-8 sequence at `s` (RFC 3629), or 0 when it is none. */
static size_t utf8_sequence(const unsigned char *s)
{
	size_t length = s[0] < 0x80   ? 1
			: s[0] < 0xc2 ? 0
			: s[0] < 0xe0 ? 2
			: s[0] < 0xf0 ? 3
			: s[0] < 0xf5 ? 4
				      : 0;

	for (size_t i = 1; i < length; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates, beyond U+10FFFF. */
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
		(s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return length;
}

static void add_quoted(struct strbuf *to, const char *text)
{
	static const char escaped[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
	const unsigned char *s = (const unsigned char *)text;

	strbuf_add_char(to, '"');
	while (*s) {
		size_t length = utf8_sequence(s);
		const char *e = strchr(escaped, *s);

		if (e) {
			strbuf_add_char(to, '\\');
			strbuf_add_char(to, letters[e - escaped]);
		} else if (*s < 0x20) {
			strbuf_addf(to, "\\u%04x", *s);
		} else if (!length) {
			strbuf_add_str(to, replacement);
		} else {
			strbuf_add(to, s, length);
		}
		s += length ? length : 1;
	}
	strbuf_add_char(to, '"');
}

static void new_line(struct json *j)
{
	if (!j->pretty)
		return;
	strbuf_add_char(j->to, '\n');
	for (unsigned int i = 0; i < j->depth; i++)
		strbuf_add_str(j->to, "  ");
}

static void begin_value(struct json *j, const char *key)
{
	if (j->need_comma)
		strbuf_add_char(j->to, ',');
	if (j->depth)
		new_line(j);
	if (key) {
		add_quoted(j->to, key);
		strbuf_add_str(j->to, j->pretty ? ": " : ":");
	}
	j->need_comma = true;
}

static void open_group(struct json *j, const char *key, char bracket)
{
	begin_value(j, key);
	strbuf_add_char(j->to, bracket);
	j->depth++;
	j->need_comma = false;
}

static void close_group(struct json *j, char bracket)
{
	j->depth--;
	if (j->need_comma)
		new_line(j);
	strbuf_add_char(j->to, bracket);
	j->need_comma = true;
}

void json_object_begin(struct json *j, const char *key)
{
	open_group(j, key, '{');
}

void json_object_end(struct json *j)
{
	close_group(j, '}');
}

void json_array_begin(struct json *j, const char *key)
{
	open_group(j, key, '[');
}

void json_array_end(struct json *j)
{
	close_group(j, ']');
}

void json_add_string(struct json *j, const char *key, const char *value)
{
	begin_value(j, key);
	if (value)
		add_quoted(j->to, value);
	else
		strbuf_add_str(j->to, "null");
}

void json_add_uint(struct json *j, const char *key, uint64_t value)
{
	begin_value(j, key);
	strbuf_addf(j->to, "%llu", (unsigned long long)value);
}

void json_add_seconds(struct json *j, const char *key, uint64_t ms)
{
	begin_value(j, key);
	strbuf_addf(j->to, "%llu.%03u", (unsigned long long)(ms / 1000),
		(unsigned int)(ms % 1000));
}

void json_add_bool(struct json *j, const char *key, bool value)
{
	begin_value(j, key);
	strbuf_add_str(j->to, value ? "true" : "false");
}

void json_add_null(struct json *j, const char *key)
{
	begin_value(j, key);
	strbuf_add_str(j->to, "null");
}

void json_add_json(struct json *j, const char *key, const char *text)
{
	begin_value(j, key);
	strbuf_add_str(j->to, text);
}
