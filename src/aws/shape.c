/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/shape.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/*
 * Members are copied in and out: a table's offset says where a member stands, the
 * compiler knows it under its own type.
 */
#define GET(type, value, f)                                                       \
	({                                                                        \
		type got_;                                                        \
		memcpy(&got_, (const char *)(value) + (f)->offset, sizeof(got_)); \
		got_;                                                             \
	})
#define SET(value, f, what)                                                 \
	({                                                                  \
		__typeof__(what) set_ = (what);                             \
		memcpy((char *)(value) + (f)->offset, &set_, sizeof(set_)); \
	})

const char *shape_string(const void *value, const struct shape_field *f)
{
	return GET(const char *, value, f);
}

enum shape_bool shape_bool(const void *value, const struct shape_field *f)
{
	return GET(enum shape_bool, value, f);
}

struct shape_uint shape_uint(const void *value, const struct shape_field *f)
{
	return GET(struct shape_uint, value, f);
}

struct shape_list shape_list(const void *value, const struct shape_field *f)
{
	return GET(struct shape_list, value, f);
}

const void *shape_member(const void *value, const struct shape_field *f)
{
	return (const char *)value + f->offset;
}

static bool is_set(const struct shape_field *f, const void *value)
{
	switch (f->kind) {
	case SHAPE_STRING:
		return shape_string(value, f) != NULL;
	case SHAPE_BOOL:
		return shape_bool(value, f) != SHAPE_UNSET;
	case SHAPE_UINT:
		return shape_uint(value, f).set;
	case SHAPE_LIST:
		return shape_list(value, f).count != 0;
	case SHAPE_STRUCT:
		return shape_is_set(f->shape, shape_member(value, f));
	}
	return false;
}

bool shape_is_set(const struct shape *s, const void *value)
{
	for (size_t i = 0; i < s->count; i++)
		if (is_set(&s->fields[i], value))
			return true;
	return false;
}

static size_t item_bytes(const struct shape_field *f)
{
	return f->shape ? f->shape->size_bytes : sizeof(char *);
}

const void *shape_item(
	const struct shape_field *f, const struct shape_list *list, size_t i)
{
	const char *at = (const char *)list->items + i * item_bytes(f);
	const char *text;

	if (f->shape)
		return at;
	memcpy(&text, at, sizeof(text));
	return text;
}

void shape_set_string(void *value, const struct shape_field *f, char *text)
{
	free(GET(char *, value, f));
	SET(value, f, text);
}

void shape_set_bool(void *value, const struct shape_field *f, bool b)
{
	SET(value, f, b ? SHAPE_TRUE : SHAPE_FALSE);
}

void shape_set_uint(void *value, const struct shape_field *f, uint64_t n)
{
	const struct shape_uint number = SHAPE_UINT_OF(n);

	SET(value, f, number);
}

/* Room for one more item, zeroed. Room doubles: its size follows from the count. */
static void *grow(void *value, const struct shape_field *f)
{
	struct shape_list list = shape_list(value, f);
	size_t bytes = item_bytes(f);
	void *items = (void *)list.items, *at;

	if ((list.count & (list.count - 1)) == 0)
		items = xreallocarray(items, list.count ? list.count * 2 : 1, bytes);
	at = (char *)items + list.count * bytes;
	memset(at, 0, bytes);
	list.items = items;
	list.count++;
	SET(value, f, list);
	return at;
}

void *shape_add_struct(void *value, const struct shape_field *f)
{
	return grow(value, f);
}

void shape_add_string(void *value, const struct shape_field *f, char *text)
{
	memcpy(grow(value, f), &text, sizeof(text));
}

static void release_list(const struct shape_field *f, const struct shape_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		void *item = (void *)shape_item(f, list, i);

		if (f->shape)
			shape_release(f->shape, item);
		else
			free(item);
	}
	free((void *)list->items);
}

void shape_release(const struct shape *s, void *value)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct shape_field *f = &s->fields[i];
		struct shape_list list;

		if (f->kind == SHAPE_STRING) {
			/* Zeroed at once: several members may stand at one offset. */
			shape_set_string(value, f, NULL);
		} else if (f->kind == SHAPE_LIST) {
			list = shape_list(value, f);
			release_list(f, &list);
			SET(value, f, (struct shape_list){ 0 });
		} else if (f->kind == SHAPE_STRUCT) {
			shape_release(f->shape, (char *)value + f->offset);
		}
	}
	memset(value, 0, s->size_bytes);
}
