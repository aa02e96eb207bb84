/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/sink_snapshot.h"

#include <signal.h>

#include "core/map_digests.h"
#include "service_support.h"
#include "unit.h"

#define START                                                                           \
	"{\"path\": \"/snapshots\", \"status\": 201, \"body\": \"{\\\"SnapshotId\\\": " \
	"\\\"snap-1\\\", \\\"BlockSize\\\": 524288}\"}"
#define PUT(index) "{\"path\": \"/snapshots/snap-1/blocks/" #index "\", \"status\": 201}"

static const struct run_place place = { "eu-west-1", "http://127.0.0.1:1", "-",
	"default" };

/* A disk of four blocks, of which 1 and 3 have data. */
static struct blockmap *make_map(void)
{
	struct blockmap *m = blockmap_new(3 * EBS_BLOCK_BYTES + 512);
	struct error err = ERROR_INIT;

	blockmap_add_memory(m, EBS_BLOCK_BYTES + 7, xstrdup("a"), 1);
	blockmap_add_memory(m, 3 * EBS_BLOCK_BYTES, xstrdup("b"), 1);
	assert_int_equal(blockmap_seal(m, &err), 0);
	return m;
}

static struct run_journal *begin_run(const char *dir)
{
	struct run_journal *j = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(setenv("XDG_STATE_HOME", dir, 1), 0);
	assert_int_equal(setenv("XDG_CACHE_HOME", dir, 1), 0);
	assert_int_equal(run_journal_begin("build", &place, &j, &err), 0);
	return j;
}

static void assert_deeds(const struct run_journal *j, const enum run_act *acts, size_t n)
{
	const struct run_past *past = run_journal_past(j);

	assert_int_equal(past->count, n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(past->deeds[i].act, acts[i]);
}

static void blocks_go_from_the_map_to_the_service(void **state)
{
	static const struct ebs_tag tag = { "Team", "base" };
	static const enum run_act acts[] = { RUN_STARTS, RUN_MADE };
	CLEANUP(blockmap_freep) struct blockmap *m = make_map();
	CLEANUP(run_journal_freep) struct run_journal *j = begin_run(*state);
	CLEANUP(service_releasep) struct service s = { 0 };
	CLEANUP(sink_freep) struct sink *sink = NULL;
	CLEANUP(map_digests_freep) struct map_digests *d = NULL;
	CLEANUP(freep) char *request = NULL, *token = NULL;
	struct sink_snapshot_spec spec = {
		.journal = j, .description = "a disk", .tags = &tag, .tag_count = 1
	};
	const struct sink_snapshot_written *w;
	struct disk_digests digests;
	struct error err = ERROR_INIT;

	service_start(&s, *state, "{\"answers\": [" PUT(1) ", " PUT(3) ", " START "]}");
	spec.ebs = s.ebs;
	sink = sink_snapshot_new(&spec);
	if (sink_write(sink, m, NULL, &err) < 0 || map_digests_begin(m, &d, &err) < 0 ||
		map_digests_end(d, &digests, &err) < 0)
		fail_msg("%s", err.msg);
	w = sink_snapshot_written(sink);
	assert_string_equal(w->id, "snap-1");
	assert_int_equal(w->volume_size_gib, 1);
	assert_int_equal(w->count.blocks, 2);
	assert_string_equal(w->count.linear, digests.linear);
	assert_int_equal(sink->written_bytes, 2 * EBS_BLOCK_BYTES);
	assert_deeds(j, acts, ARRAY_SIZE(acts));
	request = fake_request(s.fake, 1);
	token = xasprintf("\"ClientToken\":\"%s\"", run_journal_id(j));
	assert_non_null(strstr(request, token));
	assert_non_null(strstr(request, "{\"Key\":\"Team\",\"Value\":\"base\"}"));
	assert_non_null(strstr(
		request, "{\"Key\":\"amiwright:state\",\"Value\":\"unfinished\"}"));
}

/* What the journal says of a snapshot that was not made. */
static void a_refusal_is_noted(void **state)
{
	static const enum run_act refused[] = { RUN_STARTS, RUN_REFUSED };
	static const enum run_act unknown[] = { RUN_STARTS };
	static const struct {
		const char *script;
		const enum run_act *acts;
		size_t count;
	} cases[] = {
		{ "{\"answers\": [{\"status\": 403, \"times\": 0}]}", refused,
			ARRAY_SIZE(refused) },
		{ "{\"answers\": [{\"status\": 500, \"times\": 0}]}", unknown,
			ARRAY_SIZE(unknown) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(blockmap_freep) struct blockmap *m = make_map();
		CLEANUP(run_journal_freep) struct run_journal *j = begin_run(*state);
		CLEANUP(service_releasep) struct service s = { 0 };
		CLEANUP(sink_freep) struct sink *sink = NULL;
		struct sink_snapshot_spec spec = { .journal = j };
		struct error err = ERROR_INIT;

		service_start(&s, *state, cases[i].script);
		spec.ebs = s.ebs;
		sink = sink_snapshot_new(&spec);
		assert_int_equal(sink_write(sink, m, NULL, &err), -1);
		unit_assert_error(&err, ERR_FETCH, "start a snapshot");
		assert_deeds(j, cases[i].acts, cases[i].count);
		assert_int_equal(!!run_past_unanswered(run_journal_past(j)), i == 1);
	}
}

static void what_no_volume_holds_is_refused(void **state)
{
	CLEANUP(blockmap_freep)
	struct blockmap *m = blockmap_new((UINT64_C(65536) << 30) + 1);
	CLEANUP(run_journal_freep) struct run_journal *j = begin_run(*state);
	CLEANUP(sink_freep) struct sink *sink = NULL;
	const struct sink_snapshot_spec spec = { .journal = j };
	struct error err = ERROR_INIT;

	assert_int_equal(blockmap_seal(m, &err), 0);
	sink = sink_snapshot_new(&spec);
	assert_int_equal(sink_write(sink, m, NULL, &err), -1);
	unit_assert_error(&err, ERR_TARGET, "and a volume has 65536 at most");
	assert_deeds(j, NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(blocks_go_from_the_map_to_the_service),
		SCRATCH_TEST(a_refusal_is_noted),
		SCRATCH_TEST(what_no_volume_holds_is_refused),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
