/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/cleanup_tags.h"

#include <signal.h>
#include <time.h>

#include "service_support.h"
#include "unit.h"

enum { HOUR_S = 3600 };

#define SCRIPT                                                                         \
	"{\"answers\": [{\"status\": 403, \"headers\": {\"Date\": \"%s\"}, \"body\": " \
	"\"<Response><Errors><Error><Code>RequestExpired</Code></Error></Errors>"      \
	"</Response>\"}, {\"body\": \"<DescribeImagesResponse><imagesSet/>"            \
	"</DescribeImagesResponse>\"}, {\"body\": "                                    \
	"\"<DescribeSnapshotsResponse><snapshotSet>%s%s</snapshotSet>"                 \
	"</DescribeSnapshotsResponse>\"}]}"

/* One that is pending, as a run's that goes on or was killed. */
static char *snapshot(const char *id, time_t begun_at)
{
	char begun[40];

	(void)strftime(begun, sizeof(begun), "%Y-%m-%dT%H:%M:%S.000Z", gmtime(&begun_at));
	return xasprintf("<item><snapshotId>%s</snapshotId><status>pending</status>"
			 "<startTime>%s</startTime><tagSet><item>"
			 "<key>amiwright:run-id</key><value>r-1</value></item></tagSet>"
			 "</item>",
		id, begun);
}

static bool is_dead(const char *run_id, void *userdata)
{
	(void)run_id;
	(void)userdata;
	return true;
}

/* What was begun an hour ago, and seven, is seen by a machine whose clock is wrong. */
static void assert_old_one_is_found(void **state, time_t ahead_s)
{
	const time_t now = time(NULL) - ahead_s; /* the service's */
	CLEANUP(freep) char *young = snapshot("snap-01", now - HOUR_S);
	CLEANUP(freep) char *old = snapshot("snap-07", now - 7 * HOUR_S);
	CLEANUP(freep) char *script = NULL;
	const struct cleanup_choice choice = { .older_than_s = 6 * HOUR_S,
		.is_dead = is_dead };
	CLEANUP(service_releasep) struct service s = { 0 };
	CLEANUP(aws_client_freep) struct aws_client *ec2 = NULL;
	CLEANUP(cleaned_releasep) struct cleaned cleaned = { 0 };
	struct error err = ERROR_INIT;
	char date[40];

	(void)strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", gmtime(&now));
	script = xasprintf(SCRIPT, date, young, old);
	service_start(&s, *state, script);
	if (aws_session_client(&s.session, AWS_EC2, 0, &ec2, &err) < 0 ||
		cleanup_tags(ec2, &choice, true, NULL, &cleaned, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(cleaned.removed.count, 1);
	assert_string_equal(cleaned.removed.items[0].id, "snap-07");
}

static void a_machine_that_is_ahead_takes_nothing_for_old(void **state)
{
	assert_old_one_is_found(state, 6 * HOUR_S);
}

static void a_machine_that_is_behind_finds_what_is_old(void **state)
{
	assert_old_one_is_found(state, -6 * HOUR_S);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(a_machine_that_is_ahead_takes_nothing_for_old),
		SCRATCH_TEST(a_machine_that_is_behind_finds_what_is_old),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
