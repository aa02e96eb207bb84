/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/progress.h"

#include <limits.h>
#include <pty.h>
#include <sys/ioctl.h>

#include "cli/progress_text.h"
#include "cli/report.h"
#include "unit.h"

/* What a view writes into a file in memory. */
struct capture {
	FILE *to;
	char *text;
	size_t length_bytes;
};

static void capture_start(struct capture *c)
{
	c->to = open_memstream(&c->text, &c->length_bytes);
	assert_non_null(c->to);
}

static void capture_release(struct capture *c)
{
	(void)fclose(c->to);
	free(c->text);
}

static void tell_all(struct progress *p)
{
	progress_phase(p, "tree", "make the tree");
	progress_step(p, "fetch %d lists", 3);
	progress_amount(p, "download", 0, 100 << 20);
	progress_amount(p, "download", 50 << 20, 100 << 20);
	progress_amount(p, "download", 100 << 20, 100 << 20);
	for (int i = 0; i < 1000; i++)
		progress_wait(p, "ssh", 12, 240);
	progress_output_line("a command's \033[31mline", p);
	progress_warning(p, "odd");
	progress_check(p, "sudo", 1, "works");
	progress_check(p, "audit", 0, "two packages");
	progress_phase_end(p, "tree", 12345);
}

static void a_pipe_gets_plain_lines(void **state)
{
	struct progress_view *v;
	struct capture c;

	(void)state;
	capture_start(&c);
	v = progress_plain_new(c.to, (struct progress_style){ .level = PROGRESS_NORMAL });
	tell_all(&v->progress);
	progress_view_finish(v, NULL);
	progress_view_free(v);
	assert_string_equal(c.text, "tree: make the tree\n"
				    "  fetch 3 lists\n"
				    "  download: 0 B of 100 MiB, 0 %\n"
				    "  download: 100 MiB of 100 MiB, 100 %\n"
				    "  ssh: 12 of 240 s\n"
				    "warning: odd\n"
				    "  ok    sudo: works\n"
				    "  FAIL  audit: two packages\n"
				    "  tree took 12.3 s\n");
	capture_release(&c);
}

static void quiet_leaves_what_matters(void **state)
{
	struct progress_view *v;
	struct capture c;

	(void)state;
	capture_start(&c);
	v = progress_plain_new(c.to, (struct progress_style){ .level = PROGRESS_QUIET });
	tell_all(&v->progress);
	progress_view_free(v);
	assert_string_equal(c.text, "warning: odd\n  FAIL  audit: two packages\n");
	capture_release(&c);
}

static void verbose_shows_output_but_no_escapes_of_it(void **state)
{
	struct progress_view *v;
	struct capture c;

	(void)state;
	capture_start(&c);
	v = progress_plain_new(
		c.to, (struct progress_style){ .level = PROGRESS_VERBOSE });
	tell_all(&v->progress);
	progress_view_free(v);
	assert_non_null(strstr(c.text, "\n  | a command's ?[31mline\n"));
	assert_null(strchr(c.text, '\033'));
	capture_release(&c);
}

static void colors_come_only_when_wanted(void **state)
{
	struct progress_view *v;
	struct capture c;

	(void)state;
	capture_start(&c);
	v = progress_plain_new(
		c.to, (struct progress_style){ PROGRESS_NORMAL, .color = true });
	tell_all(&v->progress);
	progress_view_free(v);
	assert_non_null(strstr(c.text, "\033[31mFAIL\033[0m"));
	assert_non_null(strstr(c.text, "\n  fetch 3 lists\n"));
	capture_release(&c);
}

/* The last screen line after erasing: what a person sees. */
static void a_terminal_gets_one_line_that_fits(void **state)
{
	const struct winsize size = { .ws_row = 24, .ws_col = 30 };
	CLEANUP(fd_closep) int master = -1;
	struct progress_view *v;
	char buf[4096], *line;
	FILE *to;
	ssize_t n, length = 0;
	int slave;

	(void)state;
	assert_int_equal(openpty(&master, &slave, NULL, NULL, &size), 0);
	to = fdopen(slave, "w");
	assert_non_null(to);
	v = progress_terminal_new(
		to, (struct progress_style){ .level = PROGRESS_NORMAL });
	progress_amount(
		&v->progress, "a long name of a download \xe2\x82\xac", 1, 100 << 20);
	for (int i = 2; i < 1000; i++) /* far faster than it may redraw */
		progress_amount(&v->progress, "a long name of a download \xe2\x82\xac",
			(uint64_t)i, 100 << 20);
	progress_step(&v->progress, "a step");
	progress_wait(&v->progress, "ssh", 1, 9);
	progress_view_finish(v, NULL);
	progress_view_free(v);
	(void)fclose(to);
	while ((size_t)length < sizeof(buf) - 1 &&
		(n = read(master, buf + length, sizeof(buf) - 1 - (size_t)length)) > 0)
		length += n;
	buf[length] = '\0';

	assert_true(
		!strncmp(buf, "\r\033[K  a long name of a download \xe2\x82\xac\r", 36));
	line = strstr(buf, "\r\033[K  a step\r\n");
	assert_non_null(line);
	assert_true(line - buf < 40 * 20); /* a few redraws at most, not a thousand */
	/* No step line, no wait line is left half drawn at the end. */
	assert_string_equal(buf + length - 4, "\r\033[K");
	*line = '\0';
	for (char *drawn = buf; (drawn = strstr(drawn, "\033[K")); drawn += 3)
		assert_true(strcspn(drawn + 3, "\r") <= 29 + 2);
}

