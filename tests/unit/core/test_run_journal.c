/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/run_journal.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include "unit.h"

static const struct run_place place = { "eu-west-1", "http://127.0.0.1:1", "-",
	"default" };

static struct run_journal *begin(void **state)
{
	struct run_journal *j = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(setenv("XDG_STATE_HOME", *state, 1), 0);
	if (run_journal_begin("register", &place, &j, &err) < 0)
		fail_msg("%s", err.msg);
	return j;
}

static struct run_journal *take(const char *id, bool *alive)
{
	struct run_journal *j = NULL;
	struct error err = ERROR_INIT;

	if (run_journal_take(id, &j, alive, &err) < 0)
		fail_msg("%s", err.msg);
	return j;
}

/* What a killed run leaves: its journal, without a lock. */
static void die(struct run_journal *j, char id[static RUN_ID_CHARS + 1])
{
	(void)snprintf(id, RUN_ID_CHARS + 1, "%s", run_journal_id(j));
	(void)run_journal_free(j);
}

static void what_was_noted_is_read(void **state)
{
	CLEANUP(run_journal_freep) struct run_journal *j = begin(state);
	struct error err = ERROR_INIT;
	const struct run_past *past;
	char id[RUN_ID_CHARS + 1];
	struct stat st;
	bool alive;

	assert_int_equal(stat(run_journal_path(j), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(run_journal_note(j, RUN_REGISTERS, "debian 12", &err), 0);
	assert_int_equal(run_journal_note(j, RUN_MADE, "ami-1", &err), 0);
	die(TAKE_PTR(j), id);
	j = take(id, &alive);
	assert_non_null(j);
	assert_false(run_journal_is_damaged(j));
	past = run_journal_past(j);
	assert_string_equal(past->run_id, id);
	assert_string_equal(past->region, "eu-west-1");
	assert_string_equal(past->url, "http://127.0.0.1:1");
	assert_string_equal(past->profile, "default");
	assert_string_equal(run_past_last(past, RUN_REGISTERS)->what, "debian 12");
	assert_true(run_past_last(past, RUN_REGISTERS)->at_s > 1700000000);
	assert_int_equal(run_journal_note(j, RUN_MADE, "ami-2", &err), 0);
	assert_string_equal(run_past_last(past, RUN_MADE)->what, "ami-2");
	die(TAKE_PTR(j), id);
	j = take(id, &alive);
	assert_int_equal(run_journal_past(j)->count, 3);
}

/* As the sandbox of a build does. */
static void what_a_child_notes_is_read_again(void **state)
{
	CLEANUP(run_journal_freep) struct run_journal *j = begin(state);
	struct error err = ERROR_INIT;
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(run_journal_note(j, RUN_STARTS, "r-1", &err) < 0 ||
			run_journal_note(j, RUN_MADE, "snap-1", &err) < 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(run_journal_past(j)->count, 0);
	assert_int_equal(run_journal_read_again(j, &err), 0);
	assert_int_equal(run_journal_past(j)->count, 2);
	assert_int_equal(run_journal_note(j, RUN_REGISTERS, "web", &err), 0);
	assert_int_equal(run_journal_read_again(j, &err), 0);
	assert_int_equal(run_journal_past(j)->count, 3);
	assert_false(run_journal_is_damaged(j));
}

static void a_living_run_is_left_alone(void **state)
{
	CLEANUP(run_journal_freep) struct run_journal *j = begin(state);
	bool alive;

	assert_null(take(run_journal_id(j), &alive));
	assert_true(alive);
	assert_null(take("20261121t090113z-4f0c9a21be", &alive));
	assert_false(alive);
	assert_null(take("../uploads/x", &alive));
}

static void ended_runs_leave_nothing(void **state)
{
	CLEANUP(run_journal_freep)
	struct run_journal *a = begin(state), *b = begin(state);
	CLEANUP(strv_releasep) struct strv ids = STRV_INIT;
	struct error err = ERROR_INIT;

	assert_string_not_equal(run_journal_id(a), run_journal_id(b));
	assert_int_equal(run_journal_end(a, &err), 0);
	assert_int_equal(run_journal_list(&ids, &err), 0);
	assert_int_equal(ids.count, 1);
	assert_string_equal(ids.items[0], run_journal_id(b));
}

static void append_to(const char *path, const char *text)
{
	CLEANUP(fd_closep) int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

static void a_torn_line_is_cut_off_and_a_bad_one_is_told(void **state)
{
	CLEANUP(run_journal_freep) struct run_journal *j = begin(state);
	CLEANUP(freep) char *path = xstrdup(run_journal_path(j));
	struct error err = ERROR_INIT;
	char id[RUN_ID_CHARS + 1];
	bool alive;

	append_to(path, "00000000 made 18");
	die(TAKE_PTR(j), id);
	j = take(id, &alive);
	assert_false(run_journal_is_damaged(j));
	assert_int_equal(run_journal_note(j, RUN_MADE, "ami-1", &err), 0);
	append_to(path, "00000000 made 18 ami-2\n");
	die(TAKE_PTR(j), id);
	j = take(id, &alive);
	assert_true(run_journal_is_damaged(j));
	assert_int_equal(run_journal_past(j)->count, 1);
}

static void nothing_is_written_that_cannot_be_read(void **state)
{
	CLEANUP(run_journal_freep) struct run_journal *j = begin(state);
	struct run_journal *none = NULL;
	const struct run_place wrong[] = { { "eu west", "url", "-", "default" },
		{ "eu-west-1", "url", "-", "a\nb" },
		{ "eu-west-1", "u rl", "-", "default" } };
	CLEANUP(strv_releasep) struct strv ids = STRV_INIT;
	struct error err = ERROR_INIT;

	assert_int_equal(run_journal_note(j, RUN_MADE, "a\nb", &err), -1);
	assert_int_equal(run_journal_note(j, RUN_MADE, "", &err), -1);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(
			run_journal_begin("register", &wrong[i], &none, &err), -1);
	assert_int_equal(run_journal_list(&ids, &err), 0);
	assert_int_equal(ids.count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(what_was_noted_is_read),
		SCRATCH_TEST(what_a_child_notes_is_read_again),
		SCRATCH_TEST(a_living_run_is_left_alone),
		SCRATCH_TEST(ended_runs_leave_nothing),
		SCRATCH_TEST(a_torn_line_is_cut_off_and_a_bad_one_is_told),
		SCRATCH_TEST(nothing_is_written_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
