/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/image_state.h"

#include <signal.h>

#include "aws/timestamp.h"
#include "service_support.h"
#include "unit.h"

static char image_id[] = "ami-1";

/* What is asked of the service for a wish: NULL is nothing. `rc` comes back. */
static void assert_asks(void **state, const struct ec2_image *image, const char *at,
	enum recipe_protect protect, const char *asks)
{
	const char *action = at ? "EnableImageDeprecation"
			     : protect == RECIPE_PROTECT_NO
				     ? "DisableImageDeregistrationProtection"
				     : "EnableImageDeregistrationProtection";
	CLEANUP(freep)
	char *script =
		xasprintf("{\"answers\": [{\"body\": \"<%sResponse/>\"}]}", action);
	CLEANUP(service_releasep) struct service s = { 0 };
	CLEANUP(freep) char *request = NULL;
	struct aws_client *ec2 = NULL;
	struct error err = ERROR_INIT;
	int64_t at_s = 0;
	int rc;

	service_start(&s, *state, script);
	if (aws_session_client(&s.session, AWS_EC2, 0, &ec2, &err) < 0)
		fail_msg("%s", err.msg);
	assert_true(!at || timestamp_parse(at, &at_s));
	rc = at ? image_state_deprecate(ec2, image, 0, at_s, &err)
		: image_state_protect(ec2, image, 0, protect, &err);
	ec2 = aws_client_free(ec2);
	if (rc < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(rc, asks ? 1 : 0);
	if (!asks)
		return;
	request = fake_request(s.fake, 1);
	if (!strstr(request, asks))
		fail_msg("'%s' is not in: %s", asks, request);
}

static void it_is_deprecated_once(void **state)
{
	static const struct {
		const char *is, *wanted, *asks;
	} cases[] = {
		{ NULL, "2027-01-01T00:00:00.000Z",
			"Action=EnableImageDeprecation&Version=2016-11-15&ImageId=ami-1&"
			"DeprecateAt=2027-01-01T00%3A00%3A00" },
		{ "2027-01-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z", NULL },
		/* The service keeps minutes. */
		{ "2027-01-01T00:00:59.000Z", "2027-01-01T00:00:00.000Z", NULL },
		{ "2027-01-01T00:01:00.000Z", "2027-01-01T00:00:00.000Z",
			"DeprecateAt=2027-01-01T00%3A00%3A00" },
		{ "never", "2027-01-01T00:00:00.000Z", "DeprecateAt=2027" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct ec2_image image = { .image_id = image_id,
			.deprecation_time = (char *)cases[i].is };

		assert_asks(state, &image, cases[i].wanted, RECIPE_PROTECT_AS_IS,
			cases[i].asks);
	}
}

static void it_is_protected_as_wished(void **state)
{
	static const char on[] = "Action=EnableImageDeregistrationProtection";
	static const char off[] = "Action=DisableImageDeregistrationProtection";
	static const struct {
		const char *is;
		enum recipe_protect wish;
		const char *asks;
	} cases[] = {
		{ NULL, RECIPE_PROTECT_AS_IS, NULL },
		{ "enabled-without-cooldown", RECIPE_PROTECT_AS_IS, NULL },
		{ NULL, RECIPE_PROTECT_NO, NULL },
		{ "disabled", RECIPE_PROTECT_NO, NULL },
		{ "enabled-without-cooldown", RECIPE_PROTECT_NO, off },
		{ "enabled-with-cooldown", RECIPE_PROTECT_NO, off },
		{ "disabled", RECIPE_PROTECT_YES, on },
		{ "enabled-with-cooldown", RECIPE_PROTECT_YES, NULL },
		{ "disabled", RECIPE_PROTECT_COOLDOWN, "WithCooldown=true" },
		{ "enabled-without-cooldown", RECIPE_PROTECT_COOLDOWN,
			"WithCooldown=true" },
		{ "enabled-with-cooldown", RECIPE_PROTECT_COOLDOWN, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct ec2_image image = { .image_id = image_id,
			.deregistration_protection = (char *)cases[i].is };

		assert_asks(state, &image, NULL, cases[i].wish, cases[i].asks);
	}
}

static void what_is_protected_is_not_removable(void **state)
{
	static const struct {
		const char *is, *says;
	} cases[] = {
		{ NULL, NULL },
		{ "", NULL },
		{ "disabled", NULL },
		{ "enabled-without-cooldown",
			"ami-1 in eu-west-1 is protected from deregistration; 'amiwright "
			"publish ami-1 --region eu-west-1 --protect no' ends that" },
		{ "enabled-with-cooldown", "--protect no' ends that a day later" },
		{ "disabled-after-2027-01-01T00:00:00.000Z",
			"until its cooldown is over: "
			"disabled-after-2027-01-01T00:00:00.000Z" },
	};
	CLEANUP(service_releasep) struct service s = { 0 };
	CLEANUP(aws_client_freep) struct aws_client *ec2 = NULL;
	struct error err = ERROR_INIT;

	service_start(&s, *state, "{}");
	if (aws_session_client(&s.session, AWS_EC2, 0, &ec2, &err) < 0)
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct ec2_image image = { .image_id = image_id,
			.deregistration_protection = (char *)cases[i].is };

		assert_int_equal(image_state_check_removable(ec2, &image, &err),
			cases[i].says ? -1 : 0);
		if (cases[i].says)
			unit_assert_error(&err, ERR_TARGET, cases[i].says);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(it_is_deprecated_once),
		SCRATCH_TEST(it_is_protected_as_wished),
		SCRATCH_TEST(what_is_protected_is_not_removable),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
