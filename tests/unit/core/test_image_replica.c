/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/image_replica.h"

#include "unit.h"

static const struct ec2_block_device root = { .device_name = "/dev/xvda",
	.ebs = { .snapshot_id = "snap-0a",
		.volume_type = "gp3",
		.volume_size_gib = SHAPE_UINT_OF(8),
		.iops = SHAPE_UINT_OF(4000),
		.throughput_mib_s = SHAPE_UINT_OF(250),
		.delete_on_termination = SHAPE_FALSE,
		.kms_key_id = "arn:aws:kms:eu-west-1:123456789012:key/0a",
		.encrypted = SHAPE_TRUE } };

static struct ec2_image image_of(const struct ec2_block_device *devices, size_t count)
{
	return (struct ec2_image){
		.image_id = (char *)"ami-0a",
		.name = (char *)"web",
		.description = (char *)"",
		.architecture = (char *)"x86_64",
		.virtualization_type = (char *)"hvm",
		.root_device_name = (char *)"/dev/xvda",
		.boot_mode = (char *)"uefi-preferred",
		.imds_support = (char *)"v2.0",
		.sriov_net_support = (char *)"simple",
		.ena_support = SHAPE_TRUE,
		.usage_operation = (char *)"RunInstances",
		.block_devices = { devices, count },
	};
}

static void what_a_copy_alone_keeps_is_an_obstacle(void **state)
{
	static const struct ec2_product_code code = { (char *)"a", (char *)"devpay" };
	const struct ec2_block_device two[] = { root,
		{ .device_name = "/dev/sdb", .ebs = { .snapshot_id = "snap-0b" } } };
	struct ec2_image good = image_of(&root, 1), bad;

	(void)state;
	assert_null(image_replica_obstacle(&good));
	bad = image_of(two, 2);
	assert_non_null(strstr(image_replica_obstacle(&bad), "several snapshots"));
	bad = good;
	bad.root_device_name = (char *)"/dev/sda1";
	assert_non_null(strstr(image_replica_obstacle(&bad), "no snapshot"));
	bad = good;
	bad.virtualization_type = (char *)"paravirtual";
	assert_non_null(strstr(image_replica_obstacle(&bad), "hvm"));
	bad = good;
	bad.kernel_id = (char *)"aki-0a";
	assert_non_null(strstr(image_replica_obstacle(&bad), "hvm"));
	bad = good;
	bad.usage_operation = (char *)"RunInstances:0010";
	assert_non_null(strstr(image_replica_obstacle(&bad), "charged"));
	bad = good;
	bad.product_codes = (struct shape_list){ &code, 1 };
	assert_non_null(strstr(image_replica_obstacle(&bad), "charged"));
}

static void all_that_it_has_is_asked_for(void **state)
{
	static const struct ec2_tag tag = { "Team", "base" };
	static const struct shape_list tags = { &tag, 1 };
	const struct ec2_block_device devices[] = { root,
		{ .device_name = "/dev/sdb", .virtual_name = "ephemeral0" } };
	const struct ec2_image image = image_of(devices, 2);
	CLEANUP(image_replica_releasep) struct image_replica r = { 0 };

	(void)state;
	image_replica_init(&image, "snap-0f", "AMzP", &tags, &r);
	assert_string_equal(r.call.name, "web");
	assert_null(r.call.description);
	assert_string_equal(r.call.architecture, "x86_64");
	assert_string_equal(r.call.virtualization_type, "hvm");
	assert_string_equal(r.call.boot_mode, "uefi-preferred");
	assert_string_equal(r.call.imds_support, "v2.0");
	assert_string_equal(r.call.sriov_net_support, "simple");
	assert_string_equal(r.call.uefi_data, "AMzP");
	assert_null(r.call.tpm_support);
	assert_int_equal(r.call.ena_support, SHAPE_TRUE);
	assert_string_equal(r.call.root_device_name, "/dev/xvda");
	assert_int_equal(r.call.block_devices.count, 2);
	assert_string_equal(r.devices[0].ebs.snapshot_id, "snap-0f");
	assert_int_equal(r.devices[0].ebs.volume_size_gib.value, 8);
	assert_int_equal(r.devices[0].ebs.iops.value, 4000);
	assert_int_equal(r.devices[0].ebs.throughput_mib_s.value, 250);
	assert_int_equal(r.devices[0].ebs.delete_on_termination, SHAPE_FALSE);
	/* RegisterImage takes neither together with a snapshot. */
	assert_null(r.devices[0].ebs.kms_key_id);
	assert_int_equal(r.devices[0].ebs.encrypted, SHAPE_UNSET);
	assert_string_equal(r.devices[1].virtual_name, "ephemeral0");
	assert_null(r.devices[1].ebs.snapshot_id);
	assert_string_equal(r.tagged.resource_type, "image");
	assert_ptr_equal(r.tagged.tags.items, &tag);
}

/* What DescribeImages tells of other types is no parameter of theirs. */
static void numbers_are_those_of_the_type(void **state)
{
	static const struct {
		const char *type;
		bool has_iops, has_throughput;
	} cases[] = {
		{ "gp3", true, true },
		{ "io1", true, false },
		{ "io2", true, false },
		{ "gp2", false, false },
		{ "standard", false, false },
	};
	static const struct shape_list tags = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ec2_block_device device = root;
		const struct ec2_image image = image_of(&device, 1);
		CLEANUP(image_replica_releasep) struct image_replica r = { 0 };

		device.ebs.volume_type = cases[i].type;
		image_replica_init(&image, "snap-0f", NULL, &tags, &r);
		assert_int_equal(r.devices[0].ebs.iops.set, cases[i].has_iops);
		assert_int_equal(
			r.devices[0].ebs.throughput_mib_s.set, cases[i].has_throughput);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_copy_alone_keeps_is_an_obstacle),
		cmocka_unit_test(all_that_it_has_is_asked_for),
		cmocka_unit_test(numbers_are_those_of_the_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
