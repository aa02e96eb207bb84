/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sandbox.h"

#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/proc.h"
#include "base/term.h"
#include "unit.h"

/* A function for the inside that needs no more than `userdata`. */
#define INSIDE(name)                                               \
	static int name(void *userdata, struct progress *progress, \
		struct strbuf *result, struct error *err)

#define UNUSED (void)userdata, (void)progress, (void)result, (void)err

/* The directory of a test that left files of subordinate ids in it. */
static int scratch_remove_inside(void **state)
{
	struct error err = ERROR_INIT;
	int rc = sandbox_remove_tree(*state, &err);

	free(*state);
	return rc;
}

static void run(sandbox_fn *fn, void *userdata, struct strbuf *result)
{
	struct error err = ERROR_INIT;

	if (sandbox_run(fn, userdata, NULL, result, &err) < 0)
		fail_msg("%s", err.msg);
}

INSIDE(tell_who_i_am)
{
	UNUSED;
	strbuf_addf(result, "%d %d %d %d", (int)getpid(), (int)getuid(), (int)getgid(),
		getgroups(0, NULL));
	return 0;
}

static void inside_one_is_root_and_the_first_process(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf result = STRBUF_INIT;

	(void)state;
	/* Only root can have more groups than it began with. */
	assert_true(setgroups(2, (const gid_t[]){ 4, 5 }) == 0 || getuid() != 0);
	strbuf_add_str(&result, "replaced");
	run(tell_who_i_am, NULL, &result);
	assert_string_equal(result.data, "1 0 0 0");
	run(tell_who_i_am, NULL, NULL);
}

static void answer_hello(struct strbuf *answer)
{
	strbuf_add(answer, "hello\0you", 9);
}

INSIDE(ask_twice)
{
	UNUSED;
	return sandbox_ask(result, err) < 0 ? -1 : sandbox_ask(result, err);
}

static void the_inside_is_answered(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf result = STRBUF_INIT;
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(
		sandbox_run_answering(ask_twice, NULL, NULL, answer_hello, &result, &err),
		0);
	assert_int_equal(result.length_bytes, 18);
	assert_memory_equal(result.data, "hello\0youhello\0you", 18);
	run(ask_twice, NULL, &result); /* which replaces it */
	assert_int_equal(result.length_bytes, 0);
	assert_int_equal(sandbox_ask(&result, &err), -1);
	unit_assert_error(&err, ERR_SYSTEM, "no sandbox to ask from");
}

INSIDE(make_files_of_ids)
{
	static const uid_t ids[] = { 0, 1, 1000, 65535 };

	UNUSED;
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		CLEANUP(freep) char *path = xasprintf("%s/%u", (char *)userdata, ids[i]);

		if (file_write_all(path, "", 0, 0644, err) < 0)
			return -1;
		if (chown(path, ids[i], ids[i]) < 0)
			return error_errno(err, "chown to %u", ids[i]);
	}
	return 0;
}

/* The begin of the first range that `file` (/etc/subuid, /etc/subgid) gives the caller.
 */
static unsigned int first_subid(const char *file)
{
	CLEANUP(file_closep) FILE *f = fopen(file, "re");
	const struct passwd *me = getpwuid(getuid());
	char line[256], name[64];
	unsigned int start;

	assert_non_null(f);
	assert_non_null(me);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%63[^:]:%u:", name, &start) == 2 &&
			!strcmp(name, me->pw_name))
			return start;
	fail_msg("'%s' is not in %s", me->pw_name, file);
	return 0;
}

/* 0 is the caller; the others are its subordinate ids, or for real root the same numbers.
 */
static void ids_are_mapped_as_documented(void **state)
{
	static const unsigned int ids[] = { 0, 1, 1000, 65535 };
	bool root = getuid() == 0;
	unsigned int uid_1 = root ? 1 : first_subid("/etc/subuid");
	unsigned int gid_1 = root ? 1 : first_subid("/etc/subgid");

	run(make_files_of_ids, *state, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		CLEANUP(freep) char *path = xasprintf("%s/%u", (char *)*state, ids[i]);
		struct stat st;

		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_uid, ids[i] ? uid_1 + ids[i] - 1 : getuid());
		assert_int_equal(st.st_gid, ids[i] ? gid_1 + ids[i] - 1 : getgid());
	}
}

static void trees_of_subordinate_ids_are_removed(void **state)
{
	CLEANUP(freep) char *tree = path_join(*state, "tree");
	CLEANUP(freep) char *sub = path_join(tree, "sub");
	struct error err = ERROR_INIT;

	assert_int_equal(path_make_dirs(sub, 0777, &err), 0);
	run(make_files_of_ids, sub, NULL);
	/* Also when the program is about to end. */
	term_reset_in_child();
	(void)raise(SIGTERM);
	if (sandbox_remove_tree(tree, &err) < 0)
		fail_msg("%s", err.msg);
	assert_false(path_exists(tree));
	assert_true(term_requested());
	term_reset_in_child();
	assert_int_equal(sandbox_remove_tree(tree, &err), 0);
}

