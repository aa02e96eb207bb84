/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/recipe_value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/size.h"
#include "base/words.h"

/* One value on its way into the recipe. */
struct value {
	const struct recipe_key *key;
	const struct recipe_source *source;
	const struct recipe_base *base;
	void *to;
	struct error *err;
};

static enum recipe_node_kind node_kind(enum recipe_kind kind)
{
	switch (kind) {
	case RECIPE_WORDS:
	case RECIPE_TEXTS:
	case RECIPE_FILES:
		return RECIPE_NODE_LIST;
	case RECIPE_MAP:
		return RECIPE_NODE_MAP;
	default:
		return RECIPE_NODE_SCALAR;
	}
}

static int refuse_kind(const struct value *v, const struct recipe_node *n)
{
	CLEANUP(strbuf_releasep) struct strbuf kind = STRBUF_INIT;

	recipe_kind_format(v->key, &kind);
	return recipe_error_at(v->source, n->place, v->err,
		"'%s' must be %s, not %s; for example %s: %s", v->key->path, kind.data,
		recipe_node_kind_name(n->kind),
		strrchr(v->key->path, '.') ? strrchr(v->key->path, '.') + 1
					   : v->key->path,
		v->key->example);
}

/* `what` is the value as the message shows it, or NULL for one that must not be shown. */
static int refuse(const struct value *v, const struct recipe_node *n, const char *why)
{
	if (v->key->kind == RECIPE_SECRET)
		return recipe_error_at(v->source, n->place, v->err,
			"the value of '%s' %s", v->key->path, why);
	return recipe_error_at(
		v->source, n->place, v->err, "'%s': '%s' %s", v->key->path, n->text, why);
}

static int check_text(const struct value *v, const struct recipe_node *n)
{
	const char *why = v->key->check ? v->key->check(n->text) : NULL;

	return why ? refuse(v, n, why) : 0;
}

/* A scalar with something in it, where a list or a map holds others. */
static int check_element(const struct value *v, const struct recipe_node *n)
{
	if (n->kind != RECIPE_NODE_SCALAR)
		return recipe_error_at(v->source, n->place, v->err,
			"an element of '%s' must be a single value, not %s", v->key->path,
			recipe_node_kind_name(n->kind));
	if (n->empty)
		return recipe_error_at(v->source, n->place, v->err,
			"an element of '%s' is empty", v->key->path);
	return check_text(v, n);
}

static unsigned int word_number(const struct recipe_key *key, const char *text)
{
	for (unsigned int i = 0; key->words && key->words[i]; i++)
		if (!strcmp(key->words[i], text))
			return i + 1;
	return 0;
}

static int refuse_word(const struct value *v, const struct recipe_node *n)
{
	CLEANUP(strbuf_releasep) struct strbuf why = STRBUF_INIT;
	struct nearest near = { .word = n->text };

	strbuf_add_str(&why, "is not one of ");
	for (size_t i = 0; v->key->words[i]; i++) {
		strbuf_addf(&why, "%s%s", i ? ", " : "", v->key->words[i]);
		nearest_offer(&near, v->key->words[i]);
	}
	if (nearest_best(&near))
		strbuf_addf(&why, "; did you mean '%s'?", nearest_best(&near));
	return refuse(v, n, why.data);
}

static int store_word(const struct value *v, const struct recipe_node *n)
{
	unsigned int number = word_number(v->key, n->text);

	if (!number)
		return refuse_word(v, n);
	*(unsigned int *)v->to = number;
	return 0;
}

static int store_words(const struct value *v, const struct recipe_node *n)
{
	unsigned int set = 0;

	if (!n->count)
		return recipe_error_at(v->source, n->place, v->err,
			"'%s' is empty; it needs one word at least", v->key->path);
	for (size_t i = 0; i < n->count; i++) {
		unsigned int number;

		if (check_element(v, &n->items[i]) < 0)
			return -1;
		number = word_number(v->key, n->items[i].text);
		if (!number)
			return refuse_word(v, &n->items[i]);
		set |= 1u << (number - 1);
	}
	*(unsigned int *)v->to = set;
	return 0;
}

static int refuse_size(const struct value *v, const struct recipe_node *n)
{
	CLEANUP(strbuf_releasep) struct strbuf why = STRBUF_INIT;

	size_add_refusal(n->text, &why);
	for (size_t i = 0; v->key->words && v->key->words[i]; i++)
		strbuf_addf(&why, ", or '%s'", v->key->words[i]);
	return refuse(v, n, why.data);
}

