/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes, words and subuid(5) as people and files write them: what is taken keeps its
 * promises. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/size.h"
#include "base/subid.h"
#include "base/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* The map is without a gap inside, and without an overlap outside. */
static void check_map(const struct strv *args)
{
	unsigned long next = 0;

	check(args->count % 3 == 0);
	for (size_t i = 0; i < args->count; i += 3) {
		unsigned long start = strtoul(args->items[i + 1], NULL, 10);
		unsigned long count = strtoul(args->items[i + 2], NULL, 10);

		check(strtoul(args->items[i], NULL, 10) == next && count > 0);
		for (size_t k = 0; k < i; k += 3) {
			unsigned long other = strtoul(args->items[k + 1], NULL, 10);
			unsigned long others = strtoul(args->items[k + 2], NULL, 10);

			check(start + count <= other || other + others <= start);
		}
		next += count;
	}
	check(next == SUBID_COUNT + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(freep) char *text = xstrndup((const char *)data, size);
	CLEANUP(strv_releasep) struct strv args = STRV_INIT;
	struct nearest nearest = { .word = text };
	struct error err = ERROR_INIT;
	uint64_t bytes;
	bool value;
	char shown[16];

	if (size_parse(text, &bytes))
		check(strlen(size_format(bytes, shown)) < sizeof(shown));
	(void)bool_parse(text, &value);
	nearest_offer(&nearest, "packages");
	nearest_offer(&nearest, text);
	check(nearest.distance == 0);
	if (subid_map_args(text, "ann", 1001, 2002, &args, &err) == 0)
		check_map(&args);
	return 0;
}
