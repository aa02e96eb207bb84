/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/remove.h"

#include <signal.h>

#include "service_support.h"
#include "unit.h"

#define NO_IMAGE \
	"{\"body\": \"<DescribeImagesResponse><imagesSet/></DescribeImagesResponse>\"}"
#define SNAPSHOT                                                      \
	"{\"body\": \"<DescribeSnapshotsResponse><snapshotSet><item>" \
	"<snapshotId>snap-01</snapshotId></item></snapshotSet>"       \
	"</DescribeSnapshotsResponse>\"}"
#define REGIONS                                                        \
	"{\"body\": \"<DescribeRegionsResponse><regionInfo>"           \
	"<item><regionName>eu-west-1</regionName></item>"              \
	"<item><regionName>us-east-1</regionName></item></regionInfo>" \
	"</DescribeRegionsResponse>\"}"
#define WHOSE "{\"status\": 403}" /* nobody says what account it is */

/* A removal that was killed between the image and its snapshot. */
static void kill_removal(const char *region, const char *copy_of, const char *image_id)
{
	const struct run_place place = { region, "http://127.0.0.1:1", "-", "default" };
	const char *const what[] = { copy_of, image_id, "snap-01" };
	CLEANUP(run_journal_freep) struct run_journal *j = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(run_journal_begin("remove", &place, &j, &err), 0);
	for (size_t i = 0; i < ARRAY_SIZE(what); i++)
		if (what[i])
			assert_int_equal(
				run_journal_note(j, RUN_REMOVES, what[i], &err), 0);
}

/* The last answer is that to whatever the test does not expect. */
static int remove_ami_01(struct service *s, const char *dir, const char *answers,
	struct remove_spec spec, struct removed *ret, struct error *err)
{
	static const char *const ids[] = { "ami-01" };
	CLEANUP(freep)
	char *script = xasprintf(
		"{\"answers\": [%s, {\"status\": 403, \"times\": 0}]}", answers);
	CLEANUP(freep) char *url = NULL;

	service_start(s, dir, script);
	url = fake_url(s->fake, "");
	spec.session.endpoint_url = url;
	spec.image_ids = ids;
	spec.image_count = ARRAY_SIZE(ids);
	return remove_images(&spec, NULL, ret, err);
}

static void use_state(const char *dir)
{
	assert_int_equal(setenv("XDG_STATE_HOME", dir, 1), 0);
}

/* Of the image, and of a copy of it. */
static void snapshots_of_a_killed_removal_are_kept_where_wanted(void **state)
{
	CLEANUP(service_releasep) struct service s = { 0 };
	CLEANUP(removed_releasep) struct removed removed = { 0 };
	const struct remove_spec spec = {
		.with_copies = true,
		.how = { .keeps_snapshots = true },
	};
	struct error err = ERROR_INIT;

	use_state(*state);
	kill_removal("eu-west-1", NULL, "ami-01");
	kill_removal("us-east-1", "eu-west-1/ami-01", "ami-0a");
	if (remove_ami_01(&s, *state,
		    NO_IMAGE ", " REGIONS ", " NO_IMAGE ", " NO_IMAGE ", " SNAPSHOT
			     ", " WHOSE ", " NO_IMAGE ", " SNAPSHOT,
		    spec, &removed, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(removed.count, 2);
	assert_string_equal(removed.items[0].image_id, "ami-0a");
	assert_string_equal(removed.items[0].copy_of, "eu-west-1/ami-01");
	assert_string_equal(removed.items[1].image_id, "ami-01");
	for (size_t i = 0; i < removed.count; i++) {
		assert_true(removed.items[i].was_gone);
		assert_int_equal(removed.items[i].deleted.count, 0);
		assert_int_equal(removed.items[i].kept.count, 1);
		assert_string_equal(removed.items[i].kept.items[0], "snap-01");
	}
}

static int refuse(const struct removed *would, void *userdata, struct error *err)
{
	unsigned int *asked = userdata;

	assert_int_equal(would->count, 1);
	assert_true(would->items[0].was_gone);
	assert_int_equal(would->items[0].deleted.count, 1);
	++*asked;
	return error_set(err, ERR_TARGET, 0, "no");
}

static void snapshots_alone_are_asked_about(void **state)
{
	CLEANUP(service_releasep) struct service s = { 0 };
	CLEANUP(removed_releasep) struct removed removed = { 0 };
	unsigned int asked = 0;
	const struct remove_spec spec = { .confirm = refuse, .userdata = &asked };
	struct error err = ERROR_INIT;

	use_state(*state);
	kill_removal("eu-west-1", NULL, "ami-01");
	assert_int_equal(
		remove_ami_01(&s, *state, NO_IMAGE ", " NO_IMAGE ", " SNAPSHOT ", " WHOSE,
			spec, &removed, &err),
		-1);
	unit_assert_error(&err, ERR_TARGET, "no");
	assert_int_equal(asked, 1);
	assert_int_equal(removed.count, 0);
}

static void nobody_is_asked_about_nothing(void **state)
{
	CLEANUP(service_releasep) struct service s = { 0 };
	CLEANUP(removed_releasep) struct removed removed = { 0 };
	unsigned int asked = 0;
	const struct remove_spec spec = { .confirm = refuse, .userdata = &asked };
	struct error err = ERROR_INIT;

	use_state(*state);
	if (remove_ami_01(&s, *state, NO_IMAGE ", " WHOSE, spec, &removed, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(asked, 0);
	assert_int_equal(removed.count, 1);
	assert_true(removed.items[0].was_gone);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(snapshots_of_a_killed_removal_are_kept_where_wanted),
		SCRATCH_TEST(snapshots_alone_are_asked_about),
		SCRATCH_TEST(nobody_is_asked_about_nothing),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
