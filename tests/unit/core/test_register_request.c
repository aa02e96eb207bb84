/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/register_request.h"

#include "core/ec2_calls.h"
#include "core/run_tags.h"
#include "unit.h"

static const struct register_image plain = {
	.snapshot_id = "snap-0a", .name = "debian-12", .architecture = "x86_64"
};

static void defaults_are_those_of_today(void **state)
{
	CLEANUP(register_request_releasep) struct register_request r = { 0 };
	const struct ec2_ebs_device *root;

	(void)state;
	register_request_init(&plain, "run-1", &r);
	root = &r.devices[0].ebs;
	assert_string_equal(r.call.virtualization_type, "hvm");
	assert_string_equal(r.call.imds_support, "v2.0");
	assert_string_equal(r.call.sriov_net_support, "simple");
	assert_int_equal(r.call.ena_support, SHAPE_TRUE);
	assert_string_equal(r.call.root_device_name, "/dev/xvda");
	assert_int_equal(r.call.block_devices.count, 1);
	assert_string_equal(root->snapshot_id, "snap-0a");
	assert_string_equal(root->volume_type, "gp3");
	assert_int_equal(root->delete_on_termination, SHAPE_TRUE);
	assert_int_equal(root->encrypted, SHAPE_UNSET);
	assert_null(r.call.boot_mode);
	assert_null(r.call.tpm_support);
	assert_string_equal(ec2_tag_value(&r.tagged.tags, RUN_TAG_ID), "run-1");
	assert_string_equal(
		ec2_tag_value(&r.tagged.tags, RUN_TAG_STATE), RUN_STATE_UNFINISHED);
	assert_null(ec2_tag_value(&r.tagged.tags, RUN_TAG_FAMILY));
}

static void a_kernel_of_its_own_is_paravirtual(void **state)
{
	CLEANUP(register_request_releasep) struct register_request r = { 0 };
	struct register_image image = plain;

	(void)state;
	image.kernel_id = "aki-1";
	register_request_init(&image, "run-1", &r);
	assert_string_equal(r.call.virtualization_type, "paravirtual");
	assert_string_equal(r.call.root_device_name, "/dev/sda1");
	assert_null(r.call.sriov_net_support);
	assert_int_equal(r.call.ena_support, SHAPE_UNSET);
}

/* An image that is what `plain` asks for. */
static const struct ec2_block_device made_devices[] = {
	{ .device_name = "/dev/xvda",
		.ebs = { .snapshot_id = "snap-0a",
			.volume_type = "gp3",
			.volume_size_gib = SHAPE_UINT_OF(8),
			.iops = SHAPE_UINT_OF(3000) } },
};
static const struct ec2_block_device more_devices[] = {
	{ .device_name = "/dev/xvda",
		.ebs = { .snapshot_id = "snap-0a", .volume_type = "gp3" } },
	{ .device_name = "/dev/sdb", .virtual_name = "ephemeral0" },
};
static const struct ec2_image made = {
	.architecture = (char *)"x86_64",
	.boot_mode = (char *)"uefi",
	.virtualization_type = (char *)"hvm",
	.imds_support = (char *)"v2.0",
	.sriov_net_support = (char *)"simple",
	.ena_support = SHAPE_TRUE,
	.root_device_name = (char *)"/dev/xvda",
	.block_devices = { made_devices, 1 },
};

static char *difference(const struct register_image *image)
{
	CLEANUP(register_request_releasep) struct register_request r = { 0 };
	struct strbuf text = STRBUF_INIT;
	bool is_of;

	register_request_init(image, "run-2", &r);
	is_of = register_request_is_of(&r, &made, &text);
	assert_int_equal(is_of, text.length_bytes == 0);
	return strbuf_take(&text);
}

static void what_was_asked_for_is_known_again(void **state)
{
	struct register_image image = plain;
	CLEANUP(freep) char *plain_one = difference(&plain);
	CLEANUP(freep) char *told = NULL;

	(void)state;
	assert_string_equal(plain_one, "");
	image.boot_mode = "uefi";
	image.volume_size_gib = (struct shape_uint)SHAPE_UINT_OF(8);
	image.iops = (struct shape_uint)SHAPE_UINT_OF(3000);
	image.description = "another";
	told = difference(&image);
	assert_string_equal(told, "");
}

static void more_than_was_asked_for_is_told(void **state)
{
	CLEANUP(register_request_releasep) struct register_request r = { 0 };
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	struct ec2_image image = made;

	(void)state;
	register_request_init(&plain, "run-2", &r);
	image.block_devices = (struct shape_list){ more_devices, 2 };
	assert_false(register_request_is_of(&r, &image, &text));
	assert_string_equal(text.data, "it has 2 devices and not 1");
	strbuf_truncate(&text, 0);
	image = made;
	image.tpm_support = (char *)"v2.0";
	assert_false(register_request_is_of(&r, &image, &text));
	assert_string_equal(text.data, "its TPM is v2.0 and not none");
	strbuf_truncate(&text, 0);
	image = made;
	image.kernel_id = (char *)"aki-1";
	assert_false(register_request_is_of(&r, &image, &text));
	assert_string_equal(text.data, "its kernel is aki-1 and not none");
}

static void what_differs_is_told(void **state)
{
	const struct ec2_block_device more = { .device_name = "/dev/sdb",
		.virtual_name = "ephemeral0" };
	struct register_image cases[12];
	static const char *const wanted[] = {
		"its architecture is x86_64 and not arm64",
		"its boot mode is uefi and not legacy-bios",
		"its TPM is none and not v2.0",
		"its IMDS is v2.0 and not v1",
		"its SR-IOV is simple and not none",
		"its ENA is on and not off",
		"its root device is /dev/xvda and not /dev/sda1",
		"its snapshot is snap-0a and not snap-0b",
		"its volume type is gp3 and not gp2",
		"its volume size is 8 and not 9",
		"its throughput is 0 and not 200",
		"it has no /dev/sdb",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cases[i] = plain;
	cases[0].architecture = "arm64";
	cases[1].boot_mode = "legacy-bios";
	cases[2].has_tpm = true;
	cases[3].allows_imds_v1 = true;
	cases[4].has_no_sriov = true;
	cases[5].has_no_ena = true;
	cases[6].root_device = "/dev/sda1";
	cases[7].snapshot_id = "snap-0b";
	cases[8].volume_type = "gp2";
	cases[9].volume_size_gib = (struct shape_uint)SHAPE_UINT_OF(9);
	cases[10].throughput_mib_s = (struct shape_uint)SHAPE_UINT_OF(200);
	cases[11].devices = &more;
	cases[11].device_count = 1;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *told = difference(&cases[i]);

		assert_string_equal(told, wanted[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_those_of_today),
		cmocka_unit_test(a_kernel_of_its_own_is_paravirtual),
		cmocka_unit_test(what_was_asked_for_is_known_again),
		cmocka_unit_test(more_than_was_asked_for_is_told),
		cmocka_unit_test(what_differs_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
