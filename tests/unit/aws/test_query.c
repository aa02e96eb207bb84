/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/query.h"

#include "unit.h"

#include "aws/ec2.h"
#include "base/strbuf.h"

static void requests_are_forms(void **state)
{
	static const struct ec2_tag tags[] = { { "Name", "a b&c=\xc3\xa9" },
		{ "empty", "" } };
	static const struct ec2_tag_specification specifications[] = {
		{ .resource_type = "image", .tags = { tags, 2 } },
	};
	static const struct ec2_block_device devices[] = {
		{ .device_name = "/dev/xvda",
			.ebs = { .snapshot_id = "snap-1",
				.volume_size_gib = SHAPE_UINT_OF(8),
				.delete_on_termination = SHAPE_TRUE } },
		{ .device_name = "/dev/sdb", .no_device = "" },
	};
	static const struct ec2_register_image r = { .name = "x",
		.ena_support = SHAPE_FALSE,
		.block_devices = { devices, 2 },
		.tag_specifications = { specifications, 1 } };
	CLEANUP(strbuf_releasep) struct strbuf form = STRBUF_INIT;

	(void)state;
	query_encode(&ec2_register_image_action, &r, &form);
	assert_string_equal(form.data,
		"Action=RegisterImage&Version=2016-11-15&Name=x&EnaSupport=false"
		"&BlockDeviceMapping.1.DeviceName=%2Fdev%2Fxvda"
		"&BlockDeviceMapping.1.Ebs.DeleteOnTermination=true"
		"&BlockDeviceMapping.1.Ebs.SnapshotId=snap-1"
		"&BlockDeviceMapping.1.Ebs.VolumeSize=8"
		"&BlockDeviceMapping.2.DeviceName=%2Fdev%2Fsdb"
		"&BlockDeviceMapping.2.NoDevice="
		"&TagSpecification.1.ResourceType=image"
		"&TagSpecification.1.Tag.1.Key=Name"
		"&TagSpecification.1.Tag.1.Value=a%20b%26c%3D%C3%A9"
		"&TagSpecification.1.Tag.2.Key=empty&TagSpecification.1.Tag.2.Value=");
}

/* STS writes its lists in another way, and its answers are one element deeper. */
struct role {
	struct shape_list policies;
};
static const struct shape_field role_fields[] = {
	{ "PolicyArns", offsetof(struct role, policies), SHAPE_LIST, NULL },
};
static const struct shape role_shape = SHAPE_OF(struct role, role_fields);
struct identity {
	char *account;
};
static const struct shape_field result_fields[] = {
	{ "Account", offsetof(struct identity, account), SHAPE_STRING, NULL },
};
static const struct shape result_shape = SHAPE_OF(struct identity, result_fields);
static const struct shape_field identity_fields[] = {
	{ "AssumeResult", 0, SHAPE_STRUCT, &result_shape },
};
static const struct shape identity_shape = SHAPE_OF(struct identity, identity_fields);

static void other_services_can_be_told(void **state)
{
	static const char answer[] = "<AssumeResponse xmlns='x'><AssumeResult><Account>1"
				     "</Account></AssumeResult></AssumeResponse>";
	static const struct query_service sts = { "2011-06-15", QUERY_LISTS_OF_MEMBERS };
	static const struct query_action action = { "Assume", &sts, &role_shape,
		&identity_shape };
	static const char *const policies[] = { "p", "q" };
	static const struct role role = { .policies = { policies, 2 } };
	CLEANUP(strbuf_releasep) struct strbuf form = STRBUF_INIT;
	struct identity who;
	struct error err = ERROR_INIT;

	(void)state;
	query_encode(&action, &role, &form);
	assert_string_equal(form.data, "Action=Assume&Version=2011-06-15"
				       "&PolicyArns.member.1=p&PolicyArns.member.2=q");
	assert_int_equal(query_decode(&action, answer, strlen(answer), &who, &err), 0);
	assert_string_equal(who.account, "1");
	shape_release(&identity_shape, &who);
}

static void answers_without_content_are_checked(void **state)
{
	static const char good[] = "<CreateTagsResponse><return>true</return>"
				   "</CreateTagsResponse>";
	static const char other[] = "<DeleteTagsResponse/>";
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(
		query_decode(&ec2_create_tags_action, good, strlen(good), NULL, &err), 0);
	assert_int_equal(
		query_decode(&ec2_create_tags_action, other, strlen(other), NULL, &err),
		-1);
	unit_assert_error(&err, ERR_FORMAT, "'DeleteTagsResponse' is not the answer");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_forms),
		cmocka_unit_test(other_services_can_be_told),
		cmocka_unit_test(answers_without_content_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
