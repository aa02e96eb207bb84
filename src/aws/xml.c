/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/xml.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/strbuf.h"

#include <libxml/parser.h>

enum {
	DEPTH_MOST = 64,
	FRAMES_MOST = 16, /* deeper than any table */
	TEXT_MOST_BYTES = 1 << 20,
	ITEMS_MOST = 1 << 16, /* of all lists of a document */
};

/* An element that is open and known. */
struct frame {
	const struct shape_field *field; /* what the element is; NULL: an item */
	const struct shape *shape; /* whose members its children are, or NULL */
	void *value; /* the struct of `shape`, or that which `field` stands in */
};

struct decoder {
	xmlParserCtxtPtr parser;
	struct frame frames[FRAMES_MOST];
	size_t open; /* frames */
	size_t depth; /* elements */
	size_t skipped; /* elements that are open inside an unknown one, with it */
	size_t items;
	struct strbuf text; /* of the innermost element, when it is a scalar */
	struct error *err;
	bool failed;
};

/* `element` may be NULL. */
static void stop(struct decoder *d, const char *element, const char *why)
{
	if (!d->failed && element)
		(void)error_set(d->err, ERR_FORMAT, 0, "'%s' %s", element, why);
	else if (!d->failed)
		(void)error_set(d->err, ERR_FORMAT, 0, "%s", why);
	d->failed = true;
	xmlStopParser(d->parser);
}

static const struct shape_field *find_field(const struct shape *s, const char *name)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->fields[i].name, name) == 0)
			return &s->fields[i];
	return NULL;
}

static void open_frame(struct decoder *d, struct frame f)
{
	if (d->open == FRAMES_MOST) {
		stop(d, NULL, "its elements are nested too deeply");
		return;
	}
	strbuf_truncate(&d->text, 0);
	d->frames[d->open++] = f;
}

/* An item of the list that `field` of the struct `value` is. */
static void open_item(struct decoder *d, const struct shape_field *field, void *value)
{
	struct frame f = { .shape = field->shape };

	if (++d->items > ITEMS_MOST) {
		stop(d, NULL, "it lists more than any answer has");
		return;
	}
	if (f.shape)
		f.value = shape_add_struct(value, field);
	else
		f.value = value; /* the string is added at its end */
	open_frame(d, f);
}

static void open_member(struct decoder *d, const struct frame *parent, const char *name)
{
	const struct shape_field *field = find_field(parent->shape, name);
	struct frame f = { .field = field, .value = parent->value };

	if (!field) {
		if (d->depth == 1)
			stop(d, name, "is not the answer that was asked for");
		else
			d->skipped = 1;
		return;
	}
	if (field->is_flat) {
		open_item(d, field, parent->value);
		return;
	}
	if (field->kind == SHAPE_STRUCT) {
		f.shape = field->shape;
		f.value = (char *)parent->value + field->offset;
	}
	open_frame(d, f);
}

static void on_start(void *userdata, const xmlChar *name, const xmlChar *prefix,
	const xmlChar *uri, int namespace_count, const xmlChar **namespaces,
	int attribute_count, int defaulted_count, const xmlChar **attributes)
{
	struct decoder *d = userdata;
	const struct frame *top = &d->frames[d->open - 1];

	(void)prefix;
	(void)uri;
	(void)namespace_count;
	(void)namespaces;
	(void)attribute_count;
	(void)defaulted_count;
	(void)attributes;
	if (d->failed)
		return;
	if (++d->depth > DEPTH_MOST)
		stop(d, NULL, "its elements are nested too deeply");
	else if (d->skipped)
		d->skipped++;
	else if (top->shape)
		open_member(d, top, (const char *)name);
	else if (top->field && top->field->kind == SHAPE_LIST)
		open_item(d, top->field, top->value);
	else
		d->skipped = 1; /* an element inside a scalar */
}

static bool parse_uint(const char *text, uint64_t *ret)
{
	uint64_t n = 0;

	if (!*text)
		return false;
	for (; *text; text++)
		if (*text < '0' || *text > '9' || __builtin_mul_overflow(n, 10, &n) ||
			__builtin_add_overflow(n, (uint64_t)(*text - '0'), &n))
			return false;
	*ret = n;
	return true;
}

static void close_scalar(struct decoder *d, const struct frame *f)
{
	const struct shape_field *field = f->field;
	bool yes = strcasecmp(d->text.data, "true") == 0;
	uint64_t n;

	if (field->kind == SHAPE_STRING) {
		shape_set_string(f->value, field, strbuf_take(&d->text));
		return;
	}
	if (!d->text.length_bytes) /* <iops/> */
		return;
	if (field->kind == SHAPE_UINT && parse_uint(d->text.data, &n))
		shape_set_uint(f->value, field, n);
	else if (field->kind == SHAPE_BOOL &&
		 (yes || strcasecmp(d->text.data, "false") == 0))
		shape_set_bool(f->value, field, yes);
	else
		stop(d, field->name,
			field->kind == SHAPE_UINT ? "is no number"
						  : "is neither true nor false");
}

