/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/public_images.h"

#include "unit.h"

/* With a name as each publisher gives it to its images, but for the last part. */
static void parameters_of_publishers_are_known(void **state)
{
	static const struct {
		const char *parameter, *owner, *name;
	} cases[] = {
		{ "/aws/service/debian/release/13/latest/amd64", "136693071363",
			"debian-13-amd64-*" },
		{ "/aws/service/debian/release/12/latest/arm64", "136693071363",
			"debian-12-arm64-*" },
		{ "/aws/service/ami-amazon-linux-latest/"
		  "al2023-ami-kernel-default-x86_64",
			"amazon", "al2023-ami-2023.*-kernel-6.1-x86_64" },
		{ "/aws/service/ami-amazon-linux-latest/"
		  "al2023-ami-minimal-kernel-default-arm64",
			"amazon", "al2023-ami-minimal-2023.*-kernel-6.1-arm64" },
		{ "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/"
		  "ebs-gp3/ami-id",
			"099720109477",
			"ubuntu/images/hvm-ssd-gp3/ubuntu-*-24.04-amd64-server-*" },
		{ "/aws/service/canonical/ubuntu/server/22.04/stable/current/arm64/hvm/"
		  "ebs-gp2/ami-id",
			"099720109477",
			"ubuntu/images/hvm-ssd/ubuntu-*-22.04-arm64-server-*" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(public_images_releasep) struct public_images images = { 0 };

		assert_true(public_images_of(cases[i].parameter, &images));
		assert_string_equal(images.owner, cases[i].owner);
		assert_string_equal(images.name, cases[i].name);
	}
}

/* A wildcard would select what was not asked for, and a version is an older image. */
static void others_are_not(void **state)
{
	static const char *const cases[] = {
		"",
		"/images/web",
		"/aws/service/debian/release/13/latest/",
		"/aws/service/debian/release/13/latest/amd64/",
		"/aws/service/debian/release/13/latest/amd64:3",
		"/aws/service/debian/release/*/latest/amd64",
		"/aws/service/debian/release/1?/latest/amd64",
		"/aws/service/debian/release//latest/amd64",
		"/aws/service/debian/release/13/latest",
		"/aws/service/debian/daily/13/latest/amd64",
		"mine/aws/service/debian/release/13/latest/amd64",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(public_images_releasep) struct public_images images = { 0 };

		assert_false(public_images_of(cases[i], &images));
		assert_null(images.name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parameters_of_publishers_are_known),
		cmocka_unit_test(others_are_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
