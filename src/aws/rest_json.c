/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/rest_json.h"

#include <stdlib.h>
#include <string.h>

#include "aws/shape_json.h"
#include "aws/uri.h"
#include "base/alloc.h"
#include "base/cleanup.h"

void rest_call_release(struct rest_call *c)
{
	strbuf_release(&c->path);
	for (size_t i = 0; i < c->query_count; i++)
		free((char *)c->query[i].value);
	for (size_t i = 0; i < c->header_count; i++)
		free((char *)c->headers[i].value);
	strbuf_release(&c->body);
	*c = (struct rest_call)REST_CALL_INIT;
}

/* A scalar outside of the body as text, freed by the caller; NULL when it is not set. */
static char *scalar_text(const struct shape_field *f, const void *value)
{
	struct shape_uint n;
	enum shape_bool b;

	switch (f->kind) {
	case SHAPE_STRING:
		return shape_string(value, f) ? xstrdup(shape_string(value, f)) : NULL;
	case SHAPE_UINT:
		n = shape_uint(value, f);
		return n.set ? xasprintf("%llu", (unsigned long long)n.value) : NULL;
	case SHAPE_BOOL:
		b = shape_bool(value, f);
		return b ? xstrdup(b == SHAPE_TRUE ? "true" : "false") : NULL;
	case SHAPE_LIST:
	case SHAPE_STRUCT:
		break;
	}
	abort(); /* a table that no protocol allows */
}

static const struct shape_field *find_in_path(
	const struct shape *s, const char *name, size_t length)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->fields[i].place == SHAPE_IN_PATH &&
			strlen(s->fields[i].name) == length &&
			memcmp(s->fields[i].name, name, length) == 0)
			return &s->fields[i];
	abort(); /* a path whose table does not fit */
}

static int add_path(const struct rest_action *action, const void *request,
	struct strbuf *to, struct error *err)
{
	const char *at = action->path;

	while (*at) {
		size_t plain = strcspn(at, "{"), length;
		const struct shape_field *f;
		CLEANUP(freep) char *text = NULL;

		strbuf_add(to, at, plain);
		at += plain;
		if (!*at)
			break;
		length = strcspn(++at, "}");
		f = find_in_path(action->request, at, length);
		at += length + 1;
		text = scalar_text(f, request);
		/* "." and ".." would be another path to whoever normalises it. */
		if (!text || !*text || strcmp(text, ".") == 0 || strcmp(text, "..") == 0)
			return error_set(err, ERR_USAGE, 0,
				"%s needs a %s, and '%s' is none", action->name, f->name,
				text ? text : "");
		uri_encode(to, text);
	}
	return 0;
}

static void add_query(
	const struct shape_field *f, const void *request, struct rest_call *c)
{
	char *text = scalar_text(f, request);

	if (!text)
		return;
	if (c->query_count == REST_QUERY_MOST)
		abort(); /* a table with more than any action has */
	c->query[c->query_count++] = (struct sigv4_pair){ f->name, text };
}

void rest_call_add_header(struct rest_call *c, const char *name, char *value)
{
	if (c->header_count == REST_HEADERS_MOST)
		abort(); /* a table with more than any action has */
	c->headers[c->header_count++] = (struct sigv4_pair){ name, value };
}

static void add_outside_body(
	const struct shape_field *f, const void *request, struct rest_call *c)
{
	char *text;

	if (f->place == SHAPE_IN_QUERY)
		add_query(f, request, c);
	if (f->place != SHAPE_IN_HEADER)
		return;
	text = scalar_text(f, request);
	if (text)
		rest_call_add_header(c, f->name, text);
}

static bool has_body(const struct shape *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->fields[i].place == SHAPE_IN_BODY)
			return true;
	return false;
}

int rest_json_encode(const struct rest_action *action, const void *request,
	struct rest_call *ret, struct error *err)
{
	CLEANUP(rest_call_releasep) struct rest_call c = REST_CALL_INIT;
	const struct shape *s = action->request;

	if (add_path(action, request, &c.path, err) < 0)
		return -1;
	for (size_t i = 0; i < s->count; i++)
		add_outside_body(&s->fields[i], request, &c);
	if (has_body(s)) {
		shape_to_json(s, SHAPE_IN_BODY, request, &c.body);
		rest_call_add_header(&c, "Content-Type",
			xstrdup(action->target ? "application/x-amz-json-1.1"
					       : "application/json"));
	}
	if (action->target)
		rest_call_add_header(&c, "X-Amz-Target", xstrdup(action->target));
	*ret = c;
	c = (struct rest_call)REST_CALL_INIT;
	return 0;
}

size_t rest_json_answer_headers(
	const struct rest_action *action, const char **ret, size_t room)
{
	const struct shape *s = action->answer;
	size_t count = 0;

	for (size_t i = 0; i < s->count; i++)
		if (s->fields[i].place == SHAPE_IN_HEADER && count < room)
			ret[count++] = s->fields[i].name;
	return count;
}

static int take_header(
	const struct shape_field *f, const char *text, void *value, struct error *err)
{
	unsigned long long n;
	char *end;

	if (f->kind == SHAPE_STRING) {
		shape_set_string(value, f, xstrdup(text));
		return 0;
	}
	n = strtoull(text, &end, 10);
	if (f->kind != SHAPE_UINT || *text < '0' || *text > '9' || *end)
		return error_set(err, ERR_FORMAT, 0,
			"the header %s of the answer is no number", f->name);
	shape_set_uint(value, f, n);
	return 0;
}

static int take_all(const struct rest_action *action, const struct http_answer *answer,
	void *value, struct error *err)
{
	const struct shape *s = action->answer;

	for (size_t i = 0; i < s->count; i++) {
		const struct shape_field *f = &s->fields[i];
		const char *text = f->place == SHAPE_IN_HEADER
					   ? http_answer_header(answer, f->name)
					   : NULL;

		if (text && take_header(f, text, value, err) < 0)
			return -1;
	}
	if (!has_body(s))
		return 0;
	return shape_from_json(s, SHAPE_IN_BODY, answer->body.data,
		answer->body.length_bytes, value, err);
}

int rest_json_decode(const struct rest_action *action, const struct http_answer *answer,
	void *value, struct error *err)
{
	memset(value, 0, action->answer->size_bytes);
	if (take_all(action, answer, value, err) == 0)
		return 0;
	shape_release(action->answer, value);
	return -1;
}
