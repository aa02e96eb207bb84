/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "imds/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

enum { BODY_MOST = 32 };

#define CHUNKED "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

static const struct {
	const char *name;
	const char *bytes;
	bool at_end;
	enum http_progress progress;
	unsigned int status;
	const char *body;
} cases[] = {
	{ "nothing yet", "", false, HTTP_INCOMPLETE, 0, NULL },
	{ "nothing at all", "", true, HTTP_MALFORMED, 0, NULL },
	{ "a length", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", false,
		HTTP_COMPLETE, 200, "abc" },
	{ "names have no case, values no blanks",
		"HTTP/1.0 404 Not Found\r\ncOnTeNt-LeNgTh:  0 \t\r\n\r\n", false,
		HTTP_COMPLETE, 404, "" },
	{ "no reason", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", false, HTTP_COMPLETE,
		200, "" },
	{ "bare newlines", "HTTP/1.1 200 OK\nContent-Length: 1\n\na", false,
		HTTP_COMPLETE, 200, "a" },
	{ "more than was said", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc", false,
		HTTP_COMPLETE, 200, "a" },
	{ "less, as yet", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc", false,
		HTTP_INCOMPLETE, 0, NULL },
	{ "less, and no more", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc", true,
		HTTP_MALFORMED, 0, NULL },
	{ "until the end, as yet", "HTTP/1.1 200 OK\r\n\r\nabc", false, HTTP_INCOMPLETE,
		0, NULL },
	{ "until the end", "HTTP/1.1 200 OK\r\n\r\nabc", true, HTTP_COMPLETE, 200,
		"abc" },
	{ "the same length twice",
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
		false, HTTP_COMPLETE, 200, "a" },
	{ "two lengths",
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
		false, HTTP_MALFORMED, 0, NULL },
	{ "no length", "HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n", false,
		HTTP_MALFORMED, 0, NULL },
	{ "a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", false,
		HTTP_MALFORMED, 0, NULL },
	{ "a length beyond all", "HTTP/1.1 200 OK\r\nContent-Length: 4294967296\r\n\r\n",
		false, HTTP_MALFORMED, 0, NULL },
	{ "too long", "HTTP/1.1 200 OK\r\nContent-Length: 33\r\n\r\n", false,
		HTTP_TOO_LARGE, 0, NULL },
	{ "too long without a length",
		"HTTP/1.1 200 OK\r\n\r\n123456789012345678901234567890123", false,
		HTTP_TOO_LARGE, 0, NULL },
	{ "no body by its status", "HTTP/1.1 204 No Content\r\n\r\n", false,
		HTTP_COMPLETE, 204, "" },
	{ "an interim response", "HTTP/1.1 100 Continue\r\n\r\n", false, HTTP_MALFORMED,
		0, NULL },
	{ "another protocol", "SSH-2.0-OpenSSH_9.2\r\n", false, HTTP_MALFORMED, 0, NULL },
	{ "another version", "HTTP/2 200\r\n\r\n", false, HTTP_MALFORMED, 0, NULL },
	{ "no status", "HTTP/1.1 2x0 OK\r\n\r\n", false, HTTP_MALFORMED, 0, NULL },
	{ "a long status", "HTTP/1.1 2000 OK\r\n\r\n", false, HTTP_MALFORMED, 0, NULL },
	{ "chunks", CHUNKED "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n", false,
		HTTP_COMPLETE, 200, "abc0123456789" },
	{ "chunks and a trailer", CHUNKED "1\r\na\r\n0\r\nX: y\r\n\r\n", false,
		HTTP_COMPLETE, 200, "a" },
	{ "chunks cut off", CHUNKED "3\r\nab", true, HTTP_MALFORMED, 0, NULL },
	{ "chunks to come", CHUNKED "3\r\nabc", false, HTTP_INCOMPLETE, 0, NULL },
	{ "chunks without an end", CHUNKED "1\r\na\r\n", true, HTTP_MALFORMED, 0, NULL },
	{ "chunks too long", CHUNKED "21\r\n", false, HTTP_TOO_LARGE, 0, NULL },
	{ "chunks too long together", CHUNKED "1\r\na\r\n20\r\n", false, HTTP_TOO_LARGE,
		0, NULL },
	{ "a huge chunk", CHUNKED "ffffffffffffffff\r\n", false, HTTP_MALFORMED, 0,
		NULL },
	{ "no chunk size", CHUNKED "\r\n", false, HTTP_MALFORMED, 0, NULL },
	{ "a chunk longer than it says", CHUNKED "1\r\nabc\r\n", false, HTTP_MALFORMED, 0,
		NULL },
	{ "chunks and a length",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n"
		"\r\n",
		false, HTTP_MALFORMED, 0, NULL },
	{ "another coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", false,
		HTTP_MALFORMED, 0, NULL },
};

static void each_case(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char data[256];
		size_t length = strlen(cases[i].bytes);
		struct http_response r = { .status = 4711 };
		enum http_progress progress;

		memcpy(data, cases[i].bytes, length);
		data[length] = '!';
		progress = http_parse(data, length, cases[i].at_end, BODY_MOST, &r);
		if (progress != cases[i].progress)
			fail_msg("%s: %d", cases[i].name, progress);
		if (progress != HTTP_COMPLETE) {
			assert_int_equal(r.status, 4711);
			continue;
		}
		assert_int_equal(r.status, cases[i].status);
		assert_string_equal(r.body, cases[i].body);
		assert_int_equal(r.body_bytes, strlen(cases[i].body));
	}
}

/* Whatever comes in pieces is incomplete until its last byte, and then the same. */
static void pieces_come_to_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t length = strlen(cases[i].bytes);

		if (cases[i].progress != HTTP_COMPLETE)
			continue;
		for (size_t part = 0; part < length; part++) {
			char data[256];
			struct http_response r;
			enum http_progress progress;

			memcpy(data, cases[i].bytes, part);
			progress = http_parse(data, part, false, BODY_MOST, &r);
			/* What stands behind a body is not needed. */
			if (progress == HTTP_COMPLETE)
				assert_string_equal(r.body, cases[i].body);
			else
				assert_int_equal(progress, HTTP_INCOMPLETE);
		}
	}
}

static void a_head_without_end_is_malformed(void **state)
{
	static char data[2 * HTTP_HEAD_MOST_BYTES];
	static const char begin[] = "HTTP/1.1 200 OK\r\nX: ";
	struct http_response r;

	(void)state;
	memset(data, 'x', sizeof(data));
	memcpy(data, begin, strlen(begin));
	assert_int_equal(http_parse(data, HTTP_HEAD_MOST_BYTES - 1, false, BODY_MOST, &r),
		HTTP_INCOMPLETE);
	assert_int_equal(http_parse(data, HTTP_HEAD_MOST_BYTES, false, BODY_MOST, &r),
		HTTP_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_case),
		cmocka_unit_test(pieces_come_to_the_same),
		cmocka_unit_test(a_head_without_end_is_malformed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
