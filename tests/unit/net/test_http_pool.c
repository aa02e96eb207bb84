/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/http_client.h"

#include <signal.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/term.h"
#include "http_support.h"

static void connections_are_kept(void **state)
{
	static const struct http_request put = {
		.method = "PUT", .body = "a body", .body_bytes = 6
	};
	CLEANUP(fake_freep)
	struct fake *f = fake_start(*state, ANSWERS("{\"times\": 3}, {\"close\": true},"
						    "{\"body\": \"again\"}"));
	CLEANUP(http_client_freep) struct http_client *c = make_client(NULL, 0);

	for (unsigned int i = 1; i <= 5; i++) {
		CLEANUP(http_answer_releasep) struct http_answer a = HTTP_ANSWER_INIT;
		CLEANUP(freep) char *request = NULL;

		ask(c, f, "/", &put, &a);
		assert_int_equal(a.status, 200);
		request = fake_request(f, i);
		assert_non_null(strstr(request, "\r\n\r\na body"));
		/* The fourth answer is the end of the first connection. */
		assert_int_equal(count_connections(*state), i <= 4 ? 1 : 2);
	}
}

static void many_go_at_once(void **state)
{
	enum { COUNT = 200, CONNECTIONS = 8 };
	static const struct http_wait forever = { .also_fd = -1 };
	CLEANUP(fake_freep)
	struct fake *f = fake_start(
		*state, ANSWERS("{\"times\": 0, \"body\": {\"bytes\": 70000}}"));
	CLEANUP(http_client_freep) struct http_client *c = make_client(NULL, CONNECTIONS);
	bool done[COUNT + 1] = { false };
	struct error err = ERROR_INIT;
	uint64_t id;

	for (int i = 0; i < COUNT; i++) {
		CLEANUP(freep) char *url = fake_url(f, "/x");
		const struct http_request r = filled(&plain_request, url);

		assert_int_equal(http_client_submit(c, &r, &id, &err), 0);
	}
	assert_int_equal(http_client_under_way(c), COUNT);
	for (int i = 0; i < COUNT; i++) {
		CLEANUP(http_answer_releasep) struct http_answer a = HTTP_ANSWER_INIT;

		assert_int_equal(http_client_next(c, &forever, &id, &a, &err), 0);
		assert_in_range(id, 1, COUNT);
		assert_false(done[id]);
		done[id] = true;
		assert_int_equal(a.body.length_bytes, 70000);
	}
	assert_in_range(count_connections(*state), 2, CONNECTIONS);
}

static void waits_end_for_other_reasons(void **state)
{
	CLEANUP(fake_freep)
	struct fake *f = fake_start(*state, ANSWERS("{\"path\": \"/hang\", \"hang\": "
						    "\"request\"}, {\"body\": \"ok\"}"));
	CLEANUP(http_client_freep) struct http_client *c = make_client(NULL, 0);
	CLEANUP(freep) char *hang = fake_url(f, "/hang"), *good = fake_url(f, "/good");
	const struct http_request hanging = filled(&plain_request, hang);
	const struct http_request answered = filled(&plain_request, good);
	struct http_wait wait = { .also_fd = -1 };
	CLEANUP(http_answer_releasep) struct http_answer a = HTTP_ANSWER_INIT;
	struct error err = ERROR_INIT;
	uint64_t first, second, id;
	int ends[2];

	/* Nothing is under way. */
	assert_int_equal(http_client_next(c, &wait, &id, &a, &err), 0);
	assert_int_equal(id, 0);

	assert_int_equal(http_client_submit(c, &hanging, &first, &err), 0);
	wait.deadline_ms = clock_now_ms() + 50;
	assert_int_equal(http_client_next(c, &wait, &id, &a, &err), 0);
	assert_int_equal(id, 0);
	assert_true(clock_now_ms() >= wait.deadline_ms);

	assert_int_equal(fd_pipe(ends, &err), 0);
	assert_int_equal(write(ends[1], "x", 1), 1);
	wait = (struct http_wait){ .also_fd = ends[0] };
	assert_int_equal(http_client_next(c, &wait, &id, &a, &err), 0);
	assert_int_equal(id, 0);
	assert_int_equal(http_client_under_way(c), 1);

	wait.also_fd = -1;
	assert_int_equal(http_client_submit(c, &answered, &second, &err), 0);
	http_client_cancel(c, first);
	http_client_cancel(c, first);
	assert_int_equal(http_client_next(c, &wait, &id, &a, &err), 0);
	assert_int_equal(id, second);
	assert_string_equal(a.body.data, "ok");
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void a_signal_ends_the_wait(void **state)
{
	CLEANUP(fake_freep)
	struct fake *f = fake_start(*state, ANSWERS("{\"hang\": \"request\"}"));
	CLEANUP(http_client_freep) struct http_client *c = make_client(NULL, 0);
	CLEANUP(freep) char *url = fake_url(f, "/");
	const struct http_request r = filled(&plain_request, url);
	struct http_answer a = HTTP_ANSWER_INIT;
	struct error err = ERROR_INIT;
	pid_t child;

	term_install();
	child = fork();
	if (child == 0) {
		(void)kill(getppid(), SIGTERM);
		_exit(0);
	}
	assert_int_equal(http_client_send(c, &r, &a, &err), -1);
	assert_int_equal(err.code, ERR_INTERRUPTED);
	assert_int_equal(http_client_under_way(c), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	term_reset_in_child();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(connections_are_kept),
		SCRATCH_TEST(many_go_at_once),
		SCRATCH_TEST(waits_end_for_other_reasons),
		SCRATCH_TEST(a_signal_ends_the_wait),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
