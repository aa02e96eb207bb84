/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/name_set.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { ROOM_LEAST = 64 };

void name_set_release(struct name_set *s)
{
	free(s->slots);
	*s = (struct name_set)NAME_SET_INIT;
}

/* FNV-1a, 64 bits: its constants are those of the authors' page. */
static uint64_t hash_of(struct name name)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < name.length_bytes; i++)
		hash = (hash ^ (unsigned char)name.text[i]) * UINT64_C(0x100000001b3);
	return hash;
}

/* Where it is, or where there is room for it. */
static struct name *slot_of(const struct name_set *s, struct name name)
{
	size_t at = (size_t)hash_of(name) & (s->room - 1);

	while (s->slots[at].text &&
		(s->slots[at].length_bytes != name.length_bytes ||
			memcmp(s->slots[at].text, name.text, name.length_bytes) != 0))
		at = (at + 1) & (s->room - 1);
	return &s->slots[at];
}

static void grow(struct name_set *s)
{
	struct name_set more = { .room = s->room ? 2 * s->room : ROOM_LEAST,
		.count = s->count };

	more.slots = xcalloc(more.room, sizeof(*more.slots));
	for (size_t i = 0; i < s->room; i++)
		if (s->slots[i].text)
			*slot_of(&more, s->slots[i]) = s->slots[i];
	free(s->slots);
	*s = more;
}

void name_set_add(struct name_set *s, struct name name)
{
	struct name *slot;

	/* Never more than half full: then a search is short. */
	if (2 * (s->count + 1) > s->room)
		grow(s);
	slot = slot_of(s, name);
	if (!slot->text)
		s->count++;
	*slot = name;
}

bool name_set_has(const struct name_set *s, struct name name)
{
	return s->room && slot_of(s, name)->text;
}
