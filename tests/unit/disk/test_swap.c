/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/size.h"
#include "disk/swap.h"

static struct swap_spec spec(void)
{
	return (struct swap_spec){
		.size_bytes = 3 * MIB,
		.label = "0123456789abcde",
		.uuid = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0x4d, 0xef, 0x81, 2, 3, 4,
			5, 6, 7, 8 },
	};
}

/* Byte for byte what mkswap makes. */
static void test_as_mkswap_makes_it(void **state)
{
	const struct swap_spec wanted = spec();
	struct scratch *s = *state;
	struct blockmap *m = NULL;
	struct error err = ERROR_INIT;
	CLEANUP(freep) char *image = NULL;
	CLEANUP(freep) char *theirs = scratch_path(s, "theirs");
	CLEANUP(freep) char *create = xasprintf("of=%s", theirs);

	assert_ok(swap_layout(&wanted, &m, &err), &err);
	image = write_map(s, m, "swap.img");
	blockmap_free(m);
	free(TOOL("dd", "if=/dev/zero", create, "bs=1M", "count=3"));
	free(TOOL("mkswap", "-q", "-L", "0123456789abcde", "-U",
		"01234567-89ab-4def-8102-030405060708", theirs));
	free(TOOL("cmp", image, theirs));
}

static void test_what_cannot_be(void **state)
{
	struct swap_spec small = spec(), long_label = spec();
	struct blockmap *m = NULL;
	struct error err = ERROR_INIT;

	(void)state;
	small.size_bytes = SWAP_LEAST_BYTES - 4096;
	assert_int_equal(swap_layout(&small, &m, &err), -1);
	assert_int_equal(err.code, ERR_SPACE);
	long_label.label = "0123456789abcdef";
	assert_int_equal(swap_layout(&long_label, &m, &err), -1);
	assert_int_equal(err.code, ERR_USAGE);
	assert_null(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_as_mkswap_makes_it, scratch_setup, scratch_teardown),
		cmocka_unit_test(test_what_cannot_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
