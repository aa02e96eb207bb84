/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/tag_options.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { KEY_MOST_CHARS = 128, VALUE_MOST_CHARS = 256 };

void tag_list_release(struct tag_list *l)
{
	strv_release(&l->texts);
	free(l->items);
	*l = (struct tag_list){ 0 };
}

static int check_key(const struct tag_list *l, const char *key, struct error *err)
{
	if (!strncmp(key, "aws:", 4) || !strncmp(key, "amiwright:", 10))
		return error_set(err, ERR_USAGE, 0,
			"--tag cannot set '%s': such tags are not the user's", key);
	for (size_t i = 0; i < l->count; i++)
		if (!strcmp(l->items[i].key, key))
			return error_set(
				err, ERR_USAGE, 0, "--tag gives '%s' two values", key);
	return 0;
}

int tag_list_parse(const struct strv *given, struct tag_list *ret, struct error *err)
{
	ret->items = xcalloc(given->count + 1, sizeof(*ret->items));
	for (size_t i = 0; i < given->count; i++) {
		char *key, *equals;

		strv_add(&ret->texts, given->items[i]);
		key = ret->texts.items[i];
		equals = strchr(key, '=');
		if (!equals || equals == key)
			return error_set(err, ERR_USAGE, 0,
				"--tag needs KEY=VALUE, not '%s'", key);
		*equals = '\0';
		if (equals - key > KEY_MOST_CHARS ||
			strlen(equals + 1) > VALUE_MOST_CHARS)
			return error_set(err, ERR_USAGE, 0,
				"--tag: '%.40s' has a key of more than %d characters, or "
				"a "
				"value of more than %d",
				key, KEY_MOST_CHARS, VALUE_MOST_CHARS);
		if (check_key(ret, key, err) < 0)
			return -1;
		ret->items[ret->count++] = (struct tag_pair){ key, equals + 1 };
	}
	return 0;
}
