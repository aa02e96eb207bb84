/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <string.h>

#include "base/cleanup.h"
#include "disk/crc32c.h"

/* RFC 3720, appendix B.4, and the check value that catalogues of CRCs give. */
static void test_known_values(void **state)
{
	uint8_t zeros[32] = { 0 }, ones[32], up[32];

	(void)state;
	memset(ones, 0xff, sizeof(ones));
	for (size_t i = 0; i < sizeof(up); i++)
		up[i] = (uint8_t)i;
	assert_int_equal(crc32c(zeros, sizeof(zeros)), 0x8a9136aa);
	assert_int_equal(crc32c(ones, sizeof(ones)), 0x62a8ab43);
	assert_int_equal(crc32c(up, sizeof(up)), 0x46dd794e);
	assert_int_equal(crc32c("123456789", 9), 0xe3069283);
	assert_int_equal(crc32c("", 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