INSIDE(change_the_surroundings)
{
	CLEANUP(freep) char *file = path_join(userdata, "in-tmpfs");

	UNUSED;
	if (mount("tmpfs", userdata, "tmpfs", 0, NULL) < 0)
		return error_errno(err, "mount");
	if (sethostname("inside", 6) < 0)
		return error_errno(err, "set the host name");
	return file_write_all(file, "", 0, 0644, err);
}

static void mounts_and_names_stay_inside(void **state)
{
	CLEANUP(freep) char *before = NULL;
	CLEANUP(freep) char *after = NULL;
	char name[2][65] = { "", "" };
	struct error err = ERROR_INIT;

	assert_int_equal(
		file_read_all("/proc/self/mountinfo", 1 << 20, &before, NULL, &err), 0);
	assert_int_equal(gethostname(name[0], 64), 0);
	run(change_the_surroundings, *state, NULL);
	assert_int_equal(
		file_read_all("/proc/self/mountinfo", 1 << 20, &after, NULL, &err), 0);
	assert_int_equal(gethostname(name[1], 64), 0);
	assert_string_equal(before, after);
	assert_string_equal(name[0], name[1]);
	assert_int_equal(unit_count_entries(*state), 0);
}

INSIDE(tell_mounts)
{
	CLEANUP(freep) char *mounts = NULL;

	UNUSED;
	if (file_read_all("/proc/self/mountinfo", 1 << 20, &mounts, NULL, err) < 0)
		return -1;
	strbuf_add_str(result, mounts);
	return 0;
}

static void mounts_of_the_outside_do_not_come_in(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf result = STRBUF_INIT;

	(void)state;
	run(tell_mounts, NULL, &result);
	assert_non_null(strstr(result.data, " / "));
	assert_null(strstr(result.data, " shared:"));
	assert_null(strstr(result.data, " master:"));
}

INSIDE(change_memory)
{
	UNUSED;
	*(int *)userdata = 2;
	return 0;
}

static void memory_is_a_copy(void **state)
{
	int number = 1;

	(void)state;
	run(change_memory, &number, NULL);
	assert_int_equal(number, 1);
}

INSIDE(give_a_megabyte)
{
	UNUSED;
	for (size_t i = 0; i < 1 << 20; i++)
		strbuf_add_char(result, (char)(i * 7 / 3));
	return 0;
}

static void a_large_result_arrives_whole(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf result = STRBUF_INIT;

	(void)state;
	run(give_a_megabyte, NULL, &result);
	assert_int_equal(result.length_bytes, 1 << 20);
	for (size_t i = 0; i < 1 << 20; i++)
		if (result.data[i] != (char)(i * 7 / 3))
			fail_msg("byte %zu is wrong", i);
}

INSIDE(give_too_much)
{
	UNUSED;
	strbuf_add_str(result, "x");
	while (result->length_bytes <= 64 << 20)
		strbuf_addf(result, "%65536s", "");
	return 0;
}

