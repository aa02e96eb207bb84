/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one place that knows libfyaml. Its event parser is used, and the tree is built
 * here: so depth and number are bounded before anything recurses, and nothing is ever
 * expanded.
 */
#include "core/recipe_node.h"

#include <stdlib.h>
#include <string.h>

#include <libfyaml.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "core/recipe_text.h"

enum { DEPTH_MOST = 16, NODES_MOST = 10000 };

struct builder {
	const struct recipe_source *source;
	struct recipe_node *root;
	struct recipe_node
		*open[DEPTH_MOST]; /* lists and maps not closed yet, outermost first */
	size_t depth, nodes;
	char *key; /* of the next value, when the innermost is a map */
	struct recipe_place key_place;
	struct recipe_place last; /* of the last event that had one */
	unsigned int documents;
};

static void parser_freep(struct fy_parser **p)
{
	if (*p)
		fy_parser_destroy(*p);
}

static void diag_freep(struct fy_diag **d)
{
	if (*d)
		fy_diag_destroy(*d);
}

/* {0, 0} where libfyaml knows no place: for what is not there. */
static struct recipe_place mark_place(const struct fy_mark *mark)
{
	if (!mark || mark->line < 0 || mark->column < 0)
		return (struct recipe_place){ 0, 0 };
	return (struct recipe_place){ (unsigned int)mark->line + 1,
		(unsigned int)mark->column + 1 };
}

static struct recipe_place event_place(struct fy_event *e)
{
	return mark_place(fy_event_start_mark(e));
}

static bool wants_key(const struct builder *b)
{
	return b->depth && b->open[b->depth - 1]->kind == RECIPE_NODE_MAP && !b->key;
}

static int take_key(
	struct builder *b, char *text, struct recipe_place place, struct error *err)
{
	const struct recipe_node *map = b->open[b->depth - 1];

	for (size_t i = 0; i < map->count; i++) {
		const struct recipe_node *other = &map->items[i];

		if (strcmp(other->key, text) != 0)
			continue;
		(void)recipe_error_at(b->source, place, err,
			"the key '%s' stands twice; the first is in line %u", text,
			other->key_place.line);
		free(text);
		return -1;
	}
	b->key = text;
	b->key_place = place;
	return 0;
}

/* A value that is not there is missed where its key stands, or its list. */
static struct recipe_place fallback_place(const struct builder *b)
{
	if (b->key)
		return b->key_place;
	return b->depth ? b->open[b->depth - 1]->place : (struct recipe_place){ 1, 1 };
}

/* A new, empty value where the document stands; NULL when there are too many. */
static struct recipe_node *add_node(struct builder *b, enum recipe_node_kind kind,
	struct recipe_place place, struct error *err)
{
	struct recipe_node *parent = b->depth ? b->open[b->depth - 1] : NULL, *n;

	if (++b->nodes > NODES_MOST) {
		(void)recipe_error_at(b->source, place, err,
			"a recipe has at most %d values", NODES_MOST);
		return NULL;
	}
	if (parent) {
		array_reserve_one((void **)&parent->items, parent->count, &parent->room,
			sizeof(*parent->items));
		n = &parent->items[parent->count++];
	} else {
		n = b->root = xmalloc(sizeof(*n));
	}
	if (!place.line)
		place = fallback_place(b);
	*n = (struct recipe_node){ .kind = kind, .place = place };
	n->key = TAKE_PTR(b->key);
	n->key_place = b->key_place;
	return n;
}

static bool says_nothing(const char *text)
{
	static const char *const words[] = { "", "~", "null", "Null", "NULL" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(text, words[i]))
			return true;
	return false;
}

/*
 * Where a scalar starts: a quoted one at its quote (libfyaml's mark is behind it). Of
 * one that is empty and not quoted, versions of libfyaml say different things: none
 * counts.
 */
static struct recipe_place scalar_place(struct fy_event *e)
{
	const enum fy_scalar_style style = fy_token_scalar_style(e->scalar.value);
	struct recipe_place place = event_place(e);

	if (style == FYSS_PLAIN && !fy_token_get_text_length(e->scalar.value))
		return (struct recipe_place){ 0, 0 };
	if ((style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED) &&
		place.column > 1)
		place.column--;
	return place;
}

static int on_scalar(struct builder *b, struct fy_event *e, struct error *err)
{
	const struct recipe_place place = scalar_place(e);
	struct fy_token *token = e->scalar.value;
	CLEANUP(freep) char *text = NULL;
	struct recipe_node *n;
	size_t length = 0;
	const char *from = fy_token_get_text(token, &length);

	if (!from && length)
		return recipe_error_at(
			b->source, place, err, "out of memory in libfyaml");
	if (length && memchr(from, '\0', length))
		return recipe_error_at(
			b->source, place, err, "a value holds a NUL character");
	text = xstrndup(from ? from : "", length);
	if (wants_key(b))
		return take_key(b, TAKE_PTR(text), place, err);
	n = add_node(b, RECIPE_NODE_SCALAR, place, err);
	if (!n)
		return -1;
	n->empty = fy_token_scalar_style(token) == FYSS_PLAIN && says_nothing(text);
	n->text = TAKE_PTR(text);
	return 0;
}

static int on_open(struct builder *b, struct fy_event *e, enum recipe_node_kind kind,
	struct error *err)
{
	const struct recipe_place place = event_place(e);
	struct recipe_node *n;

