/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the structs of AWS's actions look like on the wire: const tables of fields, after
 * which query.h, xml.h and rest.h encode and decode any of them. Adding an action is
 * a struct, its table and a row; see aws/ec2.c.
 *
 * A struct begins as zeroes, which is "nothing set". Requests only point at what they
 * hold. What a decoder has filled is owned by the struct: shape_release().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum shape_kind {
	SHAPE_STRING = 1, /* const char *; NULL: not set */
	SHAPE_BOOL, /* enum shape_bool */
	SHAPE_UINT, /* struct shape_uint */
	SHAPE_LIST, /* struct shape_list, of strings or of structs */
	SHAPE_STRUCT, /* a struct inside */
};

enum shape_bool { SHAPE_UNSET = 0, SHAPE_FALSE, SHAPE_TRUE };

struct shape_uint {
	bool set;
	uint64_t value;
};
#define SHAPE_UINT_OF(n)                  \
	{                                 \
		.set = true, .value = (n) \
	}

struct shape_list {
	const void *items; /* const char *[], or an array of the items' struct */
	size_t count;
};

/* Where REST protocols put a member of the outermost struct. */
enum shape_place {
	SHAPE_IN_BODY = 0,
	SHAPE_IN_PATH,
	SHAPE_IN_QUERY,
	SHAPE_IN_HEADER,
};

struct shape;

struct shape_field {
	const char *name; /* on the wire */
	size_t offset;
	enum shape_kind kind;
	const struct shape *shape; /* of a struct or of a list's items; NULL: strings */
	enum shape_place place;
	bool is_flat; /* XML: the list's items stand in its place, each with its name */
};

struct shape {
	const struct shape_field *fields;
	size_t count;
	size_t size_bytes; /* of the struct */
};

#define SHAPE_OF(type, table)                                                   \
	{                                                                       \
		.fields = (table), .count = sizeof(table) / sizeof((table)[0]), \
		.size_bytes = sizeof(type)                                      \
	}

/* A member of a struct; the size of what stands there is checked. */
const char *shape_string(const void *value, const struct shape_field *f);
enum shape_bool shape_bool(const void *value, const struct shape_field *f);
struct shape_uint shape_uint(const void *value, const struct shape_field *f);
struct shape_list shape_list(const void *value, const struct shape_field *f);
const void *shape_member(const void *value, const struct shape_field *f);

/* Whether anything in the struct is set. */
bool shape_is_set(const struct shape *s, const void *value);

/* Item `i` of a list: of structs its address, of strings the string. */
const void *shape_item(
	const struct shape_field *f, const struct shape_list *list, size_t i);

/* For decoders; what stood there before is released. Strings are taken over. */
void shape_set_string(void *value, const struct shape_field *f, char *text);
void shape_set_bool(void *value, const struct shape_field *f, bool b);
void shape_set_uint(void *value, const struct shape_field *f, uint64_t n);

/* Append an item to a decoded list: a zeroed struct, whose address is returned and good
 * until the next one is appended; or a string, which is taken over. */
void *shape_add_struct(void *value, const struct shape_field *f);
void shape_add_string(void *value, const struct shape_field *f, char *text);

/* Free what a decoder has filled; zeroes again. */
void shape_release(const struct shape *s, void *value);