static void a_result_that_is_too_large_is_an_error(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf result = STRBUF_INIT;
	struct error err = ERROR_INIT;

	(void)state;
	strbuf_add_str(&result, "before");
	assert_int_equal(sandbox_run(give_too_much, NULL, NULL, &result, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "too large");
	assert_string_equal(result.data, "before");
}

INSIDE(fail_at_length)
{
	char output[2 * ERROR_OUTPUT_BYTES];

	UNUSED;
	memset(output, 'o', sizeof(output));
	strbuf_add_str(result, "not to be seen");
	(void)error_set(err, ERR_CHILD, 77, "it broke: %.*s", 2000, output);
	error_set_output(err, output, sizeof(output));
	return -1;
}

static void an_error_of_the_inside_arrives_whole(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf result = STRBUF_INIT;
	struct error err = ERROR_INIT, same = ERROR_INIT;

	(void)state;
	(void)fail_at_length(NULL, NULL, &result, &same);
	strbuf_truncate(&result, 0);
	assert_int_equal(sandbox_run(fail_at_length, NULL, NULL, &result, &err), -1);
	assert_int_equal(err.code, ERR_CHILD);
	assert_int_equal(err.detail, 77);
	assert_string_equal(err.msg, same.msg);
	assert_string_equal(err.output, same.output);
	assert_int_equal(result.length_bytes, 0);
}

/* A tool that is missing inside has nothing to do with namespaces. */
INSIDE(miss_a_tool)
{
	struct proc_spec spec = { .argv = (const char *const[]){ "no-such-tool", NULL } };

	UNUSED;
	return proc_run(&spec, NULL, err);
}

static void a_tool_missing_inside_is_just_that(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(sandbox_run(miss_a_tool, NULL, NULL, NULL, &err), -1);
	assert_int_equal(err.code, ERR_TOOL);
	assert_string_equal(err.msg, "'no-such-tool' is not installed, or not in PATH");
}

INSIDE(end_without_a_word)
{
	UNUSED;
	_exit(3);
}

INSIDE(end_with_success_but_no_result)
{
	UNUSED;
	_exit(0);
}

INSIDE(crash)
{
	UNUSED;
	(void)signal(SIGILL, SIG_DFL); /* it is cmocka's */
	__builtin_trap();
}

static void an_end_without_a_result_is_an_error(void **state)
{
	static const struct {
		sandbox_fn *fn;
		const char *message;
	} cases[] = {
		{ end_without_a_word, "without a result (exit code 3)" },
		{ end_with_success_but_no_result, "without a result (exit code 0)" },
		{ crash, "without a result (exit code 132)" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error err = ERROR_INIT;

		assert_int_equal(sandbox_run(cases[i].fn, NULL, NULL, NULL, &err), -1);
		unit_assert_error(&err, ERR_SYSTEM, cases[i].message);
	}
}

enum { STEPS = 20000 };

INSIDE(report_many_steps)
{
	UNUSED;
	for (unsigned int i = 0; i < STEPS; i++)
		progress_step(progress, "%u", i);
	return 0;
}

struct counter {
	struct progress progress;
	unsigned int next;
	bool wrong;
};

static void count_step(struct progress *p, const struct progress_event *e)
{
	struct counter *c = (struct counter *)p;
	char want[16];

	(void)snprintf(want, sizeof(want), "%u", c->next++);
	c->wrong |= e->kind != PROGRESS_STEP || strcmp(e->text, want) != 0;
}

static void progress_arrives_in_order(void **state)
{
	struct counter c = { .progress = { .report = count_step } };
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(
		sandbox_run(report_many_steps, NULL, &c.progress, NULL, &err), 0);
	assert_int_equal(c.next, STEPS);
	assert_false(c.wrong);
	assert_int_equal(sandbox_run(report_many_steps, NULL, NULL, NULL, &err), 0);
}

static void nothing_of_it_stays_with_the_program(void **state)
{
	size_t before = unit_count_entries("/proc/self/fd");
	struct error err = ERROR_INIT;

	(void)state;
	run(tell_who_i_am, NULL, NULL);
	assert_int_equal(sandbox_run(fail_at_length, NULL, NULL, NULL, &err), -1);
	assert_int_equal(sandbox_run(crash, NULL, NULL, NULL, &err), -1);
	assert_int_equal(unit_count_entries("/proc/self/fd"), before);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* max_user_namespaces of a namespace is for those below it: so one can be forbidden here.
 */
INSIDE(forbid_another)
{
	UNUSED;
	if (file_write_all("/proc/sys/user/max_user_namespaces", "0", 1, 0644, err) < 0)
		return -1;
	return sandbox_run(tell_who_i_am, NULL, NULL, result, err);
}

static void refused_namespaces_are_explained(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(sandbox_run(forbid_another, NULL, NULL, NULL, &err), -1);
	unit_assert_error(&err, ERR_TOOL, "sysctl user.max_user_namespaces=10000");
	unit_assert_error(&err, ERR_TOOL, "make user namespaces");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inside_one_is_root_and_the_first_process),
		cmocka_unit_test(the_inside_is_answered),
		cmocka_unit_test_setup_teardown(ids_are_mapped_as_documented,
			scratch_make, scratch_remove_inside),
		SCRATCH_TEST(trees_of_subordinate_ids_are_removed),
		SCRATCH_TEST(mounts_and_names_stay_inside),
		cmocka_unit_test(mounts_of_the_outside_do_not_come_in),
		cmocka_unit_test(memory_is_a_copy),
		cmocka_unit_test(a_large_result_arrives_whole),
		cmocka_unit_test(a_result_that_is_too_large_is_an_error),
		cmocka_unit_test(an_error_of_the_inside_arrives_whole),
		cmocka_unit_test(a_tool_missing_inside_is_just_that),
		cmocka_unit_test(an_end_without_a_result_is_an_error),
		cmocka_unit_test(progress_arrives_in_order),
		cmocka_unit_test(nothing_of_it_stays_with_the_program),
		cmocka_unit_test(refused_namespaces_are_explained),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
