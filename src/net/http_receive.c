/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/http_receive.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/size.h"

enum { HEADERS_MOST_BYTES = 64 << 10 };

/* "HTTP/1.1 200 OK" begins an answer; what an interim one (1xx) had is forgotten. */
static int receive_status(struct http_receiver *r, const char *line, size_t length)
{
	struct http_answer *a = r->answer;
	const char *space = memchr(line, ' ', length);
	const char *digits = space ? space + 1 : line;
	unsigned int status = 0;

	if (!space || length - (size_t)(digits - line) < 3)
		return http_answer_fail(
			a, HTTP_NOT_HTTP, "a status line without a status");
	for (int i = 0; i < 3; i++) {
		if (digits[i] < '0' || digits[i] > '9')
			return http_answer_fail(
				a, HTTP_NOT_HTTP, "a status line without a status");
		status = status * 10 + (unsigned int)(digits[i] - '0');
	}
	a->status = status;
	r->headers_done = false;
	for (size_t i = 0; i < a->field_count; i++)
		free(a->fields[i].value);
	a->field_count = 0;
	return 0;
}

static const char *wanted_name(
	const struct http_request *request, const char *name, size_t length)
{
	for (const char *const *w = request->wanted; w && *w; w++)
		if (strlen(*w) == length && strncasecmp(*w, name, length) == 0)
			return *w;
	return NULL;
}

static void keep(struct http_answer *a, const char *name, char *value)
{
	for (size_t i = 0; i < a->field_count; i++) {
		char *old = a->fields[i].value;

		if (a->fields[i].name != name)
			continue;
		a->fields[i].value = xasprintf("%s, %s", old, value);
		free(old);
		free(value);
		return;
	}
	if (a->field_count == HTTP_FIELDS_MOST)
		abort(); /* the request wants more than an answer can hold */
	a->fields[a->field_count].name = name;
	a->fields[a->field_count].value = value;
	a->field_count++;
}

int http_receive_line(struct http_receiver *r, const char *line, size_t length_bytes)
{
	size_t most = r->request->headers_most_bytes;
	const char *colon, *name, *value, *end = line + length_bytes;

	if (!most)
		most = HEADERS_MOST_BYTES;
	if (length_bytes > most - r->headers_bytes)
		return http_answer_fail(r->answer, HTTP_TOO_BIG,
			"the answer's headers are longer than %zu bytes", most);
	r->headers_bytes += length_bytes;
	/* Trailers come after the body, and nobody asked for them. */
	if (r->headers_done)
		return 0;
	if (length_bytes >= 5 && memcmp(line, "HTTP/", 5) == 0)
		return receive_status(r, line, length_bytes);
	if (length_bytes && (*line == '\r' || *line == '\n'))
		r->headers_done = r->answer->status >= 200;
	colon = memchr(line, ':', length_bytes);
	if (!colon)
		return 0;
	name = wanted_name(r->request, line, (size_t)(colon - line));
	if (!name)
		return 0;
	for (value = colon + 1; value < end && (*value == ' ' || *value == '\t');)
		value++;
	while (end > value && strchr(" \t\r\n", end[-1]))
		end--;
	keep(r->answer, name, xstrndup(value, (size_t)(end - value)));
	return 0;
}

static int give_to_sink(struct http_receiver *r, const void *bytes, size_t length)
{
	struct error err = ERROR_INIT;

	if (r->request->sink(r->request->userdata, bytes, length, &err) < 0)
		return http_answer_fail_body(
			r->answer, "take in the answer's body", &err);
	return 0;
}

int http_receive_body(struct http_receiver *r, const void *bytes, size_t length_bytes)
{
	struct http_answer *a = r->answer;
	bool good = a->status >= 200 && a->status < 300;
	uint64_t most = r->request->body_most_bytes;
	char text[16];

	if (!good)
		most = HTTP_ERROR_BODY_MOST_BYTES;
	if (length_bytes > most - r->body_bytes)
		return http_answer_fail(a, HTTP_TOO_BIG,
			"the answer's body is longer than the %s that were expected at "
			"most",
			size_format(most, text));
	r->body_bytes += length_bytes;
	if (good && r->request->sink)
		return give_to_sink(r, bytes, length_bytes);
	strbuf_add(&a->body, bytes, length_bytes);
	return 0;
}