static void on_end(
	void *userdata, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct decoder *d = userdata;
	const struct frame *top = &d->frames[d->open - 1];

	(void)name;
	(void)prefix;
	(void)uri;
	if (d->failed)
		return;
	d->depth--;
	if (d->skipped) {
		d->skipped--;
		return;
	}
	if (top->field && !top->shape && top->field->kind != SHAPE_LIST)
		close_scalar(d, top);
	else if (!top->field && !top->shape) /* a string in a list */
		shape_add_string(
			top->value, d->frames[d->open - 2].field, strbuf_take(&d->text));
	d->open--;
}

static void on_text(void *userdata, const xmlChar *text, int length)
{
	struct decoder *d = userdata;
	const struct frame *top = &d->frames[d->open - 1];

	if (d->failed || d->skipped || top->shape ||
		(top->field && top->field->kind == SHAPE_LIST))
		return;
	if ((size_t)length > TEXT_MOST_BYTES - d->text.length_bytes)
		stop(d, NULL, "one of its texts is too long");
	else
		strbuf_add(&d->text, text, (size_t)length);
}

static void on_document_type(
	void *userdata, const xmlChar *name, const xmlChar *public, const xmlChar *system)
{
	(void)name;
	(void)public;
	(void)system;
	stop(userdata, NULL, "it has a document type");
}

/* libxml2's own verdict, when the decoder had nothing against it. */
static int judge(struct decoder *d, int result)
{
	const xmlError *why = xmlCtxtGetLastError(d->parser);

	if (d->failed)
		return error_context(d->err, "the XML of the answer is refused");
	if (result == 0)
		return 0;
	return error_set(d->err, ERR_FORMAT, 0,
		"the answer is no well-formed XML: line %d: %.*s", why ? why->line : 0,
		why && why->message ? (int)strcspn(why->message, "\n") : 0,
		why && why->message ? why->message : "");
}

int xml_decode(const void *xml, size_t length_bytes, const struct shape *document,
	void *value, struct error *err)
{
	xmlSAXHandler handler = {
		.initialized = XML_SAX2_MAGIC,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.ignorableWhitespace = on_text,
		.internalSubset = on_document_type,
	};
	struct decoder d = {
		.frames = { { .shape = document, .value = value } },
		.open = 1,
		.text = STRBUF_INIT,
		.err = err,
	};
	int rc;

	memset(value, 0, document->size_bytes);
	if (length_bytes > INT_MAX)
		return error_set(err, ERR_FORMAT, 0, "the answer is too long");
	d.parser = xmlCreatePushParserCtxt(&handler, &d, NULL, 0, NULL);
	if (!d.parser)
		abort(); /* out of memory */
	(void)xmlCtxtUseOptions(
		d.parser, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	rc = judge(&d, xmlParseChunk(d.parser, xml, (int)length_bytes, 1));
	xmlFreeParserCtxt(d.parser);
	strbuf_release(&d.text);
	if (rc < 0)
		shape_release(document, value);
	return rc;
}

/* ---- encoding */

static void add_text(struct strbuf *to, const char *text)
{
	static const char special[] = "&<>\"";
	static const char *const names[] = { "&amp;", "&lt;", "&gt;", "&quot;" };

	while (*text) {
		const size_t plain = strcspn(text, special);

		strbuf_add(to, text, plain);
		text += plain;
		if (*text)
			strbuf_add_str(to, names[strchr(special, *text++) - special]);
	}
}

static void add_element(struct strbuf *to, const char *name, const char *text)
{
	strbuf_addf(to, "<%s>", name);
	add_text(to, text);
	strbuf_addf(to, "</%s>", name);
}

static void add_struct(
	struct strbuf *to, const char *name, const struct shape *s, const void *value)
{
	strbuf_addf(to, "<%s>", name);
	xml_encode(s, value, to);
	strbuf_addf(to, "</%s>", name);
}

/* Those that a request has are flat, and of structs. */
static void add_items(struct strbuf *to, const struct shape_field *f, const void *value)
{
	const struct shape_list list = shape_list(value, f);

	if (!f->is_flat || !f->shape)
		abort(); /* a table that nothing here can write */
	for (size_t i = 0; i < list.count; i++)
		add_struct(to, f->name, f->shape, shape_item(f, &list, i));
}

static void add_member(struct strbuf *to, const struct shape_field *f, const void *value)
{
	struct shape_uint n;
	char digits[24];

	switch (f->kind) {
	case SHAPE_STRING:
		if (shape_string(value, f))
			add_element(to, f->name, shape_string(value, f));
		break;
	case SHAPE_BOOL:
		if (shape_bool(value, f) != SHAPE_UNSET)
			add_element(to, f->name,
				shape_bool(value, f) == SHAPE_TRUE ? "true" : "false");
		break;
	case SHAPE_UINT:
		n = shape_uint(value, f);
		(void)snprintf(
			digits, sizeof(digits), "%llu", (unsigned long long)n.value);
		if (n.set)
			add_element(to, f->name, digits);
		break;
	case SHAPE_LIST:
		add_items(to, f, value);
		break;
	case SHAPE_STRUCT:
		if (shape_is_set(f->shape, shape_member(value, f)))
			add_struct(to, f->name, f->shape, shape_member(value, f));
		break;
	}
}

void xml_encode(const struct shape *s, const void *value, struct strbuf *to)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->fields[i].place == SHAPE_IN_BODY)
			add_member(to, &s->fields[i], value);
}
