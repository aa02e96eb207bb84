/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A response of the metadata service: however it is cut into pieces, the reader stays in
 * its buffer, a body stays in the response, and what was complete does not change with
 * more.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "imds/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BODY_MOST = 256 };

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* A buffer of just the size that is needed, so that a sanitizer sees one byte beyond. */
static enum http_progress parse(const uint8_t *data, size_t size, bool at_end)
{
	char *copy = malloc(size + 1);
	struct http_response r = { 0 };
	enum http_progress progress;

	check(copy != NULL);
	if (size)
		memcpy(copy, data, size);
	progress = http_parse(copy, size, at_end, BODY_MOST, &r);
	if (progress == HTTP_COMPLETE) {
		check(r.status >= 200 && r.status <= 999);
		check(r.body_bytes <= BODY_MOST);
		check(r.body >= copy && r.body + r.body_bytes <= copy + size);
		check(r.body[r.body_bytes] == '\0');
	}
	free(copy);
	return progress;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum http_progress before = HTTP_INCOMPLETE;
	size_t step = size / 64 + 1;

	for (size_t part = 0; part <= size; part += step) {
		enum http_progress now = parse(data, part, false);

		if (before == HTTP_COMPLETE)
			check(now == HTTP_COMPLETE);
		if (before == HTTP_MALFORMED)
			check(now != HTTP_COMPLETE);
		before = now;
	}
	check(parse(data, size, true) != HTTP_INCOMPLETE);
	return 0;
}
