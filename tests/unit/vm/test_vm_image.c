/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/vm_image.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/size.h"

/* A qcow2 header, version 3, of a disk of 2 GiB. */
static const uint8_t qcow2[VM_IMAGE_HEAD_BYTES] = { 'Q', 'F', 'I', 0xfb, 0, 0, 0,
	3, [20] = 0, 0, 0, 16, 0, 0, 0, 0, 0x80, 0, 0, 0 };
/* A sparse extent of 4096 sectors. */
static const uint8_t vmdk[VM_IMAGE_HEAD_BYTES] = { 'K', 'D', 'M', 'V', 3, 0, 0, 0, 3, 0,
	3, 0, 0, 0x10 };

static int parse(const uint8_t *head, size_t bytes, uint64_t file_bytes,
	struct vm_image *ret, struct error *err)
{
	return vm_image_parse(head, bytes, file_bytes, ret, err);
}

static void formats_are_known_by_their_magic(void **state)
{
	uint8_t raw[VM_IMAGE_HEAD_BYTES] = { 0xeb, 0x63 };
	struct error err = ERROR_INIT;
	struct vm_image image;

	(void)state;
	assert_int_equal(parse(qcow2, sizeof(qcow2), 196616, &image, &err), 0);
	assert_int_equal(image.format, VM_IMAGE_QCOW2);
	assert_int_equal(image.virtual_bytes, 2 * GIB);
	assert_int_equal(parse(vmdk, sizeof(vmdk), 65536, &image, &err), 0);
	assert_int_equal(image.format, VM_IMAGE_VMDK);
	assert_int_equal(image.virtual_bytes, 4096 * 512);
	assert_int_equal(parse(raw, sizeof(raw), 7 * MIB, &image, &err), 0);
	assert_int_equal(image.format, VM_IMAGE_RAW);
	assert_int_equal(image.virtual_bytes, 7 * MIB);
}

static void what_refers_to_other_files_is_refused(void **state)
{
	uint8_t head[VM_IMAGE_HEAD_BYTES];
	struct error err = ERROR_INIT;
	struct vm_image image;

	(void)state;
	memcpy(head, qcow2, sizeof(head));
	head[15] = 104; /* where the name of a backing file stands */
	assert_int_equal(parse(head, sizeof(head), 196616, &image, &err), -1);
	assert_int_equal(err.code, ERR_FORMAT);
	assert_non_null(strstr(err.msg, "backing file"));
	memcpy(head, qcow2, sizeof(head));
	head[79] = 4; /* incompatible feature: external data file */
	assert_int_equal(parse(head, sizeof(head), 196616, &image, &err), -1);
	assert_non_null(strstr(err.msg, "another file"));
	memset(head, 0, sizeof(head));
	strcpy((char *)head, "# Disk DescriptorFile\nversion=1\n");
	assert_int_equal(parse(head, sizeof(head), 600, &image, &err), -1);
	assert_non_null(strstr(err.msg, "other files"));
}

static void what_is_cut_off_or_absurd_is_refused(void **state)
{
	uint8_t head[VM_IMAGE_HEAD_BYTES];
	struct error err = ERROR_INIT;
	struct vm_image image = { .virtual_bytes = 5 };

	(void)state;
	assert_int_equal(parse(qcow2, 0, 0, &image, &err), -1);
	assert_int_equal(parse((const uint8_t *)"x", 1, 1, &image, &err), -1);
	for (size_t i = 4; i < 80; i++)
		assert_int_equal(parse(qcow2, i, i, &image, &err), -1);
	for (size_t i = 4; i < 20; i++)
		assert_int_equal(parse(vmdk, i, i, &image, &err), -1);
	memcpy(head, qcow2, sizeof(head));
	head[7] = 4; /* version */
	assert_int_equal(parse(head, sizeof(head), 196616, &image, &err), -1);
	memcpy(head, qcow2, sizeof(head));
	memset(head + 24, 0xff, 8); /* size */
	assert_int_equal(parse(head, sizeof(head), 196616, &image, &err), -1);
	memset(head + 24, 0, 8);
	assert_int_equal(parse(head, sizeof(head), 196616, &image, &err), -1);
	memcpy(head, vmdk, sizeof(head));
	memset(head + 12, 0xff, 8);
	assert_int_equal(parse(head, sizeof(head), 65536, &image, &err), -1);
	assert_int_equal(image.virtual_bytes, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_are_known_by_their_magic),
		cmocka_unit_test(what_refers_to_other_files_is_refused),
		cmocka_unit_test(what_is_cut_off_or_absurd_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
