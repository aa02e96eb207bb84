/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/httpd.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/path.h"
#include "base/remove_tree.h"
#include "net/unix_socket.h"

enum { BODY_MOST_BYTES = 1000 };

struct fixture {
	char dir[32];
	int dir_fd;
	struct httpd *httpd;
};

/* Says back what it was asked. */
static void echo(const struct httpd_request *request, struct httpd_response *response,
	void *userdata)
{
	const char *header = request->header(request, "X-Question");

	assert_string_equal(userdata, "mine");
	strbuf_addf(&response->body, "%s %s %s %zu ", request->method, request->path,
		header ? header : "-", request->body_bytes);
	strbuf_add(&response->body, request->body, request->body_bytes);
	if (strcmp(request->path, "/gone") == 0)
		response->status = 410;
	if (strcmp(request->path, "/silence") == 0)
		response->status = 0;
	httpd_response_header(response, "X-Answer", "yes");
	httpd_response_header(response, "Connection", "close");
}

static int set_up(void **state)
{
	static struct fixture f;
	static char mine[] = "mine";
	const struct httpd_spec spec = {
		.body_most_bytes = BODY_MOST_BYTES, .handle = echo, .userdata = mine
	};
	struct error err = ERROR_INIT;
	int fd;

	f = (struct fixture){ .dir = "/tmp/amiwright-test-XXXXXX" };
	assert_non_null(mkdtemp(f.dir));
	f.dir_fd = open(f.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(unix_socket_listen(f.dir_fd, "socket", &fd, &err), 0);
	assert_int_equal(httpd_start(fd, &spec, &f.httpd, &err), 0);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	struct error err = ERROR_INIT;

	f->httpd = httpd_free(f->httpd);
	close(f->dir_fd);
	return remove_tree(f->dir, &err);
}

/* Send the bytes, in pieces; all that comes back until the server hangs up. */
static char *converse(struct fixture *f, const char *bytes, size_t length, size_t piece)
{
	CLEANUP(fd_closep) int fd = -1;
	struct strbuf answer = STRBUF_INIT;
	struct error err = ERROR_INIT;
	char buf[4096];
	ssize_t got;

	assert_int_equal(unix_socket_connect(f->dir_fd, "socket", &fd, &err), 0);
	for (size_t at = 0; at < length; at += piece)
		if (send(fd, bytes + at, length - at < piece ? length - at : piece,
			    MSG_NOSIGNAL) < 0)
			break;
	(void)shutdown(fd, SHUT_WR);
	while ((got = read(fd, buf, sizeof(buf))) > 0)
		strbuf_add(&answer, buf, (size_t)got);
	return strbuf_take(&answer);
}

static void assert_answer(
	struct fixture *f, const char *request, const char *status, const char *body)
{
	static const size_t pieces[] = { 1, 7, 100000 };

	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		CLEANUP(freep)
		char *answer = converse(f, request, strlen(request), pieces[i]);
		const char *got_body = strstr(answer, "\r\n\r\n");

		if (strncmp(answer, status, strlen(status)) != 0)
			fail_msg("%s instead of %s", answer, status);
		if (body) {
			assert_non_null(got_body);
			assert_string_equal(got_body + 4, body);
		}
	}
}

static void requests_reach_the_handler(void **state)
{
	assert_answer(*state, "GET /a/b HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 ",
		"GET /a/b - 0 ");
	assert_answer(*state,
		"GET /a%20b?c=d HTTP/1.1\r\nHost: x\r\nx-QUESTION: q\r\n\r\n",
		"HTTP/1.1 200 ", "GET /a b q 0 ");
	assert_answer(*state,
		"PUT /p HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
		"HTTP/1.1 200 ", "PUT /p - 5 hello");
	assert_answer(*state,
		"POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
		"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
		"HTTP/1.1 200 ", "POST /p - 5 abcde");
	assert_answer(*state, "GET /gone HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 410 ",
		"GET /gone - 0 ");
}

static void a_handler_may_leave_a_request_unanswered(void **state)
{
	static const char request[] = "GET /silence HTTP/1.1\r\nHost: x\r\n\r\n";
	CLEANUP(freep)
	char *answer = converse(*state, request, sizeof(request) - 1, sizeof(request));

	assert_string_equal(answer, "");
	requests_reach_the_handler(state);
}

static void its_headers_are_sent(void **state)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
	CLEANUP(freep) char *answer = converse(*state, request, strlen(request), 100);

	assert_non_null(strstr(answer, "\r\nX-Answer: yes\r\n"));
}

static void a_long_body_is_refused(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf request = STRBUF_INIT;
	CLEANUP(freep) char *answer = NULL;

	strbuf_addf(&request,
		"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n"
		"Connection: close\r\n\r\n",
		BODY_MOST_BYTES + 1);
	for (int i = 0; i <= BODY_MOST_BYTES; i++)
		strbuf_add_char(&request, 'x');
	answer = converse(*state, request.data, request.length_bytes, 300);
	assert_memory_equal(answer, "HTTP/1.1 413 ", 13);
}

static void nonsense_gets_no_200(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf endless = STRBUF_INIT;
	static const char *const requests[] = { "\r\n\r\n\r\n\r\n", "GET\r\n\r\n",
		"GET / HTTP/9.9\r\n\r\n", "\1\2\3\4\r\n\r\n",
		"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
		"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: "
		"99999999999999999999\r\n\r\n" };

	for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
		CLEANUP(freep)
		char *answer = converse(*state, requests[i], strlen(requests[i]), 1000);

		assert_null(strstr(answer, " 200 "));
	}
	strbuf_add_str(&endless, "GET / HTTP/1.1\r\nX: ");
	for (int i = 0; i < 200000; i++)
		strbuf_add_char(&endless, 'x');
	free(converse(*state, endless.data, endless.length_bytes, 100000));
	/* And it still works. */
	requests_reach_the_handler(state);
}

static void it_ends_while_clients_dawdle(void **state)
{
	struct fixture *f = *state;
	struct error err = ERROR_INIT;
	int fds[20];

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		assert_int_equal(
			unix_socket_connect(f->dir_fd, "socket", &fds[i], &err), 0);
		assert_int_equal(write(fds[i], "GET / HT", 8), 8);
	}
	f->httpd = httpd_free(f->httpd);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		close(fds[i]);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(requests_reach_the_handler),
		TEST(a_handler_may_leave_a_request_unanswered),
		TEST(its_headers_are_sent),
		TEST(a_long_body_is_refused),
		TEST(nonsense_gets_no_200),
		TEST(it_ends_while_clients_dawdle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
