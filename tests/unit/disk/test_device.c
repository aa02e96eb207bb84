/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <string.h>

#include "base/cleanup.h"
#include "disk/device.h"

/* What an ordinary user can show: what is no block device is refused. Real devices are in
 * tests/e2e and, for root, in test_sink_device.c. */
static void test_no_block_device(void **state)
{
	static const struct {
		const char *path;
		enum err_code code;
	} cases[] = {
		{ "/dev/null", ERR_TARGET },
		{ "/proc/self/status", ERR_TARGET },
		{ "/", ERR_TARGET },
		{ "/dev/there-is-no-such-device", ERR_SYSTEM },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct device_info info = { 0 };
		struct error err = ERROR_INIT;
		int fd = -1;

		assert_int_equal(device_open(cases[i].path, &info, &fd, &err), -1);
		assert_int_equal(err.code, cases[i].code);
		assert_contains(err.msg, cases[i].path);
		assert_int_equal(fd, -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_block_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
