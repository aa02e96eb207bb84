/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/shape_json.h"

#include <string.h>

#include "base/alloc.h"
#include "base/json.h"

#include <jansson.h>

/* Requests are as deep as their tables; nothing here follows the depth of what came. */

static void add_object(struct json *j, const char *key, const struct shape *s,
	enum shape_place place, const void *value);

static void add_list(
	struct json *j, const struct shape_field *f, const struct shape_list *list)
{
	json_array_begin(j, f->name);
	for (size_t i = 0; i < list->count; i++) {
		const void *item = shape_item(f, list, i);

		if (f->shape)
			add_object(j, NULL, f->shape, SHAPE_IN_BODY, item);
		else
			json_add_string(j, NULL, item);
	}
	json_array_end(j);
}

static void add_member(struct json *j, const struct shape_field *f, const void *value)
{
	const struct shape_list list =
		f->kind == SHAPE_LIST ? shape_list(value, f) : (struct shape_list){ 0 };

	switch (f->kind) {
	case SHAPE_STRING:
		if (shape_string(value, f))
			json_add_string(j, f->name, shape_string(value, f));
		break;
	case SHAPE_BOOL:
		if (shape_bool(value, f) != SHAPE_UNSET)
			json_add_bool(j, f->name, shape_bool(value, f) == SHAPE_TRUE);
		break;
	case SHAPE_UINT:
		if (shape_uint(value, f).set)
			json_add_uint(j, f->name, shape_uint(value, f).value);
		break;
	case SHAPE_LIST:
		if (list.count)
			add_list(j, f, &list);
		break;
	case SHAPE_STRUCT:
		if (shape_is_set(f->shape, shape_member(value, f)))
			add_object(j, f->name, f->shape, SHAPE_IN_BODY,
				shape_member(value, f));
		break;
	}
}

static void add_object(struct json *j, const char *key, const struct shape *s,
	enum shape_place place, const void *value)
{
	json_object_begin(j, key);
	for (size_t i = 0; i < s->count; i++)
		if (s->fields[i].place == place)
			add_member(j, &s->fields[i], value);
	json_object_end(j);
}

void shape_to_json(const struct shape *s, enum shape_place place, const void *value,
	struct strbuf *to)
{
	struct json j = JSON_INIT(to);

	add_object(&j, NULL, s, place, value);
}

static int take_object(const struct shape *s, enum shape_place place, const json_t *from,
	void *value, struct error *err);

static int refuse(const struct shape_field *f, const char *why, struct error *err)
{
	return error_set(err, ERR_FORMAT, 0, "'%s' of the answer is %s", f->name, why);
}

static int take_uint(
	const struct shape_field *f, const json_t *from, void *value, struct error *err)
{
	static const double most = 9007199254740992.0; /* 2^53: exact */
	double real = json_number_value(from);

	if (json_is_integer(from) && json_integer_value(from) >= 0)
		shape_set_uint(value, f, (uint64_t)json_integer_value(from));
	else if (json_is_real(from) && real >= 0 && real <= most)
		shape_set_uint(value, f, (uint64_t)real);
	else
		return refuse(f, "no number that it could be", err);
	return 0;
}

static int take_list(
	const struct shape_field *f, const json_t *from, void *value, struct error *err)
{
	if (!json_is_array(from))
		return refuse(f, "no array", err);
	for (size_t i = 0; i < json_array_size(from); i++) {
		const json_t *item = json_array_get(from, i);

		if (f->shape) {
			void *to = shape_add_struct(value, f);

			if (take_object(f->shape, SHAPE_IN_BODY, item, to, err) < 0)
				return -1;
		} else if (json_is_string(item)) {
			shape_add_string(value, f, xstrdup(json_string_value(item)));
		} else {
			return refuse(f, "no array of strings", err);
		}
	}
	return 0;
}

static int take_member(
	const struct shape_field *f, const json_t *from, void *value, struct error *err)
{
	switch (f->kind) {
	case SHAPE_STRING:
		if (!json_is_string(from))
			return refuse(f, "no string", err);
		shape_set_string(value, f, xstrdup(json_string_value(from)));
		return 0;
	case SHAPE_BOOL:
		if (!json_is_boolean(from))
			return refuse(f, "neither true nor false", err);
		shape_set_bool(value, f, json_is_true(from));
		return 0;
	case SHAPE_UINT:
		return take_uint(f, from, value, err);
	case SHAPE_LIST:
		return take_list(f, from, value, err);
	case SHAPE_STRUCT:
		return take_object(
			f->shape, SHAPE_IN_BODY, from, (char *)value + f->offset, err);
	}
	return 0;
}

static int take_object(const struct shape *s, enum shape_place place, const json_t *from,
	void *value, struct error *err)
{
	if (!json_is_object(from))
		return error_set(err, ERR_FORMAT, 0,
			"a JSON object was expected in the answer, and there is none");
	for (size_t i = 0; i < s->count; i++) {
		const struct shape_field *f = &s->fields[i];
		const json_t *member = json_object_get(from, f->name);

		if (f->place != place || !member || json_is_null(member))
			continue;
		if (take_member(f, member, value, err) < 0)
			return -1;
	}
	return 0;
}

int shape_from_json(const struct shape *s, enum shape_place place, const void *json,
	size_t length_bytes, void *value, struct error *err)
{
	json_error_t why;
	json_t *root = json_loadb(json, length_bytes, 0, &why);
	int rc;

	if (!root)
		return error_set(err, ERR_FORMAT, 0, "the answer is no JSON: line %d: %s",
			why.line, why.text);
	rc = take_object(s, place, root, value, err);
	json_decref(root);
	return rc;
}

char *json_find_string(const void *json, size_t length_bytes, const char *const *names)
{
	json_t *root = json_loadb(json, length_bytes, 0, NULL);
	char *found = NULL;

	for (; !found && *names; names++) {
		const json_t *member = json_object_get(root, *names);

		if (json_is_string(member))
			found = xstrdup(json_string_value(member));
	}
	json_decref(root);
	return found;
}
