/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Percent-encoding as AWS signs it (RFC 3986, section 2): everything but the unreserved
 * characters A-Z a-z 0-9 - . _ ~ becomes %XX with upper-case digits.
 */
#pragma once

#include <stdbool.h>

#include "base/strbuf.h"

/* One part of a query or of a path: '/' is encoded, too. */
void uri_encode(struct strbuf *to, const char *text);

/* A whole path: '/' stays. What is encoded already is encoded again ('%' becomes %25). */
void uri_encode_path(struct strbuf *to, const char *path);
