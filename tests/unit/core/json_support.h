/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON documents read by a library that did not write them. (A file of its own: jansson
 * and base/json.h use the same names.)
 */
#pragma once

/*
 * The value at `path` ("values/disk.size/value", "files/0/path") as compact JSON, to be
 * freed; NULL when it is not there, or when `document` is not JSON, or has a member
 * twice.
 */
char *json_document_at(const char *document, const char *path);