static int store_size(const struct value *v, const struct recipe_node *n)
{
	if (word_number(v->key, n->text))
		return 0;
	if (!size_parse(n->text, v->to))
		return refuse_size(v, n);
	if (v->key->words && !*(uint64_t *)v->to)
		return refuse(v, n, "is too small");
	return 0;
}

static int store_number(const struct value *v, const struct recipe_node *n)
{
	unsigned long long number;
	char *end;

	if (word_number(v->key, n->text))
		return 0;
	errno = 0;
	number = strtoull(n->text, &end, 10);
	if (errno || *end || n->text[strspn(n->text, "0123456789")] || !number)
		return refuse(v, n, "is not a whole number from 1 on");
	*(uint64_t *)v->to = number;
	return 0;
}

static int store_texts(const struct value *v, const struct recipe_node *n)
{
	for (size_t i = 0; i < n->count; i++) {
		if (check_element(v, &n->items[i]) < 0)
			return -1;
		strv_add(v->to, n->items[i].text);
	}
	return 0;
}

static int store_path(
	const struct value *v, const struct recipe_node *n, bool directory, char **ret)
{
	CLEANUP(strbuf_releasep) struct strbuf why = STRBUF_INIT;

	if (recipe_path_resolve(v->base, n->text, directory, ret, &why) < 0)
		return refuse(v, n, why.data);
	return 0;
}

static int store_files(const struct value *v, const struct recipe_node *n)
{
	for (size_t i = 0; i < n->count; i++) {
		char *path;

		if (check_element(v, &n->items[i]) < 0 ||
			store_path(v, &n->items[i], false, &path) < 0)
			return -1;
		strv_take(v->to, path);
	}
	return 0;
}

static int store_map(const struct value *v, const struct recipe_node *n)
{
	struct recipe_map *map = v->to;

	for (size_t i = 0; i < n->count; i++) {
		const struct recipe_node *item = &n->items[i];
		const char *why = v->key->check_name(item->key);

		if (why)
			return recipe_error_at(v->source, item->key_place, v->err,
				"'%s': '%s' %s", v->key->path, item->key, why);
		if (check_element(v, item) < 0)
			return -1;
		strv_add(&map->names, item->key);
		strv_add(&map->values, item->text);
	}
	return 0;
}

static int store(const struct value *v, const struct recipe_node *n)
{
	switch (v->key->kind) {
	case RECIPE_TEXT:
	case RECIPE_SECRET:
		*(char **)v->to = xstrdup(n->text);
		return 0;
	case RECIPE_WORD:
		return store_word(v, n);
	case RECIPE_WORDS:
		return store_words(v, n);
	case RECIPE_BOOL:
		if (!bool_parse(n->text, v->to))
			return refuse(v, n, "is neither yes nor no");
		return 0;
	case RECIPE_SIZE:
		return store_size(v, n);
	case RECIPE_NUMBER:
		return store_number(v, n);
	case RECIPE_TEXTS:
		return store_texts(v, n);
	case RECIPE_FILE:
	case RECIPE_DIRECTORY:
		return store_path(v, n, v->key->kind == RECIPE_DIRECTORY, v->to);
	case RECIPE_FILES:
		return store_files(v, n);
	case RECIPE_MAP:
		return store_map(v, n);
	case RECIPE_NONE:
		break;
	}
	abort();
}

int recipe_value_store(struct recipe *r, const struct recipe_key *key,
	const struct recipe_node *n, const struct recipe_source *source,
	const struct recipe_base *base, struct error *err)
{
	const struct value v = { key, source, base, (char *)r + key->at, err };

	if (n->kind == RECIPE_NODE_SCALAR && n->empty)
		return recipe_error_at(source, n->place, err,
			"'%s' has no value; leave the key out for its default",
			key->path);
	if (n->kind != node_kind(key->kind))
		return refuse_kind(&v, n);
	if (n->kind == RECIPE_NODE_SCALAR && check_text(&v, n) < 0)
		return -1;
	return store(&v, n);
}

void recipe_value_release(struct recipe *r, const struct recipe_key *key)
{
	void *at = (char *)r + key->at;

	switch (key->kind) {
	case RECIPE_TEXT:
	case RECIPE_SECRET:
	case RECIPE_FILE:
	case RECIPE_DIRECTORY:
		free(*(char **)at);
		break;
	case RECIPE_TEXTS:
	case RECIPE_FILES:
		strv_release(at);
		break;
	case RECIPE_MAP:
		strv_release(&((struct recipe_map *)at)->names);
		strv_release(&((struct recipe_map *)at)->values);
		break;
	default:
		break;
	}
}
