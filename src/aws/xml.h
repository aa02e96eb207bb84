/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XML answers into structs, after the tables of shape.h, and structs into XML. The bytes
 * of an answer are a stranger's: no document types, no entities but XML's own five,
 * nothing is loaded, and depth, texts and numbers of items are bounded.
 *
 * Elements that no table knows are skipped; a number that is none is an error. The items
 * of a list are its child elements, whatever they are called, unless it is flat.
 */
#pragma once

#include <stddef.h>

#include "aws/shape.h"
#include "base/error.h"
#include "base/strbuf.h"

/*
 * `document` has a member for each root element that is accepted. *value is zeroed first
 * and released again on failure (ERR_FORMAT).
 */
int xml_decode(const void *xml, size_t length_bytes, const struct shape *document,
	void *value, struct error *err);

/* Append `s` as elements, but for members outside of the body. */
void xml_encode(const struct shape *s, const void *value, struct strbuf *to);
