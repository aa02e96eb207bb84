/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "data/mime_header.h"

#include "rt/string.h"

bool mime_line_next(struct mime_input *in, struct mime_input *ret_line)
{
	struct mime_input line = { .at = in->at, .end = in->end };
	const char *newline;

	if (in->at == in->end)
		return false;
	newline = memchr(in->at, '\n', (size_t)(in->end - in->at));
	if (newline) {
		line.end = newline;
		if (line.end > line.at && line.end[-1] == '\r')
			line.end--;
	}
	in->at = newline ? newline + 1 : in->end;
	*ret_line = line;
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_space(char c)
{
	return is_blank(c) || c == '\r' || c == '\n';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* A name is printable ASCII but the colon. */
static const char *find_colon(const struct mime_input *line)
{
	const char *at = line->at;

	while (at<line->end && * at> ' ' && *at < 0x7f && *at != ':')
		at++;
	return at > line->at && at < line->end && *at == ':' ? at : NULL;
}

bool mime_field_next(struct mime_input *in, struct mime_field *ret)
{
	struct mime_input line, next = *in;
	const char *colon;

	if (!mime_line_next(&next, &line))
		return false;
	colon = find_colon(&line);
	if (!colon) {
		if (line.at == line.end)
			*in = next;
		return false;
	}
	ret->name = (struct mime_input){ .at = line.at, .end = colon };
	ret->value = (struct mime_input){ .at = colon + 1, .end = line.end };
	*in = next;
	while (mime_line_next(&next, &line) && line.at < line.end && is_blank(*line.at)) {
		ret->value.end = line.end;
		*in = next;
	}
	return true;
}

static bool is_word(const struct mime_input *text, const char *word)
{
	size_t length = strlen(word);

	return (size_t)(text->end - text->at) == length &&
	       strncasecmp(text->at, word, length) == 0;
}

bool mime_field_is(const struct mime_field *f, const char *name)
{
	return is_word(&f->name, name);
}

/* Behind white space and comments, which nest and hold escapes. */
static void skip_space(struct mime_input *in)
{
	unsigned int depth = 0;

	for (; in->at < in->end; in->at++) {
		if (*in->at == '(')
			depth++;
		else if (depth == 0 && !is_space(*in->at))
			return;
		else if (depth > 0 && *in->at == ')')
			depth--;
		else if (depth > 0 && *in->at == '\\' && in->at + 1 < in->end)
			in->at++;
	}
}

/* A string in quotes; `in` stands at the first. What is at line ends is a fold. */
static size_t take_quoted(struct mime_input *in, char *to, size_t room)
{
	size_t length = 0;

	for (in->at++; in->at < in->end && *in->at != '"'; in->at++) {
		if (*in->at == '\r' || *in->at == '\n')
			continue;
		if (*in->at == '\\' && in->at + 1 < in->end)
			in->at++;
		if (length < room)
			to[length] = *in->at;
		length++;
	}
	if (in->at < in->end)
		in->at++;
	return length;
}

/*
 * Up to white space or one of `ends`. More is allowed in it than the standard does:
 * people write boundaries with "=" and "/" without quotes, and every reader takes them.
 */
static size_t take_plain(struct mime_input *in, const char *ends, char *to, size_t room)
{
	size_t length = 0;

	for (; in->at < in->end && !is_space(*in->at); in->at++) {
		if (*in->at != '\0' && strchr(ends, *in->at))
			break;
		if (length < room)
			to[length] = *in->at;
		length++;
	}
	return length;
}

void mime_field_value(const struct mime_field *f, char *to, size_t room)
{
	struct mime_input in = f->value;
	size_t length;

	skip_space(&in);
	length = take_plain(&in, ";(", to, room - 1);
	if (length > room - 1)
		length = room - 1;
	for (size_t i = 0; i < length; i++)
		to[i] = to[i] > ' ' && to[i] < 0x7f ? lower(to[i]) : '?';
	to[length] = '\0';
}

/* Up to the ";" before the next parameter; false when there is none. */
static bool skip_to_parameter(struct mime_input *in)
{
	while (in->at < in->end && *in->at != ';') {
		if (*in->at == '"')
			(void)take_quoted(in, NULL, 0);
		else if (*in->at == '(')
			skip_space(in);
		else
			in->at++;
	}
	if (in->at == in->end)
		return false;
	in->at++;
	return true;
}

bool mime_field_parameter(
	const struct mime_field *f, const char *name, char *to, size_t room)
{
	struct mime_input in = f->value;

	while (skip_to_parameter(&in)) {
		struct mime_input found;
		size_t length;

		skip_space(&in);
		found.at = in.at;
		(void)take_plain(&in, "=;(\"", NULL, 0);
		found.end = in.at;
		skip_space(&in);
		if (in.at == in.end || *in.at != '=' || !is_word(&found, name))
			continue;
		in.at++;
		skip_space(&in);
		if (in.at < in.end && *in.at == '"')
			length = take_quoted(&in, to, room);
		else
			length = take_plain(&in, ";", to, room);
		if (length == 0 || length >= room)
			return false;
		to[length] = '\0';
		return true;
	}
	return false;
}
