/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/manifest_json.h"

int manifest_json_refuse(const char *name, struct error *err)
{
	return error_set(err, ERR_FORMAT, 0,
		"'%s' is no manifest of version 1, which amiwright build leaves beside "
		"an image",
		name);
}

int manifest_json_parse(const char *text, size_t length_bytes, const char *name,
	json_t **ret_root, struct error *err)
{
	json_error_t why;
	json_t *root = json_loadb(text, length_bytes, JSON_REJECT_DUPLICATES, &why);

	if (!root)
		return error_set(err, ERR_FORMAT, 0,
			"the manifest '%s' is not JSON: %d:%d: %s", name, why.line,
			why.column, why.text);
	if (json_integer_value(json_object_get(root, "manifest")) != 1) {
		json_decref(root);
		return manifest_json_refuse(name, err);
	}
	*ret_root = root;
	return 0;
}

const char *manifest_json_text(const json_t *object, const char *member)
{
	return json_string_value(json_object_get(object, member));
}
