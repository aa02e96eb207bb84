/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/image.h"

#include <signal.h>

#include "base/clock.h"
#include "core/run_tags.h"
#include "service_support.h"
#include "unit.h"

static void whose_it_is_is_in_its_tags(void **state)
{
	static const struct ec2_tag tags[] = { { "Team", "base" }, { RUN_TAG_ID, "r-1" },
		{ RUN_TAG_STATE, RUN_STATE_UNFINISHED } };
	static const struct ec2_tag done[] = { { RUN_TAG_ID, "r-1" },
		{ RUN_TAG_STATE, RUN_STATE_FINISHED } };
	const struct {
		struct shape_list tags;
		bool is_unfinished;
	} cases[] = {
		{ { tags, ARRAY_SIZE(tags) }, true },
		{ { tags, 2 }, false }, /* no state: it is not of a run of ours */
		{ { tags + 2, 1 }, false }, /* nor without an id */
		{ { done, ARRAY_SIZE(done) }, false },
		{ { NULL, 0 }, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct ec2_image image = { .tags = cases[i].tags };
		const char *run_id = "";

		assert_int_equal(
			image_is_unfinished(&image, &run_id), cases[i].is_unfinished);
		assert_string_equal(run_id, cases[i].is_unfinished ? "r-1" : "");
	}
}

static void the_root_is_found_by_its_name(void **state)
{
	static char root[] = "/dev/xvda", other[] = "/dev/sda1";
	static const struct ec2_block_device devices[] = {
		{ .device_name = "/dev/sdb", .virtual_name = "ephemeral0" },
		{ .device_name = "/dev/sdf", .ebs = { .snapshot_id = "snap-2" } },
		{ .device_name = "/dev/xvda", .ebs = { .snapshot_id = "snap-1" } },
	};
	const struct shape_list all = { devices, ARRAY_SIZE(devices) };
	const struct ec2_image image = { .root_device_name = root, .block_devices = all };
	const struct ec2_image lost = { .root_device_name = other, .block_devices = all };
	const struct ec2_image unnamed = { .block_devices = all };

	(void)state;
	assert_string_equal(image_root_snapshot(&image), "snap-1");
	assert_null(image_root_snapshot(&lost));
	assert_null(image_root_snapshot(&unnamed));
}

#define LOOK(state)                                                             \
	"{\"body\": \"<DescribeImagesResponse><imagesSet><item><imageId>ami-1"  \
	"</imageId><imageState>" state "</imageState><stateReason><message>as " \
	"told</message></stateReason></item></imagesSet></DescribeImagesResponse>\"}"

/* One look has three attempts. */
#define BUSY(times) "{\"status\": 503, \"times\": " times "}"

static void it_is_waited_for(void **state)
{
	static const struct {
		const char *answers;
		uint64_t most_s;
		enum err_code code; /* ERR_NONE: it is available */
		const char *message;
		bool has_failed;
	} cases[] = {
		{ LOOK("pending") ", " LOOK("available"), 20, ERR_NONE, NULL, false },
		{ LOOK("pending") ", " BUSY("4") ", " LOOK("available"), 20, ERR_NONE,
			NULL, false },
		{ BUSY("0"), 0, ERR_TIMEOUT, "s: look at ami-1: after 3 attempts",
			false },
		{ LOOK("pending") ", " LOOK("failed"), 20, ERR_FETCH,
			"ami-1 is failed: as told", true },
		{ LOOK("deregistered"), 20, ERR_FETCH, "ami-1", true },
		{ "{\"status\": 403, \"times\": 0}", 20, ERR_FETCH, "look at ami-1",
			false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep)
		char *script = xasprintf("{\"answers\": [%s]}", cases[i].answers);
		CLEANUP(service_releasep) struct service s = { 0 };
		struct aws_client *ec2 = NULL;
		struct error err = ERROR_INIT;
		bool has_failed;
		int rc;

		service_start(&s, *state, script);
		if (aws_session_client(&s.session, AWS_EC2, 0, &ec2, &err) < 0)
			fail_msg("%s", err.msg);
		rc = image_wait(
			ec2, "ami-1", 0, cases[i].most_s, &has_failed, NULL, &err);
		ec2 = aws_client_free(ec2);
		if (rc < 0 && !cases[i].message)
			fail_msg("%s: %s", cases[i].answers, err.msg);
		assert_int_equal(rc, cases[i].message ? -1 : 0);
		assert_int_equal(has_failed, cases[i].has_failed);
		if (cases[i].message)
			unit_assert_error(&err, cases[i].code, cases[i].message);
	}
}

#define NOT_FOUND(code, action)                                                      \
	"{\"status\": 400, \"times\": 2, \"body\": \"<Response><Errors><Error>"      \
	"<Code>" code ".NotFound</Code></Error></Errors></Response>\"}, {\"body\": " \
	"\"<" action "Response/>\"}"

/* Where it is young, the third request finds it; else the first one's answer is it. */
static void only_what_is_old_is_gone(void **state)
{
	static const char images[] =
		"{\"answers\": [" NOT_FOUND("InvalidAMIID", "DeregisterImage") "]}";
	static const char snapshots[] =
		"{\"answers\": [" NOT_FOUND("InvalidSnapshot", "DeleteSnapshot") "]}";

	for (size_t i = 0; i < 4; i++) {
		const bool is_image = i & 1, is_young = i & 2;
		CLEANUP(service_releasep) struct service s = { 0 };
		CLEANUP(freep) char *second = NULL, *third = NULL;
		uint64_t made_at_ms = is_young ? clock_now_ms() : 0;
		struct aws_client *ec2 = NULL;
		struct error err = ERROR_INIT;
		bool in_use;
		int rc;

		service_start(&s, *state, is_image ? images : snapshots);
		if (aws_session_client(&s.session, AWS_EC2, 0, &ec2, &err) < 0)
			fail_msg("%s", err.msg);
		rc = is_image ? image_deregister(ec2, "ami-1", made_at_ms,
					UNIT_PATIENCE_MS, NULL, &err)
			      : image_delete_snapshot(
					ec2, "snap-1", made_at_ms, &in_use, &err);
		ec2 = aws_client_free(ec2);
		if (rc < 0)
			fail_msg("%s", err.msg);
		second = fake_request(s.fake, 2);
		third = fake_request(s.fake, 3);
		assert_int_equal(second != NULL, is_young);
		assert_int_equal(third != NULL, is_young);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whose_it_is_is_in_its_tags),
		cmocka_unit_test(the_root_is_found_by_its_name),
		SCRATCH_TEST(it_is_waited_for),
		SCRATCH_TEST(only_what_is_old_is_gone),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
