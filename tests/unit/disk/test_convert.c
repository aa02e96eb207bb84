/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/size.h"
#include "disk/convert.h"

static void test_format_of_name(void **state)
{
	static const struct {
		const char *name;
		enum image_format format;
	} cases[] = {
		{ "disk.qcow2", IMAGE_QCOW2 },
		{ "a/b.VMDK", IMAGE_VMDK },
		{ "disk.raw", IMAGE_RAW },
		{ "disk.img", IMAGE_RAW },
		{ "qcow2", IMAGE_RAW },
		{ ".qcow2", IMAGE_RAW },
		{ "x.qcow2.old", IMAGE_RAW },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(image_format_of_name(cases[i].name), cases[i].format);
	assert_string_equal(image_format_name(IMAGE_VMDK), "vmdk");
}

static char *make_raw(struct scratch *s)
{
	struct blockmap *m = blockmap_new(8 * MIB);
	uint8_t *run = xmalloc(300 * KIB);
	struct error err = ERROR_INIT;
	char *path;

	fill_pattern(run, 300 * KIB, 4);
	blockmap_add_memory(m, 0, run, 300 * KIB);
	blockmap_add_memory(m, 8 * MIB - 3, xstrdup("end"), 3);
	assert_ok(blockmap_seal(m, &err), &err);
	path = write_map(s, m, "disk.raw");
	blockmap_free(m);
	return path;
}

/* Converted from and to descriptors; `unused_fds` shifts their numbers. */
static char *convert(struct scratch *s, const char *raw, enum image_format f, int shift)
{
	CLEANUP(freep) char *name = xasprintf("out%d.%s", shift, image_format_name(f));
	char *path = scratch_path(s, name);
	CLEANUP(fd_closep) int spare = shift ? dup(0) : -1;
	CLEANUP(fd_closep) int raw_fd = open(raw, O_RDONLY | O_CLOEXEC);
	CLEANUP(fd_closep) int to_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct error err = ERROR_INIT;

	assert_ok(image_convert(raw_fd, to_fd, f, NULL, &err), &err);
	return path;
}

static void test_conversion(void **state)
{
	static const enum image_format formats[] = { IMAGE_QCOW2, IMAGE_VMDK };
	struct scratch *s = *state;
	CLEANUP(freep) char *raw = make_raw(s);

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		CLEANUP(freep) char *a = convert(s, raw, formats[i], 0);
		CLEANUP(freep) char *b = convert(s, raw, formats[i], 1);
		CLEANUP(freep) char *info = TOOL("qemu-img", "info", a);

		free(TOOL("qemu-img", "compare", "-f", "raw", "-F",
			image_format_name(formats[i]), raw, a));
		/* The same disk gives the same file. */
		free(TOOL("cmp", a, b));
		if (formats[i] == IMAGE_VMDK)
			assert_contains(info, "streamOptimized");
	}
}

static void test_failure_names_the_format(void **state)
{
	struct scratch *s = *state;
	CLEANUP(freep) char *raw = make_raw(s);
	CLEANUP(fd_closep) int raw_fd = open(raw, O_RDONLY | O_CLOEXEC);
	CLEANUP(fd_closep) int to_fd = open("/dev/full", O_RDWR | O_CLOEXEC);
	struct error err = ERROR_INIT;

	assert_int_equal(image_convert(raw_fd, to_fd, IMAGE_QCOW2, NULL, &err), -1);
	assert_int_equal(err.code, ERR_SPACE);
	assert_contains(err.msg, "convert the disk to qcow2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_format_of_name),
		cmocka_unit_test_setup_teardown(
			test_conversion, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(
			test_failure_names_the_format, scratch_setup, scratch_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
