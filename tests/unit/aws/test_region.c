/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/region.h"

#include "oracle.h"

static void regions_are_in_their_partition(void **state)
{
	static const struct {
		const char *region, *partition;
	} cases[] = {
		{ "eu-west-1", "aws" },
		{ "us-newplace-17", "aws" },
		{ "mx-central-1", "aws" },
		{ "cn-north-1", "aws-cn" },
		{ "us-gov-east-1", "aws-us-gov" },
		{ "us-iso-east-1", "aws-iso" },
		{ "us-isob-east-1", "aws-iso-b" },
		{ "us-isof-east-2", "aws-iso-f" },
		{ "eu-isoe-west-1", "aws-iso-e" },
		{ "eusc-de-east-1", "aws-eusc" },
		{ "us-east", NULL },
		{ "us-east-", NULL },
		{ "us-east-1a", NULL },
		{ "us--1", NULL },
		{ "us-gov-", NULL },
		{ "xx-east-1", NULL },
		{ "local", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct region_partition *p = region_partition(cases[i].region);

		if (!p != !cases[i].partition ||
			(p && strcmp(p->name, cases[i].partition) != 0))
			fail_msg("'%s' is in %s", cases[i].region, p ? p->name : "none");
	}
}

static void known_regions_are_as_their_partition_writes_them(void **state)
{
	const struct region_partition *p;
	struct error err = ERROR_INIT;
	size_t count = 0;

	(void)state;
	for (size_t i = 0; (p = region_partition_at(i)); i++) {
		for (const char *const *r = p->regions; *r; r++, count++) {
			assert_ptr_equal(region_partition(*r), p);
			assert_int_equal(region_check(*r, &err), 0);
		}
	}
	assert_true(count > 40);
}

static void the_nearest_region_is_named(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(region_check("us-esat-1", &err), -1);
	unit_assert_error(&err, ERR_USAGE, "did you mean 'us-east-1'?");
	assert_int_equal(region_check("EU-CENTRAL-1", &err), -1);
	unit_assert_error(&err, ERR_USAGE, "did you mean 'eu-central-1'?");
	assert_int_equal(region_check("frankfurt", &err), -1);
	unit_assert_error(&err, ERR_USAGE, "no region 'frankfurt' is known (");
}

static const char *resolved(const struct aws_config *c, const char *option)
{
	struct error err = ERROR_INIT;
	const char *region = "unset";

	if (region_resolve(c, option, &region, &err) < 0) {
		unit_assert_error(&err, ERR_USAGE, "no region is given");
		return NULL;
	}
	return region;
}

static void the_region_is_chosen_in_order(void **state)
{
	CLEANUP(freep) char *path = path_join(*state, "config");
	CLEANUP(aws_config_freep) struct aws_config *c = NULL;
	struct error err = ERROR_INIT;

	oracle_clear_environment();
	unit_write_file(*state, "config", "[default]\nregion = profile\n");
	(void)setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent", 1);
	(void)setenv("AWS_CONFIG_FILE", "/nonexistent", 1);
	assert_int_equal(aws_config_load(NULL, &c, &err), 0);
	assert_null(resolved(c, NULL));
	c = aws_config_free(c);

	(void)setenv("AWS_CONFIG_FILE", path, 1);
	assert_int_equal(aws_config_load(NULL, &c, &err), 0);
	assert_string_equal(resolved(c, NULL), "profile");
	(void)setenv("AWS_DEFAULT_REGION", "default", 1);
	assert_string_equal(resolved(c, NULL), "default");
	(void)setenv("AWS_REGION", "", 1);
	assert_string_equal(resolved(c, NULL), "default");
	(void)setenv("AWS_REGION", "region", 1);
	assert_string_equal(resolved(c, NULL), "region");
	assert_string_equal(resolved(c, "option"), "option");
}

static void what_can_be_no_name_is_refused(void **state)
{
	static const char *const names[] = { "eu west", "eu/west", "eu.west", "-west",
		"west-", "17", "eu\nwest" };
	CLEANUP(aws_config_freep) struct aws_config *c = NULL;
	struct error err = ERROR_INIT;
	const char *region;

	(void)state;
	oracle_clear_environment();
	(void)setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent", 1);
	(void)setenv("AWS_CONFIG_FILE", "/nonexistent", 1);
	assert_int_equal(aws_config_load(NULL, &c, &err), 0);
	assert_string_equal(resolved(c, "Region-1-of-mine"), "Region-1-of-mine");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		assert_int_equal(region_resolve(c, names[i], &region, &err), -1);
		unit_assert_error(&err, ERR_USAGE, "is not the name of a region");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(regions_are_in_their_partition),
		cmocka_unit_test(known_regions_are_as_their_partition_writes_them),
		cmocka_unit_test(the_nearest_region_is_named),
		SCRATCH_TEST(the_region_is_chosen_in_order),
		SCRATCH_TEST(what_can_be_no_name_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
