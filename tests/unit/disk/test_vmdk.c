/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "disk/vmdk.h"

static void test_text(void **state)
{
	static const struct {
		const char *before;
		const char *after; /* NULL: refused */
	} cases[] = {
		{ "version=1\nCID=9b51dff2\nparentCID=ffffffff\nRW 8 SPARSE "
		  "\"7\"\n#end\n",
			"version=1\nCID=0000002a\nparentCID=ffffffff\nRW 8 SPARSE "
			"\"disk.vmdk\"\n#end\n" },
		{ "CID=9b51dff2\nRW 8 SPARSE \"a long name of a file\"",
			"CID=0000002a\nRW 8 SPARSE \"disk.vmdk\"" },
		{ "CID=9b51dff2\n", NULL },
		{ "RW 8 SPARSE \"7\"\n", NULL },
		/* A random number that happens to be small. */
		{ "CID=9b51\nRW 8 SPARSE \"7\"\n",
			"CID=0000002a\nRW 8 SPARSE \"disk.vmdk\"\n" },
		{ "CID=\nRW 8 SPARSE \"7\"\n", NULL },
		{ "CID=9b51dff2a\nRW 8 SPARSE \"7\"\n", NULL },
		{ "CID=9b51 \nRW 8 SPARSE \"7\"\n", NULL },
		{ "CID=9b51dff2\nCID=9b51dff2\nRW 8 SPARSE \"7\"\n", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[129] = "";
		struct error err = ERROR_INIT;

		(void)snprintf(text, sizeof(text), "%s", cases[i].before);
		assert_int_equal(
			vmdk_fix_text(text, 128, 42, &err), cases[i].after ? 0 : -1);
		if (cases[i].after)
			assert_string_equal(text, cases[i].after);
		else
			assert_int_equal(err.code, ERR_FORMAT);
	}
}

static void test_no_room(void **state)
{
	char text[64] = "CID=9b51dff2\nRW 8 SPARSE \"7\"";
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(vmdk_fix_text(text, strlen(text) + 1, 42, &err), -1);
	assert_int_equal(err.code, ERR_FORMAT);
}

/* Headers that lie about where the descriptor is. */
static void test_headers(void **state)
{
	static const uint64_t places[][2] = { { 0, 20 }, { 1, 0 }, { UINT64_MAX, 20 },
		{ 1, UINT64_MAX }, { 1, 1 << 20 }, { 4, 20 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		CLEANUP(fd_closep) int fd = memfd_create("vmdk", MFD_CLOEXEC);
		char header[512] = "KDMV";
		struct error err = ERROR_INIT;

		memcpy(header + 28, places[i], sizeof(places[i]));
		assert_ok(fd_write_all(fd, header, sizeof(header), "vmdk", &err), &err);
		assert_int_equal(vmdk_fix_descriptor(fd, 42, &err), -1);
		assert_int_equal(err.code, ERR_FORMAT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
