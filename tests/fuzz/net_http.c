/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes in place of an HTTP answer, sent over a loopback connection that is then closed:
 * the client gives a whole answer within its caps, or says why there is none.
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <pthread.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "net/http_client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BODY_MOST_BYTES = 4096, HEADERS_MOST_BYTES = 2048 };

struct server {
	int listen_fd;
	const uint8_t *data;
	size_t size;
};

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* Answers one connection: reads the request's end first, so that closing resets
 * nothing. */
static void *serve(void *userdata)
{
	struct server *s = userdata;
	CLEANUP(fd_closep) int fd = accept(s->listen_fd, NULL, NULL);
	char buf[4096];
	size_t got = 0;

	check(fd >= 0);
	while (got < 4 || memcmp(buf + got - 4, "\r\n\r\n", 4) != 0) {
		ssize_t n = read(fd, buf + got, sizeof(buf) - got);

		if (n <= 0)
			return NULL;
		got += (size_t)n;
	}
	for (size_t at = 0; at < s->size;) {
		ssize_t n = send(fd, s->data + at, s->size - at, MSG_NOSIGNAL);

		if (n <= 0)
			break;
		at += (size_t)n;
	}
	(void)shutdown(fd, SHUT_WR);
	while (read(fd, buf, sizeof(buf)) > 0)
		;
	return NULL;
}

static void judge(const struct http_answer *a)
{
	struct error err = ERROR_INIT;

	check((http_answer_check(a, &err) == 0) == (a->failure == HTTP_ANSWERED));
	check((a->reason != NULL) == (a->failure != HTTP_ANSWERED));
	if (a->failure == HTTP_ANSWERED) {
		check(a->status >= 200 && a->status <= 999);
		check(a->body.length_bytes <= HTTP_ERROR_BODY_MOST_BYTES);
	}
	if (a->status >= 200 && a->status < 300)
		check(a->body.length_bytes <= BODY_MOST_BYTES);
	for (size_t i = 0; i < a->field_count; i++)
		check(strlen(a->fields[i].value) <= HEADERS_MOST_BYTES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const wanted[] = { "Date", "x-amzn-ErrorType", NULL };
	static const struct http_client_spec spec;
	static const struct http_wait forever = { .also_fd = -1 };
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t at_bytes = sizeof(at);
	CLEANUP(fd_closep) int listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CLEANUP(http_client_freep) struct http_client *c = NULL;
	CLEANUP(http_answer_releasep) struct http_answer a = HTTP_ANSWER_INIT;
	CLEANUP(freep) char *url = NULL;
	struct server s = { .listen_fd = listen_fd, .data = data, .size = size };
	struct error err = ERROR_INIT;
	pthread_t thread;
	uint64_t id;

	check(bind(listen_fd, (struct sockaddr *)&at, sizeof(at)) == 0);
	check(listen(listen_fd, 8) == 0);
	check(getsockname(listen_fd, (struct sockaddr *)&at, &at_bytes) == 0);
	check(pthread_create(&thread, NULL, serve, &s) == 0);
	url = xasprintf("http://127.0.0.1:%u/", ntohs(at.sin_port));
	const struct http_request r = {
		.method = "GET",
		.url = url,
		.wanted = wanted,
		.headers_most_bytes = HEADERS_MOST_BYTES,
		.body_most_bytes = BODY_MOST_BYTES,
		.attempt_ms = 20000,
	};

	check(http_client_new(&spec, &c, &err) == 0);
	check(http_client_submit(c, &r, &id, &err) == 0);
	check(http_client_next(c, &forever, &id, &a, &err) == 0);
	judge(&a);
	c = http_client_free(c);
	check(pthread_join(thread, NULL) == 0);
	return 0;
}
