/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sandbox_link.h"

#include <signal.h>

#include "unit.h"

/* The two ends of a pipe, and a listener that writes down what it hears. */
struct link {
	struct progress progress;
	struct sandbox_link_writer writer;
	struct sandbox_link_reader reader;
	struct strbuf heard, result;
	struct error error;
	int ends[2];
};

static void write_down(struct progress *p, const struct progress_event *e)
{
	struct link *l = (struct link *)p;

	strbuf_addf(&l->heard, "%d %s %s %llu %llu\n", (int)e->kind,
		e->text ? e->text : "-", e->detail ? e->detail : "-",
		(unsigned long long)e->done, (unsigned long long)e->total);
}

static void link_init(struct link *l)
{
	struct error err = ERROR_INIT;

	*l = (struct link){ .progress = { .report = write_down },
		.heard = STRBUF_INIT,
		.result = STRBUF_INIT,
		.reader = { .pending = STRBUF_INIT } };
	l->reader.progress = &l->progress;
	l->reader.result = &l->result;
	l->reader.error = &l->error;
	assert_int_equal(fd_pipe(l->ends, &err), 0);
	sandbox_link_writer_init(&l->writer, l->ends[1]);
}

static void link_release(struct link *l)
{
	strbuf_release(&l->heard);
	strbuf_release(&l->result);
	strbuf_release(&l->reader.pending);
	fd_closep(&l->ends[0]);
	fd_closep(&l->ends[1]);
}

/* Read to the end of what was sent; 0, or -1 when some of it is no message. */
static int receive_all(struct link *l, struct error *err)
{
	bool more = true;

	fd_closep(&l->ends[1]);
	while (more)
		if (sandbox_link_read(&l->reader, l->ends[0], &more, err) < 0)
			return -1;
	return 0;
}

static void every_kind_of_progress_arrives_in_order(void **state)
{
	CLEANUP(link_release) struct link l;
	struct progress *p = &l.writer.progress;
	struct error err = ERROR_INIT;

	(void)state;
	link_init(&l);
	progress_phase(p, "tree", "Making the tree");
	progress_step(p, "step %d", 1);
	progress_amount(p, "disk", 5, UINT64_MAX);
	progress_wait(p, "ssh", 3, 0);
	progress_output_line("a line", p);
	progress_output_line("", p);
	progress_warning(p, "%s", "careful");
	progress_check(p, "sudo", 1, NULL);
	progress_check(p, "hostname", 0, "is \xff");
	progress_phase_end(p, "tree", 1234);
	assert_int_equal(receive_all(&l, &err), 0);
	assert_string_equal(l.heard.data, "1 tree Making the tree 0 0\n"
					  "3 step 1 - 0 0\n"
					  "4 disk - 5 18446744073709551615\n"
					  "5 ssh - 3 0\n"
					  "6 a line - 0 0\n"
					  "6  - 0 0\n"
					  "7 careful - 0 0\n"
					  "8 sudo - 1 0\n"
					  "8 hostname is \xff 0 0\n"
					  "2 tree - 1234 0\n");
	assert_false(l.reader.has_result);
	assert_false(l.reader.has_error);
}

static void the_result_arrives_whole(void **state)
{
	static const size_t lengths[] = { 0, 1, 4096 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		CLEANUP(link_release) struct link l;
		CLEANUP(strbuf_releasep) struct strbuf sent = STRBUF_INIT;
		struct error err = ERROR_INIT;

		link_init(&l);
		for (size_t k = 0; k < lengths[i]; k++)
			strbuf_add_char(&sent, (char)(k * 7));
		assert_int_equal(sandbox_link_send_result(l.ends[1], &sent, &err), 0);
		assert_int_equal(receive_all(&l, &err), 0);
		assert_true(l.reader.has_result);
		assert_int_equal(l.result.length_bytes, lengths[i]);
		assert_memory_equal(l.result.data, sent.data, lengths[i] + 1);
	}
}

