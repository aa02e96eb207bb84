/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/build_cloud.h"

#include <signal.h>

#include "core/kept_blocks_file.h"
#include "core/record.h"
#include "core/run_journal.h"
#include "service_support.h"
#include "unit.h"

#define SNAPSHOT                                                      \
	"{\"body\": \"<DescribeSnapshotsResponse><snapshotSet><item>" \
	"<snapshotId>snap-01</snapshotId></item></snapshotSet>"       \
	"</DescribeSnapshotsResponse>\"}"
#define WHOSE "{\"path\": \"/\", \"status\": 403}" /* nobody says what account it is */
#define HIDDEN                                                                  \
	"{\"status\": 400, \"times\": 0, \"body\": \"<Response><Errors><Error>" \
	"<Code>InvalidSnapshot.NotFound</Code></Error></Errors></Response>\"}"
#define REFUSED "{\"status\": 400, \"times\": 0}"

static void keep_digests(const char *key)
{
	static const uint8_t digest[SHA256_BYTES];
	CLEANUP(kept_blocks_releasep) struct kept_blocks k = { 0 };

	kept_blocks_add(&k, 5, digest);
	kept_blocks_seal(&k);
	kept_blocks_save(key, &k);
}

static bool has_digests(const char *key)
{
	CLEANUP(kept_blocks_releasep) struct kept_blocks k = { 0 };

	return kept_blocks_load(key, &k);
}

/* The checksum may be wrong because they are not of this parent. */
static void a_parent_whose_child_is_refused_is_not_believed(void **state)
{
	CLEANUP(service_releasep) struct service s = { 0 };
	CLEANUP(freep) char *url = NULL, *key = NULL;
	const struct recipe recipe = { .name = xstrdup("web"),
		.arch = RECIPE_ARCH_X86_64,
		.image.boot_mode = RECIPE_MODE_UEFI };
	const struct build_cloud_written w = {
		.snapshot_id = "snap-02", .linear = "x", .blocks = 1
	};
	struct build_cloud_spec spec = { .parent = "snap-01" };
	struct build_cloud *c = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(setenv("XDG_STATE_HOME", *state, 1), 0);
	assert_int_equal(setenv("XDG_CACHE_HOME", *state, 1), 0);
	service_start(
		&s, *state, "{\"answers\": [" SNAPSHOT ", " WHOSE ", " REFUSED "]}");
	url = fake_url(s.fake, "");
	spec.session.endpoint_url = url;
	key = kept_blocks_key(s.ebs, spec.parent);
	keep_digests(key);
	if (build_cloud_open(&spec, &recipe, NULL, &c, &err) < 0)
		fail_msg("%s", err.msg);
	assert_true(has_digests(key));
	assert_int_equal(build_cloud_complete(c, &w, NULL, &err), -1);
	assert_int_equal(err.code, ERR_FETCH);
	assert_false(has_digests(key));
	c = build_cloud_free(c);
	free(recipe.name);
}

struct warnings {
	struct progress progress;
	unsigned int count;
	char text[200];
};

static void hear(struct progress *p, const struct progress_event *event)
{
	struct warnings *w = (struct warnings *)p;

	if (event->kind != PROGRESS_WARNING)
		return;
	w->count++;
	(void)snprintf(w->text, sizeof(w->text), "%s", event->text);
}

static void leave_journal(void)
{
	const struct run_place place = { "eu-west-1", "http://127.0.0.1:1", "-",
		"default" };
	struct run_journal *j = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(run_journal_begin("build", &place, &j, &err), 0);
	assert_null(run_journal_free(j));
}

static void dead_runs_are_mentioned_when_one_begins(void **state)
{
	CLEANUP(service_releasep) struct service s = { 0 };
	CLEANUP(freep) char *url = NULL;
	const struct recipe recipe = { .name = xstrdup("web"),
		.arch = RECIPE_ARCH_X86_64,
		.image.boot_mode = RECIPE_MODE_UEFI };
	struct build_cloud_spec spec = { .parent = "snap-01" };
	struct warnings w = { .progress.report = hear };
	struct build_cloud *c = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(setenv("XDG_STATE_HOME", *state, 1), 0);
	leave_journal();
	leave_journal();
	service_start(
		&s, *state, "{\"answers\": [" SNAPSHOT ", " WHOSE ", " REFUSED "]}");
	url = fake_url(s.fake, "");
	spec.session.endpoint_url = url;
	if (build_cloud_open(&spec, &recipe, &w.progress, &c, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(w.count, 1);
	assert_non_null(strstr(w.text, "2 earlier runs did not come to an end"));
	c = build_cloud_free(c);
	free(recipe.name);
}

/* As a child of the run notes it. */
static void note_made(const char *state_dir, const char *run_id, const char *id)
{
	CLEANUP(freep)
	char *path = xasprintf("%s/amiwright/runs/%s", state_dir, run_id);
	CLEANUP(strbuf_releasep) struct strbuf deed = STRBUF_INIT, line = STRBUF_INIT;
	FILE *journal = fopen(path, "ae");

	assert_non_null(journal);
	run_past_format_deed(RUN_MADE, time(NULL), id, &deed);
	record_add(&line, deed.data);
	assert_int_equal(fwrite(line.data, line.length_bytes, 1, journal), 1);
	assert_int_equal(fclose(journal), 0);
}

/* Then cleanup knows of what EC2 does not show yet. */
static void a_journal_stays_while_what_it_names_is_hidden(void **state)
{
	CLEANUP(service_releasep) struct service s = { 0 };
	CLEANUP(freep) char *url = NULL;
	CLEANUP(strv_releasep) struct strv runs = STRV_INIT;
	const struct recipe recipe = { .name = xstrdup("web"),
		.arch = RECIPE_ARCH_X86_64,
		.image.boot_mode = RECIPE_MODE_UEFI };
	const struct error why = { .code = ERR_INTERRUPTED };
	struct build_cloud_spec spec = { 0 };
	struct build_cloud *c = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(setenv("XDG_STATE_HOME", *state, 1), 0);
	service_start(&s, *state, "{\"answers\": [" SNAPSHOT ", " WHOSE ", " HIDDEN "]}");
	url = fake_url(s.fake, "");
	spec.session.endpoint_url = url;
	if (build_cloud_open(&spec, &recipe, NULL, &c, &err) < 0)
		fail_msg("%s", err.msg);
	note_made(*state, build_cloud_run_id(c), "snap-02");
	build_cloud_give_up(c, &why, NULL);
	c = build_cloud_free(c);
	assert_int_equal(run_journal_list(&runs, &err), 0);
	assert_int_equal(runs.count, 1);
	free(recipe.name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(a_journal_stays_while_what_it_names_is_hidden),
		SCRATCH_TEST(a_parent_whose_child_is_refused_is_not_believed),
		SCRATCH_TEST(dead_runs_are_mentioned_when_one_begins),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
