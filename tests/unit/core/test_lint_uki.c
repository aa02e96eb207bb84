/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/lint_uki.h"

#include "lint_support.h"
#include "unit.h"

static void sections_are_found(void **state)
{
	size_t length, found_length;
	CLEANUP(freep) char *image = uki_of("quiet splash", "init", &length);
	const char *found;

	(void)state;
	assert_true(uki_find_section(image, length, ".cmdline", &found, &found_length));
	assert_int_equal(found_length, strlen("quiet splash"));
	assert_memory_equal(found, "quiet splash", found_length);
	assert_true(uki_find_section(image, length, ".initrd", &found, &found_length));
	assert_memory_equal(found, "070701", 6);
	assert_false(uki_find_section(image, length, ".ucode", &found, &found_length));
}

/* However much is missing, or wherever it leads. */
static void what_is_cut_off_is_not_found(void **state)
{
	size_t length, found_length;
	CLEANUP(freep) char *image = uki_of("quiet splash", "init", &length);
	const char *found;

	(void)state;
	for (size_t cut = 0; cut < length; cut++) {
		CLEANUP(freep) char *exact = xmemdup(image, cut);

		assert_false(
			uki_find_section(exact, cut, ".initrd", &found, &found_length));
	}
	memset(image + 0x3c, 0xff, 4);
	assert_false(uki_find_section(image, length, ".initrd", &found, &found_length));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sections_are_found),
		cmocka_unit_test(what_is_cut_off_is_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
