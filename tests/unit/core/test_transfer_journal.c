/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/transfer_journal.h"

#include <sys/stat.h>

#include "unit.h"

static const struct transfer_kind kind = { "uploads", "uploading this" };
static const struct transfer_file file = { 1, 2, 3000, 4, 5 };
static const uint8_t digest[SHA256_BYTES] = { 1, 2, 3 };

static struct transfer_journal *open_journal(void **state, const char *where)
{
	struct transfer_journal *j = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(setenv("XDG_STATE_HOME", *state, 1), 0);
	if (transfer_journal_open(&kind, where, &j, &err) < 0)
		fail_msg("%s", err.msg);
	return j;
}

static void write_journal(struct transfer_journal *j)
{
	struct error err = ERROR_INIT;

	assert_int_equal(transfer_journal_begin(j, &file, "token", &err), 0);
	assert_int_equal(transfer_journal_snapshot(j, "snap-1", &err), 0);
	assert_int_equal(transfer_journal_block(j, 7, digest, &err), 0);
	assert_int_equal(transfer_journal_completing(j, &err), 0);
}

static void a_later_run_reads_what_was_written(void **state)
{
	CLEANUP(transfer_journal_freep) struct transfer_journal *j = NULL;
	struct transfer_file other = file;
	const struct transfer_past *past;
	struct stat st;

	write_journal(j = open_journal(state, "here"));
	j = transfer_journal_free(j);
	j = open_journal(state, "here");
	past = transfer_journal_past(j);
	assert_string_equal(past->token, "token");
	assert_string_equal(past->snapshot_id, "snap-1");
	assert_int_equal(past->count, 1);
	assert_int_equal(past->blocks[0].index, 7);
	assert_memory_equal(past->blocks[0].digest, digest, sizeof(digest));
	assert_true(past->is_completing);
	assert_true(transfer_journal_is_of(j, &file));
	other.changed_ns++;
	assert_false(transfer_journal_is_of(j, &other));
	assert_int_equal(stat(transfer_journal_path(j), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void another_place_has_another_journal(void **state)
{
	CLEANUP(transfer_journal_freep)
	struct transfer_journal *here = open_journal(state, "here");
	CLEANUP(transfer_journal_freep)
	struct transfer_journal *there = open_journal(state, "there");

	write_journal(here);
	assert_string_not_equal(
		transfer_journal_path(here), transfer_journal_path(there));
	assert_string_equal(transfer_journal_past(there)->token, "");
}

static void the_second_is_refused(void **state)
{
	CLEANUP(transfer_journal_freep)
	struct transfer_journal *first = open_journal(state, "here");
	struct transfer_journal *second = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(transfer_journal_open(&kind, "here", &second, &err), -1);
	unit_assert_error(&err, ERR_TARGET, "another amiwright is uploading this;");
	first = transfer_journal_free(first);
	first = open_journal(state, "here");
}

static void what_is_damaged_is_cut_off_and_written_anew(void **state)
{
	CLEANUP(transfer_journal_freep) struct transfer_journal *j = NULL;
	CLEANUP(fd_closep) int fd = -1;
	struct error err = ERROR_INIT;

	write_journal(j = open_journal(state, "here"));
	fd = open(transfer_journal_path(j), O_WRONLY | O_APPEND | O_CLOEXEC);
	assert_int_equal(write(fd, "torn", 4), 4);
	j = transfer_journal_free(j);
	j = open_journal(state, "here");
	assert_int_equal(transfer_journal_block(j, 9, digest, &err), 0);
	j = transfer_journal_free(j);
	j = open_journal(state, "here");
	assert_int_equal(transfer_journal_past(j)->count, 2);
	assert_int_equal(transfer_journal_begin(j, &file, "again", &err), 0);
	assert_int_equal(transfer_journal_past(j)->count, 0);
	j = transfer_journal_free(j);
	j = open_journal(state, "here");
	assert_string_equal(transfer_journal_past(j)->token, "again");
	assert_string_equal(transfer_journal_past(j)->snapshot_id, "");
}

static void nothing_is_left_of_one_that_is_removed_or_empty(void **state)
{
	CLEANUP(freep) char *dir = path_join(*state, "amiwright/uploads");
	struct transfer_journal *j = open_journal(state, "here");
	struct error err = ERROR_INIT;

	assert_int_equal(unit_count_entries(dir), 1);
	(void)transfer_journal_free(j);
	assert_int_equal(unit_count_entries(dir), 0);
	write_journal(j = open_journal(state, "here"));
	assert_int_equal(transfer_journal_remove(j, &err), 0);
	(void)transfer_journal_free(j);
	assert_int_equal(unit_count_entries(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(a_later_run_reads_what_was_written),
		SCRATCH_TEST(another_place_has_another_journal),
		SCRATCH_TEST(the_second_is_refused),
		SCRATCH_TEST(what_is_damaged_is_cut_off_and_written_anew),
		SCRATCH_TEST(nothing_is_left_of_one_that_is_removed_or_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
