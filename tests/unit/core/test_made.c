/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/made.h"

#include <signal.h>
#include <time.h>

#include "base/clock.h"
#include "core/ec2_calls.h"
#include "service_support.h"
#include "unit.h"

enum { HOUR_S = 3600 };

static void what_is_young_has_a_moment(void **state)
{
	static const struct {
		int64_t age_s;
		bool is_young;
	} cases[] = { { 0, true }, { 100, true }, { 121, false }, { -100, false } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const uint64_t at_ms = made_at_seconds(time(NULL) - cases[i].age_s);
		const uint64_t age_ms = clock_now_ms() - at_ms;

		assert_int_equal(at_ms != 0, cases[i].is_young);
		if (cases[i].is_young)
			assert_in_range(age_ms, (uint64_t)cases[i].age_s * 1000,
				(uint64_t)cases[i].age_s * 1000 + UNIT_PATIENCE_MS);
	}
}

/* A client of a service whose clock shows `now`, as its answer has told. */
static void begin(struct service *s, const char *dir, time_t now, struct aws_client **ret)
{
	CLEANUP(ec2_list_releasep) struct ec2_list none = { 0 };
	CLEANUP(freep) char *script = NULL;
	struct error err = ERROR_INIT;
	char date[40];

	(void)strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", gmtime(&now));
	script = xasprintf(
		"{\"answers\": [{\"status\": 403, \"headers\": {\"Date\": \"%s\"}, "
		"\"body\": \"<Response><Errors><Error><Code>RequestExpired</Code></Error>"
		"</Errors></Response>\"}, {\"body\": "
		"\"<DescribeImagesResponse><imagesSet/>"
		"</DescribeImagesResponse>\"}]}",
		date);
	service_start(s, dir, script);
	if (aws_session_client(&s->session, AWS_EC2, 0, ret, &err) < 0 ||
		ec2_images_find(*ret, NULL, 0, &none, &err) < 0)
		fail_msg("%s", err.msg);
}

static uint64_t moment(const struct aws_client *ec2, time_t at)
{
	char text[32];

	clock_format_utc(at, text, sizeof(text));
	return made_at_text(ec2, text);
}

static void moments_of_the_service_are_by_its_clock(void **state)
{
	static const time_t ahead_s[] = { 6 * HOUR_S, -6 * HOUR_S };

	for (size_t i = 0; i < ARRAY_SIZE(ahead_s); i++) {
		CLEANUP(service_releasep) struct service s = { 0 };
		CLEANUP(aws_client_freep) struct aws_client *ec2 = NULL;
		const time_t now = time(NULL) + ahead_s[i]; /* the service's */

		begin(&s, *state, now, &ec2);
		assert_int_not_equal(moment(ec2, now), 0);
		assert_int_not_equal(moment(ec2, now - 60), 0);
		assert_int_equal(moment(ec2, now - HOUR_S), 0);
		assert_int_equal(made_at_text(ec2, "just now"), 0);
		assert_int_equal(made_at_text(ec2, NULL), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_young_has_a_moment),
		SCRATCH_TEST(moments_of_the_service_are_by_its_clock),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
