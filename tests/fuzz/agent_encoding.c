/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Base64 and quoted-printable, chosen by the first byte: decoded in place they give what
 * they give elsewhere; what base64 accepts comes back from what we encode. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "data/base64.h"
#include "data/quoted_printable.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void fuzz_base64(const char *text, size_t length)
{
	CLEANUP(freep) char *own = xmemdup(text, length), *to = xmalloc(length + 1);
	CLEANUP(freep) char *again = xmalloc(BASE64_ROOM(length));
	size_t bytes = 0, own_bytes = 0;
	enum data_result result = base64_decode(text, length, to, length, &bytes);

	check(base64_decode(own, length, own, length, &own_bytes) == result);
	check(result != DATA_TOO_LARGE && bytes <= length && bytes == own_bytes);
	if (result != DATA_OK)
		return;
	check(memcmp(own, to, bytes) == 0);
	length = base64_encode(own, bytes, again, true);
	check(base64_decode(again, length, again, length, &own_bytes) == DATA_OK);
	check(own_bytes == bytes && memcmp(again, to, bytes) == 0);
}

static void fuzz_quoted_printable(const char *text, size_t length)
{
	CLEANUP(freep) char *own = xmemdup(text, length), *to = xmalloc(length + 1);
	size_t bytes = 0, own_bytes = 0;

	check(quoted_printable_decode(text, length, to, length, &bytes) == DATA_OK);
	check(quoted_printable_decode(own, length, own, length, &own_bytes) == DATA_OK);
	check(bytes <= length && bytes == own_bytes && memcmp(own, to, bytes) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] == 'q')
		fuzz_quoted_printable((const char *)data + 1, size - 1);
	else
		fuzz_base64((const char *)data + 1, size - 1);
	return 0;
}