static void an_error_arrives_whole(void **state)
{
	CLEANUP(link_release) struct link l;
	struct error sent = ERROR_INIT, err = ERROR_INIT;
	char output[2 * ERROR_OUTPUT_BYTES];

	(void)state;
	link_init(&l);
	memset(output, 'o', sizeof(output));
	(void)error_set(&sent, ERR_CHILD, 77, "%.*s", 5000, output);
	error_set_output(&sent, output, sizeof(output));
	assert_int_equal(sandbox_link_send_error(l.ends[1], &sent), 0);
	assert_int_equal(receive_all(&l, &err), 0);
	assert_true(l.reader.has_error);
	assert_int_equal(l.error.code, ERR_CHILD);
	assert_int_equal(l.error.detail, 77);
	assert_string_equal(l.error.msg, sent.msg);
	assert_string_equal(l.error.output, sent.output);
}

static void a_result_that_is_too_large_is_not_sent(void **state)
{
	CLEANUP(link_release) struct link l;
	struct strbuf large = { .data = strbuf_empty, .length_bytes = (64 << 20) + 1 };
	struct error err = ERROR_INIT;

	(void)state;
	link_init(&l);
	assert_int_equal(sandbox_link_send_result(l.ends[1], &large, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "a result of 67108865 bytes is too large");
	assert_int_equal(receive_all(&l, &err), 0);
	assert_false(l.reader.has_result);
}

static void frames_may_come_in_any_pieces(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf result = STRBUF_INIT;
	struct error sent = ERROR_INIT, err = ERROR_INIT;
	static char bytes[60000];
	ssize_t n;

	(void)state;
	{
		CLEANUP(link_release) struct link l;

		link_init(&l);
		progress_step(&l.writer.progress, "one");
		strbuf_add_str(&result, "result");
		assert_int_equal(sandbox_link_send_result(l.ends[1], &result, &err), 0);
		(void)error_set(&sent, ERR_TOOL, 1, "error");
		assert_int_equal(sandbox_link_send_error(l.ends[1], &sent), 0);
		progress_step(&l.writer.progress, "two");
		n = read(l.ends[0], bytes, sizeof(bytes));
		assert_true(n > 0 && n < (ssize_t)sizeof(bytes));
	}
	for (size_t piece = 1; piece < 20; piece++) {
		CLEANUP(link_release) struct link l;
		bool more;

		link_init(&l);
		for (size_t at = 0; at < (size_t)n; at += piece) {
			size_t length = (size_t)n - at < piece ? (size_t)n - at : piece;

			assert_int_equal(
				fd_write_all(l.ends[1], bytes + at, length, "p", &err),
				0);
			assert_int_equal(
				sandbox_link_read(&l.reader, l.ends[0], &more, &err), 0);
			assert_true(more);
		}
		assert_int_equal(receive_all(&l, &err), 0);
		assert_string_equal(l.heard.data, "3 one - 0 0\n3 two - 0 0\n");
		assert_string_equal(l.result.data, "result");
		assert_string_equal(l.error.msg, "error");
		assert_int_equal(l.reader.pending.length_bytes, 0);
	}
}

/* What the frames are made of, as in sandbox_link.c: numbers as they stand in memory. */
struct wire {
	uint32_t kind, length_bytes;
	struct {
		uint32_t kind;
		uint8_t has_text, has_detail;
		uint64_t done, total;
	} event;
	char text[8];
};

enum { HEAD = 8, EVENT = 24 };

static void what_is_no_message_is_refused(void **state)
{
	static const struct {
		struct wire wire;
		size_t sent_bytes;
		int rc;
	} cases[] = {
		{ { 1, EVENT, { .kind = 3 } }, HEAD + EVENT, 0 },
		{ { 1, EVENT + 2, { .kind = 3, .has_text = 1 }, "t" }, HEAD + EVENT + 2,
			0 },
		{ { 0, 0 }, HEAD, -1 },
		{ { 4, 0 }, HEAD, -1 },
		{ { UINT32_MAX, 0 }, HEAD, -1 },
		{ { 2, (64 << 20) + 1 }, HEAD, -1 },
		{ { 2, UINT32_MAX }, HEAD, -1 },
		{ { 1, 0 }, HEAD, -1 },
		{ { 1, EVENT - 1 }, HEAD + EVENT - 1, -1 },
		{ { 1, EVENT, { .kind = PROGRESS_CHECK + 1 } }, HEAD + EVENT, -1 },
		/* a text that is not there, or does not end */
		{ { 1, EVENT, { .kind = 3, .has_text = 1 } }, HEAD + EVENT, -1 },
		{ { 1, EVENT + 1, { .kind = 3, .has_text = 1 }, "t" }, HEAD + EVENT + 1,
			-1 },
		{ { 1, EVENT + 2, { .kind = 3, .has_text = 1, .has_detail = 1 }, "t" },
			HEAD + EVENT + 2, -1 },
		{ { 3, 0 }, HEAD, -1 },
		{ { 3, 4, { .kind = ERR_TOOL } }, HEAD + 4, -1 },
		/* cut short: not wrong, but nothing either */
		{ { 2, 4 }, HEAD + 3, 0 },
		{ { 1, EVENT }, 7, 0 },
	};

	(void)state;
	assert_int_equal(offsetof(struct wire, text), HEAD + EVENT);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(link_release) struct link l;
		struct error err = ERROR_INIT;
		int rc;

		link_init(&l);
		assert_int_equal(fd_write_all(l.ends[1], &cases[i].wire,
					 cases[i].sent_bytes, "pipe", &err),
			0);
		rc = receive_all(&l, &err);
		if (rc != cases[i].rc)
			fail_msg("case %zu: %d", i, rc);
		assert_false(l.reader.has_result || l.reader.has_error);
		if (rc < 0)
			unit_assert_error(&err, ERR_FORMAT, "no message");
	}
}

