/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/upload_format.h"

#include "unit.h"

#include "base/size.h"

static void first_and_last_bytes_tell_the_format(void **state)
{
	static const struct {
		size_t at;
		const char *magic;
		size_t length;
		const char *name; /* NULL: raw */
	} cases[] = {
		{ 0, "QFI\xfb", 4, "a qcow2 image" },
		{ 0, "KDMV", 4, "a VMDK image" },
		{ 0, "conectix", 8, "a VHD image" },
		{ 512, "conectix", 8, "a VHD image of fixed size" },
		{ 0, "vhdxfile", 8, "a VHDX image" },
		{ 64, "\x7f\x10\xda\xbe", 4, "a VDI image" },
		{ 0, "\x1f\x8b\x08", 3, "compressed with gzip" },
		{ 0, "\xfd\x37zXZ\0", 6, "compressed with xz" },
		{ 257, "ustar", 5, "a tar archive" },
		{ 0, "QED\0", 4, "a QED image" },
		{ 0, "WithouFreSpacExt", 16, "a Parallels image" },
		{ 0, "\x3a\xff\x26\xed", 4, "an Android sparse image" },
		{ 0, "\x04\x22\x4d\x18", 4, "compressed with lz4" },
		{ 1, "QFI\xfb", 4, NULL },
		{ 513, "conectix", 8, NULL },
		{ 510, "\x55\xaa", 2, NULL },
		{ 0, "", 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t disk[1024] = { 0 };
		const char *remedy = NULL, *name;

		memcpy(disk + cases[i].at, cases[i].magic, cases[i].length);
		name = upload_format_name(disk, 512, disk + 512, 512, &remedy);
		if (cases[i].name)
			assert_string_equal(name, cases[i].name);
		else
			assert_null(name);
		assert_int_equal(!name, !remedy);
	}
}

static void short_files_are_looked_at_as_far_as_they_go(void **state)
{
	const char *remedy;

	(void)state;
	assert_null(upload_format_name(
		(const uint8_t *)"QFI", 3, (const uint8_t *)"conecti", 7, &remedy));
	assert_null(upload_format_name(NULL, 0, NULL, 0, &remedy));
}

static void what_no_volume_holds_is_refused(void **state)
{
	CLEANUP(freep) char *path = path_join(*state, "disk");
	struct error err = ERROR_INIT;
	CLEANUP(fd_closep) int fd = -1;

	unit_write_file(*state, "disk", "some bytes");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(upload_format_check(fd, "disk", 10, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "'disk': no disk image: it is smaller than");
	assert_int_equal(upload_format_check(fd, "disk", 512, &err), 0);
	assert_int_equal(upload_format_check(fd, "disk", 0, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "'disk': no disk image: it is empty");
	assert_int_equal(upload_format_check(fd, "disk", 65536 * GIB, &err), 0);
	assert_int_equal(upload_format_check(fd, "disk", 65536 * GIB + 1, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "more than 64 TiB");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_and_last_bytes_tell_the_format),
		cmocka_unit_test(short_files_are_looked_at_as_far_as_they_go),
		SCRATCH_TEST(what_no_volume_holds_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