/* Somebody asks at the same terminal. */
static void a_held_terminal_has_no_live_line(void **state)
{
	static const char expected[] = "\r\033[K  x: 1 of 9 s\r\033[KWhat?\r\n"
				       "\r\033[K  x: 2 of 9 s\r\033[K";
	const struct progress_style style = { .level = PROGRESS_NORMAL };
	CLEANUP(fd_closep) int master = -1;
	struct progress_view *v;
	struct capture c;
	char buf[256];
	FILE *to;
	ssize_t n, length = 0;
	int slave;

	(void)state;
	capture_start(&c);
	assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
	to = fdopen(slave, "w");
	assert_non_null(to);
	v = progress_tee_new(
		progress_terminal_new(to, style), progress_plain_new(c.to, style));
	progress_wait(&v->progress, "x", 1, 9);
	progress_view_hold(v);
	assert_int_equal(dprintf(slave, "What?\n"), 6);
	progress_view_resume(v);
	progress_wait(&v->progress, "x", 2, 9);
	progress_view_finish(v, NULL);
	progress_view_free(v);
	(void)fclose(to);
	capture_release(&c);
	while ((size_t)length < sizeof(buf) - 1 &&
		(n = read(master, buf + length, sizeof(buf) - 1 - (size_t)length)) > 0)
		length += n;
	buf[length] = '\0';
	assert_string_equal(buf, expected);
}

static void events_are_one_object_a_line(void **state)
{
	static const char *const expected[] = {
		"\"event\":\"phase\",\"phase\":\"tree\",\"heading\":\"make the tree\"}",
		"\"event\":\"step\",\"text\":\"fetch 3 lists\"}",
		"\"event\":\"amount\",\"what\":\"download\",\"bytes\":0,\"total_bytes\":"
		"104857600}",
		"\"event\":\"amount\",\"what\":\"download\",\"bytes\":104857600,"
		"\"total_bytes\":104857600}",
		"\"event\":\"wait\",\"what\":\"ssh\",\"waited_seconds\":12,\"most_"
		"seconds\":240}",
		"\"event\":\"output\",\"text\":\"a command's \\u001b[31mline\"}",
		"\"event\":\"warning\",\"text\":\"odd\"}",
		"\"event\":\"check\",\"check\":\"sudo\",\"passed\":true,\"found\":"
		"\"works\"}",
		"\"event\":\"check\",\"check\":\"audit\",\"passed\":false,\"found\":"
		"\"two packages\"}",
		"\"event\":\"phase_end\",\"phase\":\"tree\",\"seconds\":12.345}",
		"\"event\":\"end\",\"ok\":false,\"exit_code\":10,\"class\":\"verify\","
		"\"error\":\"no boot\",\"output\":\"\"}",
	};
	struct error err = ERROR_INIT;
	struct progress_view *v;
	struct capture c;
	size_t i = 0;

	(void)state;
	capture_start(&c);
	v = progress_events_new(c.to);
	tell_all(&v->progress);
	(void)error_set(&err, ERR_VERIFY, 0, "no boot");
	progress_view_finish(v, &err);
	progress_view_free(v);
	for (char *line = strtok(c.text, "\n"); line; line = strtok(NULL, "\n"), i++) {
		assert_true(i < ARRAY_SIZE(expected));
		assert_true(!strncmp(line, "{\"time\":\"20", 11));
		if (!strstr(line, expected[i]))
			fail_msg("expected %s, got %s", expected[i], line);
	}
	assert_int_equal(i, ARRAY_SIZE(expected));
	capture_release(&c);
}

static void a_tee_tells_both(void **state)
{
	const struct progress_style style = { .level = PROGRESS_NORMAL };
	struct progress_view *v;
	struct capture a, b;

	(void)state;
	capture_start(&a);
	capture_start(&b);
	v = progress_tee_new(
		progress_plain_new(a.to, style), progress_plain_new(b.to, style));
	progress_step(&v->progress, "x");
	progress_view_finish(v, NULL);
	progress_view_free(v);
	assert_string_equal(a.text, "  x\n");
	assert_string_equal(b.text, "  x\n");
	capture_release(&a);
	capture_release(&b);
}