static void an_error_of_no_known_class_is_refused(void **state)
{
	CLEANUP(link_release) struct link l;
	struct error sent = { .code = (enum err_code)(ERR_INTERRUPTED + 1) };
	struct error err = ERROR_INIT;

	(void)state;
	link_init(&l);
	assert_int_equal(sandbox_link_send_error(l.ends[1], &sent), 0);
	assert_int_equal(receive_all(&l, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "no message");
	assert_false(l.reader.has_error);
}

static void strings_of_an_error_end(void **state)
{
	CLEANUP(link_release) struct link l;
	struct error sent = { .code = ERR_TOOL }, err = ERROR_INIT;

	(void)state;
	link_init(&l);
	memset(sent.msg, 'm', sizeof(sent.msg));
	memset(sent.output, 'o', sizeof(sent.output));
	assert_int_equal(sandbox_link_send_error(l.ends[1], &sent), 0);
	assert_int_equal(receive_all(&l, &err), 0);
	assert_int_equal(strlen(l.error.msg), ERROR_MSG_BYTES - 1);
	assert_int_equal(strlen(l.error.output), ERROR_OUTPUT_BYTES - 1);
}

static void progress_without_an_outside_is_no_harm(void **state)
{
	CLEANUP(link_release) struct link l;

	(void)state;
	link_init(&l);
	fd_closep(&l.ends[0]);
	progress_step(&l.writer.progress, "nobody hears");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_progress_arrives_in_order),
		cmocka_unit_test(the_result_arrives_whole),
		cmocka_unit_test(an_error_arrives_whole),
		cmocka_unit_test(a_result_that_is_too_large_is_not_sent),
		cmocka_unit_test(frames_may_come_in_any_pieces),
		cmocka_unit_test(what_is_no_message_is_refused),
		cmocka_unit_test(an_error_of_no_known_class_is_refused),
		cmocka_unit_test(strings_of_an_error_end),
		cmocka_unit_test(progress_without_an_outside_is_no_harm),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
