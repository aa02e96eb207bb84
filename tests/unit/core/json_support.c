/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json_support.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

char *json_document_at(const char *document, const char *path)
{
	json_t *root = json_loads(document, JSON_REJECT_DUPLICATES, NULL), *at = root;
	char key[128], *text = NULL;

	while (at && *path) {
		const size_t length = strcspn(path, "/");

		if (length >= sizeof(key))
			break;
		memcpy(key, path, length);
		key[length] = '\0';
		at = json_is_array(at) ? json_array_get(at, strtoul(key, NULL, 10))
				       : json_object_get(at, key);
		path += length + (path[length] == '/');
	}
	if (at && !*path)
		text = json_dumps(at, JSON_ENCODE_ANY | JSON_COMPACT);
	json_decref(root);
	return text;
}