static void the_meter_tells_rate_and_time_left(void **state)
{
	struct progress_event e = { .kind = PROGRESS_AMOUNT, .text = "download" };
	struct progress_meter m = { 0 };
	CLEANUP(strbuf_releasep) struct strbuf line = STRBUF_INIT;

	(void)state;
	e.total = 100 << 20;
	progress_text_amount(&m, &e, 1000, &line);
	assert_string_equal(line.data, "download: 0 B of 100 MiB, 0 %");
	e.done = 10 << 20;
	strbuf_truncate(&line, 0);
	progress_text_amount(&m, &e, 3000, &line);
	assert_string_equal(
		line.data, "download: 10.0 MiB of 100 MiB, 10 %, 5.00 MiB/s, 18 s left");
	e.text = "upload"; /* another quantity starts anew */
	e.total = 0;
	strbuf_truncate(&line, 0);
	progress_text_amount(&m, &e, 3000, &line);
	assert_string_equal(line.data, "upload: 10.0 MiB");
}

static void what_takes_hours_is_told_in_hours(void **state)
{
	static const struct {
		uint64_t mib;
		const char *left;
	} cases[] = {
		{ 59, "1.00 MiB/s, 59 s left" },
		{ 60, "1.00 MiB/s, 1 min 0 s left" },
		{ 3599, "1.00 MiB/s, 59 min 59 s left" },
		{ 3600, "1.00 MiB/s, 1 h 0 min left" },
		{ 8210, "1.00 MiB/s, 2 h 17 min left" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct progress_event e = { .kind = PROGRESS_AMOUNT, .text = "download" };
		struct progress_meter m = { 0 };
		CLEANUP(strbuf_releasep) struct strbuf line = STRBUF_INIT;

		e.total = (1 + cases[i].mib) << 20;
		progress_text_amount(&m, &e, 1000, &line);
		e.done = 1 << 20;
		progress_text_amount(&m, &e, 2000, &line);
		if (!strstr(line.data, cases[i].left))
			fail_msg("not '%s': %s", cases[i].left, line.data);
	}
}

static void what_lasts_is_told_less_and_less(void **state)
{
	static const uint64_t seconds[] = { 5, 10, 20, 40, 60, 60 };

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(seconds); i++)
		assert_int_equal(progress_text_repeat_ms(i + 1), seconds[i] * 1000);
	assert_int_equal(progress_text_repeat_ms(UINT_MAX), 60000);
}

static void errors_are_quoted_and_usage_says_more(void **state)
{
	static const struct command build = { .name = "build", .words = "RECIPE" };
	static const char output[] = "one\n\ntwo \033[31m\n";
	struct error err = ERROR_INIT;
	struct capture c;

	(void)state;
	(void)error_set(&err, ERR_CHILD, 1, "run 'false': it exited with code 1");
	error_set_output(&err, output, strlen(output));
	capture_start(&c);
	report_error(c.to, &build, &err, (struct report_style){ 0 });
	(void)error_set(&err, ERR_USAGE, 0, "what?");
	report_error(c.to, &build, &err, (struct report_style){ 0 });
	report_error(c.to, NULL, &err, (struct report_style){ .color = true });
	(void)fflush(c.to);
	assert_string_equal(c.text, "amiwright: run 'false': it exited with code 1\n"
				    "> one\n> \n> two ?[31m\n"
				    "amiwright: what?\n"
				    "usage: amiwright build RECIPE\n"
				    "'amiwright build --help' says more.\n"
				    "\033[1;31mamiwright:\033[0m what?\n"
				    "usage: amiwright COMMAND [OPTIONS] ...\n"
				    "'amiwright --help' says more.\n");
	capture_release(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pipe_gets_plain_lines),
		cmocka_unit_test(quiet_leaves_what_matters),
		cmocka_unit_test(verbose_shows_output_but_no_escapes_of_it),
		cmocka_unit_test(colors_come_only_when_wanted),
		cmocka_unit_test(a_terminal_gets_one_line_that_fits),
		cmocka_unit_test(a_held_terminal_has_no_live_line),
		cmocka_unit_test(events_are_one_object_a_line),
		cmocka_unit_test(a_tee_tells_both),
		cmocka_unit_test(the_meter_tells_rate_and_time_left),
		cmocka_unit_test(what_takes_hours_is_told_in_hours),
		cmocka_unit_test(what_lasts_is_told_less_and_less),
		cmocka_unit_test(errors_are_quoted_and_usage_says_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
