/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The canonical form of a request: the text whose hash Signature Version 4 signs. For
 * sigv4.c; its steps stand alone for the tests.
 */
#pragma once

#include "aws/sigv4.h"
#include "base/strbuf.h"

/* "a=1&b=2": encoded, sorted by encoded name, then value. */
void sigv4_canonical_query(
	const struct sigv4_pair *pairs, size_t count, struct strbuf *to);

/*
 * `to`: "name:value\n" of each signed header, names in lower case, sorted; values
 * trimmed, inner white space one blank; the values of one name joined by commas in their
 * order. `names`: "host;x-amz-date".
 */
void sigv4_canonical_headers(const struct sigv4_pair *pairs, size_t count,
	struct strbuf *to, struct strbuf *names);

/* By SIGV4_KEEP_DOTS and SIGV4_ENCODE_ONCE in `flags`. */
void sigv4_canonical_path(const char *path, unsigned int flags, struct strbuf *to);
