/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "imds/http.h"

#include <stdint.h>

#include "rt/string.h"
#include "rt/text.h"

/* What the head says of the body. */
struct framing {
	uint64_t length_bytes;
	bool has_length;
	bool chunked;
};

struct line {
	const char *begin;
	const char *end; /* without CR LF */
};

/* The line at `*at`, which is moved behind it; false: it has no end before `end`. */
static bool take_line(const char **at, const char *end, struct line *ret)
{
	const char *newline = memchr(*at, '\n', (size_t)(end - *at));

	if (!newline)
		return false;
	ret->begin = *at;
	ret->end = newline > *at && newline[-1] == '\r' ? newline - 1 : newline;
	*at = newline + 1;
	return true;
}

/* "HTTP/1.1 200 OK"; 0: it is no such line. */
static unsigned int parse_status(const struct line *l)
{
	uint64_t status;

	if (l->end - l->begin < 12 || memcmp(l->begin, "HTTP/1.", 7) != 0 ||
		l->begin[8] != ' ' || (l->end - l->begin > 12 && l->begin[12] != ' ') ||
		!text_number(l->begin + 9, 3, 999, &status))
		return 0;
	/* No interim response is asked for, and none is understood. */
	return status < 200 ? 0 : (unsigned int)status;
}

/* The value of field `name`, without the blanks around it; false: another field. */
static bool is_field(const struct line *l, const char *name, struct line *ret_value)
{
	size_t length = strlen(name);

	if ((size_t)(l->end - l->begin) <= length || l->begin[length] != ':' ||
		strncasecmp(l->begin, name, length) != 0)
		return false;
	ret_value->begin = l->begin + length + 1;
	ret_value->end = l->end;
	while (ret_value->begin < ret_value->end && strchr(" \t", *ret_value->begin))
		ret_value->begin++;
	while (ret_value->end > ret_value->begin && strchr(" \t", ret_value->end[-1]))
		ret_value->end--;
	return true;
}

static bool take_field(const struct line *l, struct framing *f)
{
	struct line value;
	uint64_t length;

	if (is_field(l, "content-length", &value)) {
		if (!text_number(value.begin, (size_t)(value.end - value.begin),
			    UINT32_MAX, &length))
			return false;
		if (f->has_length && f->length_bytes != length)
			return false;
		f->has_length = true;
		f->length_bytes = length;
	} else if (is_field(l, "transfer-encoding", &value)) {
		if (f->chunked || value.end - value.begin != 7 ||
			strncasecmp(value.begin, "chunked", 7) != 0)
			return false;
		f->chunked = true;
	}
	return true;
}

/* "1a;extension": hexadecimal. */
static bool parse_chunk_size(const struct line *l, size_t *ret)
{
	size_t size = 0, digits = 0;

	for (const char *p = l->begin; p < l->end && *p != ';' && *p != ' '; p++) {
		char c = *p;
		int nibble = c >= '0' && c <= '9'		  ? c - '0'
			     : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
								  : -1;

		if (nibble < 0 || ++digits > 7)
			return false;
		size = size << 4 | (size_t)nibble;
	}
	*ret = size;
	return digits > 0;
}

/* Walk the chunks at `at`. With `join` set they are moved together to that place. */
static enum http_progress walk_chunks(
	const char *at, const char *end, size_t most, char *join, size_t *ret_bytes)
{
	struct line line;
	size_t total = 0, size;

	for (;;) {
		if (!take_line(&at, end, &line))
			return end - at > 128 ? HTTP_MALFORMED : HTTP_INCOMPLETE;
		if (!parse_chunk_size(&line, &size))
			return HTTP_MALFORMED;
		if (!size)
			break;
		if (size > most - total)
			return HTTP_TOO_LARGE;
		if ((size_t)(end - at) < size)
			return HTTP_INCOMPLETE;
		if (join)
			memmove(join + total, at, size);
		total += size;
		at += size;
		if (!take_line(&at, end, &line))
			return end - at > 1 ? HTTP_MALFORMED : HTTP_INCOMPLETE;
		if (line.begin != line.end)
			return HTTP_MALFORMED;
	}
	/* Trailer fields say nothing that is used; an empty line ends them. */
	do {
		if (!take_line(&at, end, &line))
			return HTTP_INCOMPLETE;
	} while (line.begin != line.end);
	*ret_bytes = total;
	return HTTP_COMPLETE;
}

/* The response's head: HTTP_COMPLETE with `*at` at the body. */
static enum http_progress parse_head(
	const char **at, const char *end, unsigned int *ret_status, struct framing *f)
{
	const char *limit = *at + HTTP_HEAD_MOST_BYTES;
	struct line line;
	bool first = true;

	for (;;) {
		if (!take_line(at, end < limit ? end : limit, &line))
			return end < limit ? HTTP_INCOMPLETE : HTTP_MALFORMED;
		if (first) {
			*ret_status = parse_status(&line);
			if (!*ret_status)
				return HTTP_MALFORMED;
			first = false;
		} else if (line.begin == line.end) {
			break;
		} else if (!take_field(&line, f)) {
			return HTTP_MALFORMED;
		}
	}
	if (f->chunked && f->has_length)
		return HTTP_MALFORMED;
	if (*ret_status == 204 || *ret_status == 304)
		*f = (struct framing){ .has_length = true };
	return HTTP_COMPLETE;
}

/* A body that ends where its length says, or where the connection does. */
static enum http_progress measure_plain(
	const struct framing *f, size_t came, bool at_end, size_t most, size_t *ret_bytes)
{
	uint64_t bytes = f->has_length ? f->length_bytes : came;

	if (bytes > most)
		return HTTP_TOO_LARGE;
	if (f->has_length ? came < bytes : !at_end)
		return HTTP_INCOMPLETE;
	*ret_bytes = bytes;
	return HTTP_COMPLETE;
}

enum http_progress http_parse(char *data, size_t length, bool at_end,
	size_t body_most_bytes, struct http_response *ret)
{
	const char *at = data, *end = data + length;
	struct framing f = { 0 };
	unsigned int status = 0;
	size_t body_bytes = 0;
	enum http_progress progress = parse_head(&at, end, &status, &f);
	char *body = data + (at - data);

	if (progress == HTTP_COMPLETE)
		progress = f.chunked ? walk_chunks(at, end, body_most_bytes, NULL,
					       &body_bytes)
				     : measure_plain(&f, (size_t)(end - at), at_end,
					       body_most_bytes, &body_bytes);
	if (progress == HTTP_INCOMPLETE && at_end)
		return HTTP_MALFORMED;
	if (progress != HTTP_COMPLETE)
		return progress;
	if (f.chunked)
		(void)walk_chunks(at, end, body_most_bytes, body, &body_bytes);
	body[body_bytes] = '\0';
	*ret = (struct http_response){ status, body, body_bytes };
	return HTTP_COMPLETE;
}
