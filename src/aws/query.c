/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/query.h"

#include <ctype.h>
#include <stdio.h>

#include "aws/uri.h"
#include "aws/xml.h"
#include "base/alloc.h"
#include "base/cleanup.h"

struct encoder {
	struct strbuf *to;
	struct strbuf path; /* of the member that is being written */
	enum query_lists lists;
};

static void put(struct encoder *e, const char *text)
{
	strbuf_add_char(e->to, '&');
	strbuf_add(e->to, e->path.data, e->path.length_bytes);
	strbuf_add_char(e->to, '=');
	uri_encode(e->to, text);
}

static void put_uint(struct encoder *e, struct shape_uint n)
{
	char text[24];

	if (!n.set)
		return;
	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)n.value);
	put(e, text);
}

static void put_struct(struct encoder *e, const struct shape *s, const void *value);

static void put_list(
	struct encoder *e, const struct shape_field *f, const struct shape_list *list)
{
	size_t before = e->path.length_bytes;

	for (size_t i = 0; i < list->count; i++) {
		const void *item = shape_item(f, list, i);

		strbuf_addf(&e->path,
			e->lists == QUERY_LISTS_FLAT ? ".%zu" : ".member.%zu", i + 1);
		if (f->shape)
			put_struct(e, f->shape, item);
		else
			put(e, item);
		strbuf_truncate(&e->path, before);
	}
}

static void put_field(struct encoder *e, const struct shape_field *f, const void *value)
{
	const struct shape_list list =
		f->kind == SHAPE_LIST ? shape_list(value, f) : (struct shape_list){ 0 };
	enum shape_bool b;

	switch (f->kind) {
	case SHAPE_STRING:
		if (shape_string(value, f))
			put(e, shape_string(value, f));
		break;
	case SHAPE_BOOL:
		b = shape_bool(value, f);
		if (b != SHAPE_UNSET)
			put(e, b == SHAPE_TRUE ? "true" : "false");
		break;
	case SHAPE_UINT:
		put_uint(e, shape_uint(value, f));
		break;
	case SHAPE_LIST:
		put_list(e, f, &list);
		break;
	case SHAPE_STRUCT:
		put_struct(e, f->shape, shape_member(value, f));
		break;
	}
}

static void put_struct(struct encoder *e, const struct shape *s, const void *value)
{
	size_t before = e->path.length_bytes;

	for (size_t i = 0; i < s->count; i++) {
		const char *name = s->fields[i].name;

		if (before)
			strbuf_add_char(&e->path, '.');
		strbuf_add_char(&e->path, (char)toupper((unsigned char)*name));
		strbuf_add_str(&e->path, name + 1);
		put_field(e, &s->fields[i], value);
		strbuf_truncate(&e->path, before);
	}
}

void query_encode(
	const struct query_action *action, const void *request, struct strbuf *to)
{
	struct encoder e = {
		.to = to, .path = STRBUF_INIT, .lists = action->service->lists
	};

	strbuf_addf(to, "Action=%s&Version=%s", action->name, action->service->version);
	put_struct(&e, action->request, request);
	strbuf_release(&e.path);
}

int query_decode(const struct query_action *action, const void *xml, size_t length_bytes,
	void *value, struct error *err)
{
	static const struct shape nothing;
	CLEANUP(freep) char *root = xasprintf("%sResponse", action->name);
	const struct shape_field field = {
		.name = root,
		.kind = SHAPE_STRUCT,
		.shape = action->answer ? action->answer : &nothing,
	};
	const struct shape document = {
		.fields = &field, .count = 1, .size_bytes = field.shape->size_bytes
	};
	char unused;

	return xml_decode(
		xml, length_bytes, &document, action->answer ? value : &unused, err);
}
