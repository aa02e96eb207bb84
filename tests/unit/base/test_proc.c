/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/proc.h"

#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "unit.h"

#define ARGV(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define SH(script) ARGV("sh", "-c", script)

/* Each line between brackets. */
static void bracket(const char *line, void *to)
{
	strbuf_addf(to, "[%s]", line);
}

static void output_comes_by_lines_and_as_a_whole(void **state)
{
	static const struct {
		const char *script, *lines, *out;
	} cases[] = {
		{ "printf 'a\\nb\\n'", "[a][b]", "a\nb\n" },
		{ "printf 'a\\n\\nb'", "[a][][b]", "a\n\nb" },
		{ "printf 'a\\r\\nb\\r\\n'", "[a][b]", "a\r\nb\r\n" },
		{ "printf 'a\\r\\r\\nb\\r'", "[a][b]", "a\r\r\nb\r" },
		{ "printf '10%%\\r20%%\\rdone\\n'", "[done]", "10%\r20%\rdone\n" },
		{ "printf 'a\\r'; sleep 0.05; printf '\\nb\\n'", "[a][b]", "a\r\nb\n" },
		{ "printf 'a'; sleep 0.05; printf 'b\\n'", "[ab]", "ab\n" },
		{ "echo out; echo err >&2; echo out", "[out][err][out]",
			"out\nerr\nout\n" },
		{ "printf '\\377\\n'", "[\xff]", "\xff\n" },
		{ "exec >&- 2>&-", "", "" },
		{ ":", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(proc_result_releasep) struct proc_result result = { 0 };
		CLEANUP(strbuf_releasep) struct strbuf lines = STRBUF_INIT;
		struct proc_spec spec = { .argv = SH(cases[i].script),
			.on_line = bracket,
			.userdata = &lines };
		struct error err = ERROR_INIT;

		if (proc_run(&spec, &result, &err) < 0)
			fail_msg("%s", err.msg);
		assert_string_equal(lines.data, cases[i].lines);
		assert_string_equal(result.out, cases[i].out);
		assert_int_equal(result.out_bytes, strlen(cases[i].out));
		assert_int_equal(result.exit_code, 0);
	}
}

static void nul_bytes_are_kept_in_the_output_alone(void **state)
{
	CLEANUP(proc_result_releasep) struct proc_result result = { 0 };
	CLEANUP(strbuf_releasep) struct strbuf lines = STRBUF_INIT;
	struct proc_spec spec = {
		.argv = SH("printf 'a\\0b\\n'"), .on_line = bracket, .userdata = &lines
	};
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(proc_run(&spec, &result, &err), 0);
	assert_int_equal(result.out_bytes, 4);
	assert_memory_equal(result.out, "a\0b\n", 5);
	assert_string_equal(lines.data, "[ab]");
}

static void stderr_may_be_kept_apart(void **state)
{
	CLEANUP(proc_result_releasep) struct proc_result result = { 0 };
	CLEANUP(strbuf_releasep) struct strbuf lines = STRBUF_INIT;
	struct proc_spec spec = { .argv = SH("echo err >&2; printf out"),
		.on_line = bracket,
		.userdata = &lines,
		.separate_stderr = true };
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(proc_run(&spec, &result, &err), 0);
	assert_string_equal(result.out, "out");
	assert_non_null(strstr(lines.data, "[err]"));
	assert_non_null(strstr(lines.data, "[out]"));
}

/* The last words of a command are the ones that are most easily missed. */
static void last_lines_are_never_lost(void **state)
{
	(void)state;
	for (int i = 0; i < 200; i++) {
		CLEANUP(proc_result_releasep) struct proc_result result = { 0 };
		struct proc_spec spec = { .argv = ARGV("echo", "last words") };
		struct error err = ERROR_INIT;

		assert_int_equal(proc_run(&spec, &result, &err), 0);
		assert_string_equal(result.out, "last words\n");
	}
}

static void count_line(const char *line, void *lengths)
{
	size_t *n = lengths;

	n[0]++;
	n[1] += strlen(line);
	if (strlen(line) > n[2])
		n[2] = strlen(line);
}

static void a_huge_line_comes_in_pieces(void **state)
{
	CLEANUP(proc_result_releasep) struct proc_result result = { 0 };
	size_t lengths[3] = { 0 };
	struct proc_spec spec = { .argv = SH(
					  "head -c 100000 /dev/zero | tr '\\0' x; echo"),
		.on_line = count_line,
		.userdata = lengths };
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(proc_run(&spec, &result, &err), 0);
	assert_int_equal(result.out_bytes, 100001);
	assert_int_equal(lengths[0], 7);
	assert_int_equal(lengths[1], 100000);
	assert_int_equal(lengths[2], 16384);
}

static void of_huge_output_the_end_is_kept(void **state)
{
	CLEANUP(proc_result_releasep) struct proc_result result = { 0 };
	struct proc_spec spec = {
		.argv = SH("head -c 36000000 /dev/zero | tr '\\0' '\\n'; echo the end; "
			   "exit 1"),
		.any_exit = true,
	};
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(proc_run(&spec, &result, &err), 0);
	assert_int_equal(result.out_bytes, PROC_OUTPUT_MOST_BYTES);
	assert_string_equal(result.out + result.out_bytes - 9, "\nthe end\n");
	spec.any_exit = false;
	assert_int_equal(proc_run(&spec, NULL, &err), -1);
	assert_string_equal(err.output + strlen(err.output) - 9, "\nthe end\n");
}

static void input_larger_than_a_pipe_goes_through(void **state)
{
	CLEANUP(proc_result_releasep) struct proc_result result = { 0 };
	enum { INPUT_BYTES = 1 << 20 };
	char *input = xmalloc(INPUT_BYTES);
	struct proc_spec spec = {
		.argv = ARGV("cat"), .input = input, .input_bytes = INPUT_BYTES
	};
	struct error err = ERROR_INIT;

	(void)state;
	for (size_t i = 0; i < INPUT_BYTES; i++)
		input[i] = (char)(i * 31 / 7);
	assert_int_equal(proc_run(&spec, &result, &err), 0);
	assert_int_equal(result.out_bytes, INPUT_BYTES);
	assert_memory_equal(result.out, input, INPUT_BYTES);
	/* Who does not read it, or closes it at once, has not failed. */
	spec.argv = ARGV("true");
	assert_int_equal(proc_run(&spec, NULL, &err), 0);
	spec.argv = SH("exec <&-; echo done");
	assert_int_equal(proc_run(&spec, NULL, &err), 0);
	free(input);
}

static void without_input_stdin_is_empty(void **state)
{
	static const char *const inputs[] = { NULL, "" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(inputs); i++) {
		CLEANUP(proc_result_releasep) struct proc_result result = { 0 };
		struct proc_spec spec = { .argv = ARGV("cat"), .input = inputs[i] };
		struct error err = ERROR_INIT;

		assert_int_equal(proc_run(&spec, &result, &err), 0);
		assert_string_equal(result.out, "");
	}
}

static void failure_is_shown_re_pasteable_with_its_output(void **state)
{
	static const struct {
		const char *script;
		int exit_code;
		const char *message, *output;
	} cases[] = {
		{ "echo it broke; exit 3", 3,
			"failed with exit code 3: sh -c 'echo it broke; exit 3'",
			"it broke\n" },
		{ "echo on stderr >&2; exit 255", 255, "failed with exit code 255",
			"on stderr\n" },
		{ "kill -9 $$", 137, "ended by signal 9 (Killed): sh -c 'kill -9 $$'",
			"" },
		{ "kill -TERM $$", 143, "ended by signal 15", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct proc_result result = { .exit_code = 77 };
		struct proc_spec spec = { .argv = SH(cases[i].script) };
		struct error err = ERROR_INIT;

		assert_int_equal(proc_run(&spec, &result, &err), -1);
		unit_assert_error(&err, ERR_CHILD, cases[i].message);
		assert_int_equal(err.detail, cases[i].exit_code);
		assert_string_equal(err.output, cases[i].output);
		assert_int_equal(result.exit_code, 77);
		spec.any_exit = true;
		assert_int_equal(proc_run(&spec, &result, &err), 0);
		assert_int_equal(result.exit_code, cases[i].exit_code);
		proc_result_release(&result);
	}
}

static void what_cannot_start_says_why(void **state)
{
	CLEANUP(freep) char *orphan = path_join(*state, "orphan");
	CLEANUP(freep) char *text = path_join(*state, "text");
	CLEANUP(freep) char *missing = path_join(*state, "missing");
	const struct {
		struct proc_spec spec;
		enum err_code code;
		const char *message, *names;
	} cases[] = {
		{ { .argv = ARGV("no-such-tool") }, ERR_TOOL, "not installed",
			"no-such-tool" },
		{ { .argv = ARGV(missing) }, ERR_TOOL, "is not there", missing },
		{ { .argv = ARGV(orphan) }, ERR_TOOL, "interpreter", orphan },
		{ { .argv = ARGV(text) }, ERR_SYSTEM, "Permission denied", text },
		{ { .argv = ARGV(*state) }, ERR_SYSTEM, "Permission denied", *state },
		{ { .argv = ARGV("true"), .cwd = missing }, ERR_SYSTEM, "No such file",
			missing },
		{ { .argv = ARGV("true"),
			  .pass_fds = (const int[]){ 999 },
			  .pass_fd_count = 1 },
			ERR_SYSTEM, "Bad file descriptor", "true" },
	};

	unit_write_file(*state, "orphan", "#!/no/such/interpreter\n");
	unit_write_file(*state, "text", "#!/bin/sh\n");
	assert_int_equal(chmod(orphan, 0755), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error err = ERROR_INIT;

		assert_int_equal(proc_run(&cases[i].spec, NULL, &err), -1);
		unit_assert_error(&err, cases[i].code, cases[i].message);
		unit_assert_error(&err, cases[i].code, cases[i].names);
	}
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nobody is left to reap */
}

static void the_child_gets_what_is_said_and_no_more(void **state)
{
	CLEANUP(freep) char *tmp = realpath(*state, NULL);
	CLEANUP(fd_closep) int leaked = open("/dev/null", O_RDONLY); /* not O_CLOEXEC */
	CLEANUP(fd_closep)
	int passed = open("/dev/null", O_RDONLY | O_CLOEXEC);
	CLEANUP(proc_result_releasep) struct proc_result result = { 0 };
	CLEANUP(freep) char *want = NULL;
	struct proc_spec spec = {
		.argv = SH("pwd; env | grep -v ^PWD= | grep -v ^_= | grep -v ^SHLVL=; "
			   "ls -v /proc/$$/fd"),
		.env = ARGV("PATH=/usr/bin:/bin", "ONLY=this"),
		.cwd = tmp,
		.pass_fds = &passed,
		.pass_fd_count = 1,
	};
	struct error err = ERROR_INIT;

	assert_true(leaked >= 0 && passed >= 0);
	if (proc_run(&spec, &result, &err) < 0)
		fail_msg("%s", err.msg);
	want = xasprintf("%s\nPATH=/usr/bin:/bin\nONLY=this\n0\n1\n2\n%d\n", tmp, passed);
	assert_string_equal(result.out, want);
}

/* A line of /proc/self/status, without the two signals that the C library keeps to itself
 * (32 and 33): programs can neither set nor reset them. */
static uint64_t signal_set(const char *status, const char *line)
{
	const char *at = strstr(status, line);

	assert_non_null(at);
	return strtoull(at + strlen(line), NULL, 16) & ~(UINT64_C(3) << 31);
}

static void signals_are_as_they_were_born(void **state)
{
	CLEANUP(proc_result_releasep) struct proc_result result = { 0 };
	struct proc_spec spec = {
		.argv = ARGV("sed", "-n", "/^Sig[BIC]/p", "/proc/self/status"),
	};
	struct error err = ERROR_INIT;
	sigset_t blocked, old;

	(void)state;
	(void)sigemptyset(&blocked);
	(void)sigaddset(&blocked, SIGUSR1);
	(void)sigprocmask(SIG_BLOCK, &blocked, &old);
	assert_int_equal(proc_run(&spec, &result, &err), 0);
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
	assert_int_equal(signal_set(result.out, "SigBlk:"), 0);
	assert_int_equal(signal_set(result.out, "SigIgn:"), 0);
	assert_int_equal(signal_set(result.out, "SigCgt:"), 0);
}

static void in_the_foreground_it_shares_our_group(void **state)
{
	CLEANUP(freep)
	char *script = xasprintf(
		"test \"$(cut -d' ' -f5 /proc/$$/stat)\" = %d; exit $?", (int)getpgrp());
	struct proc_spec spec = { .argv = SH(script), .foreground = true };
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(proc_run(&spec, NULL, &err), 0);
	spec.foreground = false;
	assert_int_equal(proc_run(&spec, NULL, &err), -1);
	assert_int_equal(err.detail, 1);
}

/* fsync of a character device fails, unless it is not done. */
static void syncs_are_filtered(void **state)
{
	struct proc_spec spec = { .argv = ARGV("sync", "/dev/null") };
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(proc_run(&spec, NULL, &err), -1);
	unit_assert_error(&err, ERR_CHILD, "failed with exit code 1: sync /dev/null");
	spec.filter_syncs = true;
	assert_int_equal(proc_run(&spec, NULL, &err), 0);
}

static void commands_are_shown_as_a_shell_takes_them(void **state)
{
	CLEANUP(freep)
	char *words = proc_shell_words(ARGV("mke2fs", "-L", "a b", "", "x\n'y"));
	CLEANUP(freep) char *script = xasprintf("printf '<%%s>' %s", words);
	CLEANUP(proc_result_releasep) struct proc_result result = { 0 };
	struct proc_spec spec = { .argv = SH(script) };
	struct error err = ERROR_INIT;

	(void)state;
	assert_string_equal(words, "mke2fs -L 'a b' '' 'x\n'\\''y'");
	assert_int_equal(proc_run(&spec, &result, &err), 0);
	assert_string_equal(result.out, "<mke2fs><-L><a b><><x\n'y>");
}

static void no_descriptor_stays_open(void **state)
{
	const struct proc_spec specs[] = {
		{ .argv = ARGV("true"),
			.input = "x",
			.input_bytes = 1,
			.separate_stderr = true },
		{ .argv = ARGV("false") },
		{ .argv = ARGV("no-such-tool"), .input = "x", .input_bytes = 1 },
		{ .argv = ARGV("true"), .cwd = "/no/such/directory" },
		{ .argv = ARGV("sleep", "600"), .deadline_ms = 1 },
	};
	size_t before = unit_count_entries("/proc/self/fd");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(specs); i++) {
		struct error err = ERROR_INIT;

		(void)proc_run(&specs[i], NULL, &err);
	}
	assert_int_equal(unit_count_entries("/proc/self/fd"), before);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_comes_by_lines_and_as_a_whole),
		cmocka_unit_test(nul_bytes_are_kept_in_the_output_alone),
		cmocka_unit_test(stderr_may_be_kept_apart),
		cmocka_unit_test(last_lines_are_never_lost),
		cmocka_unit_test(a_huge_line_comes_in_pieces),
		cmocka_unit_test(of_huge_output_the_end_is_kept),
		cmocka_unit_test(input_larger_than_a_pipe_goes_through),
		cmocka_unit_test(without_input_stdin_is_empty),
		cmocka_unit_test(failure_is_shown_re_pasteable_with_its_output),
		SCRATCH_TEST(what_cannot_start_says_why),
		SCRATCH_TEST(the_child_gets_what_is_said_and_no_more),
		cmocka_unit_test(signals_are_as_they_were_born),
		cmocka_unit_test(in_the_foreground_it_shares_our_group),
		cmocka_unit_test(syncs_are_filtered),
		cmocka_unit_test(commands_are_shown_as_a_shell_takes_them),
		cmocka_unit_test(no_descriptor_stays_open),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
