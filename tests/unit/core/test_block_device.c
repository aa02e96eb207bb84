/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/block_device.h"

#include "unit.h"

static void volumes_are_read(void **state)
{
	struct block_device d = { 0 };
	const struct ec2_ebs_device *ebs = &d.mapping.ebs;
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(block_device_parse("/dev/sdf=size=19969M,type=gp3,iops=4000,"
					    "throughput=250,encrypted,keep",
				 &d, &err),
		0);
	assert_string_equal(d.mapping.device_name, "/dev/sdf");
	assert_null(d.mapping.virtual_name);
	assert_int_equal(ebs->volume_size_gib.value, 20);
	assert_string_equal(ebs->volume_type, "gp3");
	assert_int_equal(ebs->iops.value, 4000);
	assert_int_equal(ebs->throughput_mib_s.value, 250);
	assert_int_equal(ebs->encrypted, SHAPE_TRUE);
	assert_int_equal(ebs->delete_on_termination, SHAPE_FALSE);
	block_device_release(&d);
	assert_int_equal(
		block_device_parse("xvdf=snapshot=snap-0a,size=20G", &d, &err), 0);
	assert_string_equal(ebs->snapshot_id, "snap-0a");
	assert_int_equal(ebs->volume_size_gib.value, 20);
	assert_string_equal(ebs->volume_type, "gp3");
	assert_int_equal(ebs->encrypted, SHAPE_UNSET);
	assert_int_equal(ebs->delete_on_termination, SHAPE_TRUE);
	block_device_release(&d);
	assert_int_equal(
		block_device_parse("sdf=size=8G,kms-key=arn:aws:kms:x", &d, &err), 0);
	assert_string_equal(ebs->kms_key_id, "arn:aws:kms:x");
	assert_int_equal(ebs->encrypted, SHAPE_TRUE);
	block_device_release(&d);
}

static void instance_stores_are_read(void **state)
{
	struct block_device d = { 0 };
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(block_device_parse("/dev/sdb=ephemeral23", &d, &err), 0);
	assert_string_equal(d.mapping.device_name, "/dev/sdb");
	assert_string_equal(d.mapping.virtual_name, "ephemeral23");
	assert_null(d.mapping.ebs.volume_type);
	block_device_release(&d);
}

static void what_is_wrong_is_refused(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "", "'' is not understood" },
		{ "/dev/sdb", "is not understood" },
		{ "/dev/sdb=", "is not understood" },
		{ "usb=ephemeral0", "is not understood" },
		{ "/dev/sdb=ephemeral", "'ephemeral' is not understood" },
		{ "/dev/sdb=ephemeral100", "is not understood" },
		{ "/dev/sdb=size=8G,colour=red", "'colour=red' is not understood" },
		{ "/dev/sdb=size=20,keep",
			"'20' has no unit; write 20G, or 20B for bytes" },
		{ "/dev/sdb=size=0", "'size=0' is not understood" },
		{ "/dev/sdb=size=-1", "'-1' is not a size" },
		{ "/dev/sdb=size=99999999T", "'99999999T' is not a size" },
		{ "/dev/sdb=size=8G,iops=many", "'iops=many' is not understood" },
		{ "/dev/sdb=size=8G,type=", "'type=' is not understood" },
		{ "/dev/sdb=size=8G,", "'' is not understood" },
		{ "/dev/sdb=snapshot=vol-1", "'snapshot=vol-1' is not understood" },
		{ "/dev/sdb=type=gp3", "needs a size, or a snapshot" },
		{ "/dev/sdb=size=8G,type=gp2,iops=100", "IOPS can be chosen of" },
		{ "/dev/sdb=size=8G,type=io2", "needs its IOPS" },
		{ "/dev/sdb=size=8G,type=st1,throughput=9", "of gp3 alone" },
		{ "/dev/sdb=snapshot=snap-0a,encrypted", "encrypted when that is" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct block_device d = { 0 };
		struct error err = ERROR_INIT;

		if (block_device_parse(cases[i].text, &d, &err) == 0)
			fail_msg("case %zu was taken", i);
		unit_assert_error(&err, ERR_USAGE, cases[i].message);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(volumes_are_read),
		cmocka_unit_test(instance_stores_are_read),
		cmocka_unit_test(what_is_wrong_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
