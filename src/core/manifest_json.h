/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A manifest's text as JSON, for those who read one: what it says is taken from there.
 */
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "base/error.h"

/* ERR_FORMAT, with the place, for what is no JSON object or no manifest of version 1.
 * `name` is the file's, for messages. The caller frees it (json_auto_t). */
int manifest_json_parse(const char *text, size_t length_bytes, const char *name,
	json_t **ret_root, struct error *err);

/* The same error, for what lacks more than a manifest may. */
int manifest_json_refuse(const char *name, struct error *err);

/* A string member of an object, which is the document's; NULL: there is none. */
const char *manifest_json_text(const json_t *object, const char *member);
