/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/rest.h"

#include <stdlib.h>
#include <string.h>

#include "aws/service_error.h"
#include "aws/shape_json.h"
#include "aws/uri.h"
#include "aws/xml.h"
#include "base/alloc.h"
#include "base/cleanup.h"

void rest_call_release(struct rest_call *c)
{
	strbuf_release(&c->path);
	free(c->bucket);
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

/* A member of the path; `name` is that in its braces, with '+' where '/' stays. */
static int add_label(const struct rest_action *action, const void *request,
	const char *name, size_t length, struct strbuf *to, struct error *err)
{
	const bool is_path = length && name[length - 1] == '+';
	const struct shape_field *f =
		find_in_path(action->request, name, length - is_path);
	CLEANUP(freep) char *text = scalar_text(f, request);

	/* "." and ".." would be another path to whoever normalises it. */
	if (!text || !*text || strcmp(text, ".") == 0 || strcmp(text, "..") == 0)
		return error_set(err, ERR_USAGE, 0, "%s needs a %s, and '%s' is none",
			action->name, f->name, text ? text : "");
	if (is_path)
		uri_encode_path(to, text);
	else
		uri_encode(to, text);
	return 0;
}

static int add_path(const struct rest_action *action, const void *request,
	struct strbuf *to, struct error *err)
{
	const char *at = action->path;

	while (*at) {
		size_t plain = strcspn(at, "{"), length;

		strbuf_add(to, at, plain);
		at += plain;
		if (!*at)
			break;
		length = strcspn(++at, "}");
		if (add_label(action, request, at, length, to, err) < 0)
			return -1;
		at += length + 1;
	}
	return 0;
}

/* Its bucket may become a part of the host's name: as it is, it is one of a path. */
static void note_bucket(
	const struct rest_action *action, const void *request, struct rest_call *c)
{
	static const char bucket[] = "Bucket";

	if (action->protocol != REST_S3)
		return;
	c->bucket = scalar_text(
		find_in_path(action->request, bucket, strlen(bucket)), request);
	c->bucket_bytes = 1 + strcspn(c->path.data + 1, "/");
}

static void add_query(struct rest_call *c, const char *name, char *value)
{
	if (c->query_count == REST_QUERY_MOST)
		abort(); /* a table with more than any action has */
	c->query[c->query_count++] = (struct sigv4_pair){ name, value };
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

	if (f->place != SHAPE_IN_QUERY && f->place != SHAPE_IN_HEADER)
		return;
	text = scalar_text(f, request);
	if (text && f->place == SHAPE_IN_QUERY)
		add_query(c, f->name, text);
	else if (text)
		rest_call_add_header(c, f->name, text);
}

static bool has_body(const struct shape *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->fields[i].place == SHAPE_IN_BODY)
			return true;
	return false;
}

static void add_body(
	const struct rest_action *action, const void *request, struct rest_call *c)
{
	if (action->protocol == REST_S3) {
		xml_encode(action->request, request, &c->body);
		return;
	}
	shape_to_json(action->request, SHAPE_IN_BODY, request, &c->body);
	rest_call_add_header(c, "Content-Type",
		xstrdup(action->target ? "application/x-amz-json-1.1"
				       : "application/json"));
}

int rest_encode(const struct rest_action *action, const void *request,
	struct rest_call *ret, struct error *err)
{
	CLEANUP(rest_call_releasep) struct rest_call c = REST_CALL_INIT;
	const struct shape *s = action->request;

	if (add_path(action, request, &c.path, err) < 0)
		return -1;
	note_bucket(action, request, &c);
	if (action->query.name)
		add_query(&c, action->query.name, xstrdup(action->query.value));
	for (size_t i = 0; i < s->count; i++)
		add_outside_body(&s->fields[i], request, &c);
	if (has_body(s))
		add_body(action, request, &c);
	if (action->target)
		rest_call_add_header(&c, "X-Amz-Target", xstrdup(action->target));
	*ret = c;
	c = (struct rest_call)REST_CALL_INIT;
	return 0;
}

size_t rest_answer_headers(
	const struct rest_action *action, const char **ret, size_t room)
{
	const struct shape *s = action->answer;
	size_t count = 0;

	for (size_t i = 0; s && i < s->count; i++)
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

static int take_headers(const struct shape *s, const struct http_answer *answer,
	void *value, struct error *err)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct shape_field *f = &s->fields[i];
		const char *text = f->place == SHAPE_IN_HEADER
					   ? http_answer_header(answer, f->name)
					   : NULL;

		if (text && take_header(f, text, value, err) < 0)
			return -1;
	}
	return 0;
}

/* Into a struct of zeroes. */
static int take_body(const struct rest_action *action, const struct http_answer *answer,
	void *value, struct error *err)
{
	const struct shape_field root = { action->answer_root, 0, SHAPE_STRUCT,
		action->answer };
	const struct shape document = { &root, 1, action->answer->size_bytes };
	const struct strbuf *body = &answer->body;

	if (action->protocol == REST_S3)
		return xml_decode(body->data, body->length_bytes, &document, value, err);
	return shape_from_json(action->answer, SHAPE_IN_BODY, body->data,
		body->length_bytes, value, err);
}

int rest_decode(const struct rest_action *action, const struct http_answer *answer,
	void *value, struct error *err)
{
	const struct shape *s = action->answer;

	if (!s)
		return 0;
	memset(value, 0, s->size_bytes);
	if ((!has_body(s) || take_body(action, answer, value, err) == 0) &&
		take_headers(s, answer, value, err) == 0)
		return 0;
	shape_release(s, value);
	return -1;
}

bool rest_is_refusal(const struct rest_action *action, const struct http_answer *answer)
{
	CLEANUP(service_error_releasep) struct service_error e = SERVICE_ERROR_INIT;

	if (action->protocol != REST_S3 || !action->answer_root)
		return false;
	service_error_from_xml(answer, &e);
	return e.code != NULL;
}