	if (wants_key(b))
		return recipe_error_at(b->source, place, err, "a key is one word, not %s",
			recipe_node_kind_name(kind));
	if (b->depth == DEPTH_MOST)
		return recipe_error_at(b->source, place, err,
			"nested more than %d levels deep; a recipe needs 3", DEPTH_MOST);
	n = add_node(b, kind, place, err);
	if (!n)
		return -1;
	b->open[b->depth++] = n;
	return 0;
}

/* Where an anchor or an alias starts: libfyaml's mark is behind the & or *. */
static struct recipe_place name_place(struct fy_token *token)
{
	struct recipe_place place = mark_place(fy_token_start_mark(token));

	if (place.column > 1)
		place.column--;
	return place;
}

/* Anchors, aliases and tags would make a value mean more than it shows. */
static int refuse_indirection(struct builder *b, struct fy_event *e, struct error *err)
{
	struct fy_token *anchor = NULL, *tag = NULL;

	switch (e->type) {
	case FYET_ALIAS:
		return recipe_error_at(b->source, name_place(e->alias.anchor), err,
			"aliases (*name) are not used in recipes; write the value out");
	case FYET_SCALAR:
		anchor = e->scalar.anchor;
		tag = e->scalar.tag;
		break;
	case FYET_SEQUENCE_START:
		anchor = e->sequence_start.anchor;
		tag = e->sequence_start.tag;
		break;
	case FYET_MAPPING_START:
		anchor = e->mapping_start.anchor;
		tag = e->mapping_start.tag;
		break;
	default:
		break;
	}
	if (anchor)
		return recipe_error_at(b->source, name_place(anchor), err,
			"anchors (&name) are not used in recipes; write the value out");
	if (tag)
		return recipe_error_at(b->source, mark_place(fy_token_start_mark(tag)),
			err, "tags (!name) are not used in recipes; leave it out");
	return 0;
}

static int on_event(struct builder *b, struct fy_event *e, struct error *err)
{
	const struct recipe_place place =
		e->type == FYET_SCALAR ? scalar_place(e) : event_place(e);

	if (place.line)
		b->last = place;
	/* The start of a document may have no place; mostly what is in it has. */
	if (b->documents > 1 && (place.line || e->type != FYET_DOCUMENT_START))
		return recipe_error_at(b->source, b->last, err,
			"a second document starts here; a recipe is one document");
	if (refuse_indirection(b, e, err) < 0)
		return -1;
	switch (e->type) {
	case FYET_DOCUMENT_START:
		b->documents++;
		return 0;
	case FYET_SCALAR:
		return on_scalar(b, e, err);
	case FYET_SEQUENCE_START:
		return on_open(b, e, RECIPE_NODE_LIST, err);
	case FYET_MAPPING_START:
		return on_open(b, e, RECIPE_NODE_MAP, err);
	case FYET_SEQUENCE_END:
	case FYET_MAPPING_END:
		b->depth--;
		return 0;
	default:
		return 0;
	}
}

/* The first thing that libfyaml complained about. */
static int syntax_error(struct builder *b, struct fy_diag *diag, struct error *err)
{
	void *iterator = NULL;
	const struct fy_diag_error *e = fy_diag_errors_iterate(diag, &iterator);
	struct recipe_place place = { 1, 1 };

	if (!e)
		return recipe_error_at(b->source, place, err, "this is not YAML");
	if (e->line > 0)
		place.line = (unsigned int)e->line;
	if (e->column > 0)
		place.column = (unsigned int)e->column;
	return recipe_error_at(b->source, place, err, "this is not YAML: %s", e->msg);
}

static int build(struct builder *b, struct fy_parser *parser, struct fy_diag *diag,
	struct error *err)
{
	for (;;) {
		struct fy_event *e = fy_parser_parse(parser);
		int r;

		if (!e)
			break;
		r = on_event(b, e, err);
		fy_parser_event_free(parser, e);
		if (r < 0)
			return -1;
	}
	if (fy_diag_got_error(diag) || fy_parser_get_stream_error(parser))
		return syntax_error(b, diag, err);
	if (!b->root)
		return recipe_error_at(b->source, (struct recipe_place){ 1, 1 }, err,
			"there is nothing in it");
	return 0;
}

int recipe_yaml_parse(const char *text, size_t length_bytes,
	const struct recipe_source *source, struct recipe_node **ret, struct error *err)
{
	CLEANUP(diag_freep) struct fy_diag *diag = NULL;
	CLEANUP(parser_freep) struct fy_parser *parser = NULL;
	struct builder b = { .source = source };
	struct fy_diag_cfg diag_cfg;
	struct fy_parse_cfg cfg = { .flags = FYPCF_QUIET | FYPCF_DEFAULT_VERSION_1_2 };
	int r;

	if (recipe_text_check(text, length_bytes, source, err) < 0)
		return -1;
	fy_diag_cfg_default(&diag_cfg);
	diag_cfg.fp = NULL;
	diag = fy_diag_create(&diag_cfg);
	if (!diag)
		abort();
	fy_diag_set_collect_errors(diag, true);
	cfg.diag = diag;
	parser = fy_parser_create(&cfg);
	if (!parser || fy_parser_set_string(parser, text, length_bytes) < 0)
		abort();
	r = build(&b, parser, diag, err);
	free(b.key);
	if (r < 0)
		recipe_node_free(b.root);
	else
		*ret = b.root;
	return r;
}
