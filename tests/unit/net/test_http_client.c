/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/http_client.h"

#include <signal.h>

#include "http_support.h"

/* How answers that are whole, cut, endless or nonsense end. */
static const struct ending {
	const char *answer; /* the members of its script */
	struct http_request request;
	enum http_failure failure;
	unsigned int status;
	const char *said; /* the body, or a part of the reason */
} endings[] = {
	{ "\"body\": \"hello\"", { 0 }, HTTP_ANSWERED, 200, "hello" },
	{ "\"body\": \"hello\", \"framing\": \"chunked\"", { 0 }, HTTP_ANSWERED, 200,
		"hello" },
	{ "\"body\": \"hello\", \"framing\": \"close\"", { 0 }, HTTP_ANSWERED, 200,
		"hello" },
	{ "\"status\": 204", { 0 }, HTTP_ANSWERED, 204, "" },
	{ "\"status\": 404, \"body\": \"no\"", { 0 }, HTTP_ANSWERED, 404, "no" },
	{ "\"status\": 302, \"headers\": {\"Location\": \"/elsewhere\"}", { 0 },
		HTTP_ANSWERED, 302, "" },
	{ "\"raw\": \"HTTP/1.1 100 Continue\\r\\n\\r\\n"
	  "HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok\"",
		{ 0 }, HTTP_ANSWERED, 200, "ok" },

	{ "\"cut\": 0", { 0 }, HTTP_CUT_SHORT, 0, "before any answer" },
	{ "\"cut\": 30, \"headers\": {\"A\": \"b\"}", { 0 }, HTTP_CUT_SHORT, 200,
		"connection" },
	{ "\"cut\": 600, \"body\": {\"bytes\": 1000}", { 0 }, HTTP_CUT_SHORT, 200,
		"in the middle of the answer" },
	{ "\"cut\": 600, \"body\": {\"bytes\": 1000}, \"framing\": "
	  "\"chunked\"",
		{ 0 }, HTTP_CUT_SHORT, 200, "in the middle of the answer" },
	{ "\"cut\": 600, \"body\": {\"bytes\": 1000}, \"reset\": true", { 0 },
		HTTP_CUT_SHORT, 200, "the connection " },

	{ "\"hang\": \"request\"", { .stall_ms = 100 }, HTTP_STALLED, 0,
		"no byte for 100 ms" },
	{ "\"hang\": \"headers\", \"body\": \"x\"", { .stall_ms = 100 }, HTTP_STALLED,
		200, "no byte for 100 ms" },
	{ "\"hang\": \"body\", \"body\": {\"bytes\": 1000}", { .stall_ms = 100 },
		HTTP_STALLED, 200, "no byte for 100 ms" },
	{ "\"slow_ms\": 20, \"body\": {\"bytes\": 20000}",
		{ .stall_ms = UNIT_PATIENCE_MS }, HTTP_ANSWERED, 200, NULL },
	{ "\"slow_ms\": 20, \"body\": {\"bytes\": 900000}", { .attempt_ms = 200 },
		HTTP_TOO_SLOW, 200, "not done within 200 ms" },

	{ "\"body\": {\"bytes\": 1000}", { .body_most_bytes = 1000 }, HTTP_ANSWERED, 200,
		NULL },
	{ "\"body\": {\"bytes\": 1001}", { .body_most_bytes = 1000 }, HTTP_TOO_BIG, 200,
		"body is longer than the 1000 B" },
	{ "\"body\": {\"bytes\": 900000}, \"framing\": \"chunked\"",
		{ .body_most_bytes = 1000 }, HTTP_TOO_BIG, 200, "body is longer" },
	{ "\"status\": 500, \"body\": {\"bytes\": 1001}", { .body_most_bytes = 1 },
		HTTP_ANSWERED, 500, NULL },
	{ "\"status\": 500, \"body\": {\"bytes\": 300000}", { 0 }, HTTP_TOO_BIG, 500,
		"body is longer than the 256 KiB" },
	{ "\"headers\": {\"A\": \"0123456789012345678901234567890123456789\"}",
		{ .headers_most_bytes = 60 }, HTTP_TOO_BIG, 200,
		"headers are longer than 60 bytes" },

	{ "\"raw\": \"SSH-2.0-OpenSSH_9.2\\r\\n\"", { 0 }, HTTP_NOT_HTTP, 0,
		"no HTTP/1.1 server" },
	{ "\"raw\": \"HTTP/1.1 OK\\r\\n\\r\\n\"", { 0 }, HTTP_NOT_HTTP, 0, "" },
	{ "\"raw\": \"HTTP/1.1 200 OK\\r\\nContent-Length: -5\\r\\n\\r\\n\"", { 0 },
		HTTP_NOT_HTTP, 200, "" },
	{ "\"raw\": \"HTTP/1.1 200 OK\\r\\nTransfer-Encoding: "
	  "chunked\\r\\n\\r\\n"
	  "zz\\r\\n\"",
		{ 0 }, HTTP_CUT_SHORT, 200, "" },
};

/* All answers in one script, each under a path of its own. */
static struct fake *start_endings(const char *dir)
{
	CLEANUP(strbuf_releasep) struct strbuf script = STRBUF_INIT;

	strbuf_add_str(&script, "{\"answers\": [");
	for (size_t i = 0; i < ARRAY_SIZE(endings); i++)
		strbuf_addf(&script, "%s{\"path\": \"/%zu/\", %s}", i ? ", " : "", i,
			endings[i].answer);
	strbuf_add_str(&script, "]}");
	return fake_start(dir, script.data);
}

static void each_ending_is_told_apart(void **state)
{
	CLEANUP(fake_freep) struct fake *f = start_endings(*state);
	CLEANUP(http_client_freep) struct http_client *c = make_client(NULL, 0);

	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		const struct ending *e = &endings[i];
		CLEANUP(freep) char *path = xasprintf("/%zu/", i);
		CLEANUP(http_answer_releasep) struct http_answer a = HTTP_ANSWER_INIT;

		ask(c, f, path, &e->request, &a);
		if (a.failure != e->failure || a.status != e->status)
			fail_msg("%s: failure %d, status %u, %s", e->answer, a.failure,
				a.status, a.reason ? a.reason : "no reason");
		if (e->failure == HTTP_ANSWERED && e->said)
			assert_string_equal(a.body.data, e->said);
		if (e->failure != HTTP_ANSWERED && !strstr(a.reason, e->said))
			fail_msg("%s: '%s' is not in: %s", e->answer, e->said, a.reason);
	}
}

static void a_reset_before_the_answer_is_told(void **state)
{
	CLEANUP(fake_freep)
	struct fake *f = fake_start(*state, "{\"connect\": \"reset\"}");
	CLEANUP(http_client_freep) struct http_client *c = make_client(NULL, 0);
	CLEANUP(http_answer_releasep) struct http_answer a = HTTP_ANSWER_INIT;

	ask(c, f, "/", &plain_request, &a);
	assert_int_equal(a.failure, HTTP_CUT_SHORT);
	assert_non_null(strstr(a.reason, "connection broke"));
}

static void what_is_sent_is_what_was_given(void **state)
{
	static const struct http_header headers[] = { { "X-One", "1" }, { "x-empty", "" },
		{ "Content-Type", "text/x" } };
	static const struct {
		const char *method, *path, *body, *head;
		size_t header_count;
	} cases[] = {
		{ "GET", "/a//b/./../c/%2f%2F%7e?z=1&a=%20&&b", NULL, "", 0 },
		{ "GET", "/?b&a=*'()!,;:@$+[]{}|^`\"<>", NULL, "", 0 },
		{ "GET", "/x", NULL, "X-One: 1\r\nx-empty:\r\nContent-Type: text/x\r\n",
			3 },
		{ "HEAD", "/x", NULL, "", 0 },
		{ "DELETE", "/x", NULL, "", 0 },
		{ "POST", "/x", NULL, "Content-Length: 0\r\n", 0 },
		{ "PUT", "/x", "body", "X-One: 1\r\nContent-Length: 4\r\n", 1 },
		{ "POST", "/x", "a=b", "Content-Length: 3\r\n", 0 },
	};
	CLEANUP(fake_freep)
	struct fake *f = fake_start(*state, ANSWERS("{\"times\": 0, \"body\": \"ok\"}"));
	CLEANUP(http_client_freep) struct http_client *c = make_client(NULL, 0);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(http_answer_releasep) struct http_answer a = HTTP_ANSWER_INIT;
		CLEANUP(freep) char *wanted = NULL, *got = NULL;
		const struct http_request r = { .method = cases[i].method,
			.headers = headers,
			.header_count = cases[i].header_count,
			.body = cases[i].body,
			.body_bytes = cases[i].body ? strlen(cases[i].body) : 0 };

		ask(c, f, cases[i].path, &r, &a);
		assert_int_equal(a.status, 200);
		wanted = xasprintf("%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n%s\r\n%s",
			cases[i].method, cases[i].path, fake_port(f), cases[i].head,
			cases[i].body ? cases[i].body : "");
		got = fake_request(f, (unsigned int)i + 1);
		assert_string_equal(got, wanted);
	}
}

static void a_given_host_is_sent(void **state)
{
	static const struct http_header host = { "Host", "ebs.example" };
	static const struct http_request r = { .headers = &host, .header_count = 1 };
	CLEANUP(fake_freep) struct fake *f = fake_start(*state, ANSWERS("{}"));
	CLEANUP(http_client_freep) struct http_client *c = make_client(NULL, 0);
	CLEANUP(http_answer_releasep) struct http_answer a = HTTP_ANSWER_INIT;
	CLEANUP(freep) char *got = NULL;

	ask(c, f, "/", &r, &a);
	got = fake_request(f, 1);
	assert_string_equal(got, "GET / HTTP/1.1\r\nHost: ebs.example\r\n\r\n");
}

static void wanted_headers_are_kept(void **state)
{
	static const char *const wanted[] = { "x-amzn-RequestId", "Date", "Twice",
		"Absent", NULL };
	static const struct http_request r = { .wanted = wanted };
	CLEANUP(fake_freep)
	struct fake *f = fake_start(*state,
		ANSWERS("{\"headers\": [[\"X-AMZN-REQUESTID\", \" id \"], [\"Twice\", "
			"\"1\"],"
			"[\"twice\", \"2\"], [\"Date\", \"\"], [\"Other\", \"x\"]]}"));
	CLEANUP(http_client_freep) struct http_client *c = make_client(NULL, 0);
	CLEANUP(http_answer_releasep) struct http_answer a = HTTP_ANSWER_INIT;

	ask(c, f, "/", &r, &a);
	assert_string_equal(http_answer_header(&a, "X-Amzn-Requestid"), "id");
	assert_string_equal(http_answer_header(&a, "Twice"), "1, 2");
	assert_string_equal(http_answer_header(&a, "Date"), "");
	assert_null(http_answer_header(&a, "Absent"));
	assert_null(http_answer_header(&a, "Other"));
}

static void trailers_are_no_headers(void **state)
{
	static const char *const wanted[] = { "Date", NULL };
	static const struct http_request r = { .wanted = wanted };
	CLEANUP(fake_freep)
	struct fake *f = fake_start(*state,
		ANSWERS("{\"raw\": \"HTTP/1.1 200 OK\\r\\nTransfer-Encoding: "
			"chunked\\r\\n\\r\\n"
			"0\\r\\nDate: late\\r\\nHTTP/1.1 500: no\\r\\n\\r\\n\"}"));
	CLEANUP(http_client_freep) struct http_client *c = make_client(NULL, 0);
	CLEANUP(http_answer_releasep) struct http_answer a = HTTP_ANSWER_INIT;

	ask(c, f, "/", &r, &a);
	assert_int_equal(a.failure, HTTP_ANSWERED);
	assert_int_equal(a.status, 200);
	assert_null(http_answer_header(&a, "Date"));
}

/* A source of bytes that say where they stand, and a sink that compares. */
struct stream {
	uint64_t length, fails_at, taken;
};

static int give(void *userdata, uint64_t offset, void *to, size_t most, size_t *ret,
	struct error *err)
{
	struct stream *s = userdata;
	size_t n = 0;

	if (offset >= s->fails_at)
		return error_set(err, ERR_SPACE, 0, "the tape is torn");
	for (; n < most && offset + n < s->length && n < 5000; n++)
		((unsigned char *)to)[n] = (unsigned char)((offset + n) % 251);
	*ret = n;
	return 0;
}

static int take(void *userdata, const void *bytes, size_t length, struct error *err)
{
	struct stream *s = userdata;

	if (s->taken + length > s->fails_at)
		return error_set(err, ERR_SPACE, 0, "the bucket is full");
	for (size_t i = 0; i < length; i++)
		assert_int_equal(((const unsigned char *)bytes)[i], (s->taken + i) % 251);
	s->taken += length;
	return 0;
}

static void bodies_stream_both_ways(void **state)
{
	struct stream s = { .length = 3000000, .fails_at = UINT64_MAX };
	const struct http_request put = {
		.method = "PUT", .source = give, .body_bytes = 3000000, .userdata = &s
	};
	const struct http_request get = {
		.sink = take, .body_most_bytes = 3000000, .userdata = &s
	};
	CLEANUP(fake_freep)
	struct fake *f =
		fake_start(*state, ANSWERS("{\"path\": \"/put\"}, {\"path\": \"/get\", "
					   "\"body\": {\"bytes\": 3000000}},"
					   "{\"status\": 403, \"body\": \"not yours\"}"));
	CLEANUP(http_client_freep) struct http_client *c = make_client(NULL, 0);
	CLEANUP(http_answer_releasep) struct http_answer a = HTTP_ANSWER_INIT;
	CLEANUP(freep) char *path = path_join(*state, "requests/1"), *sent = NULL;
	struct error err = ERROR_INIT;
	size_t length;

	ask(c, f, "/put", &put, &a);
	assert_int_equal(a.status, 200);
	assert_int_equal(file_read_all(path, 4 << 20, &sent, &length, &err), 0);
	assert_in_range(length, 3000000, 3000200);
	assert_int_equal(take(&s, sent + length - 3000000, 3000000, &err), 0);

	s.taken = 0;
	ask(c, f, "/get", &get, &a);
	assert_int_equal(s.taken, 3000000);
	assert_string_equal(a.body.data, "");

	ask(c, f, "/other", &get, &a);
	assert_string_equal(a.body.data, "not yours");
	assert_int_equal(s.taken, 3000000);
}

static void errors_of_streams_are_told(void **state)
{
	struct stream torn = { .length = 300000, .fails_at = 20000 };
	struct stream early = { .length = 1000, .fails_at = UINT64_MAX };
	const struct {
		struct http_request request;
		const char *said;
		enum err_code code;
	} cases[] = {
		{ { .method = "PUT",
			  .source = give,
			  .body_bytes = 300000,
			  .userdata = &torn },
			"read what is to be sent: the tape is torn", ERR_SPACE },
		{ { .method = "PUT",
			  .source = give,
			  .body_bytes = 3000,
			  .userdata = &early },
			"it ends 2000 bytes early", ERR_FORMAT },
		{ { .sink = take, .userdata = &torn },
			"take in the answer's body: the bucket is full", ERR_SPACE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(fake_freep)
		struct fake *f = fake_start(
			*state, ANSWERS("{\"times\": 0, \"body\": {\"bytes\": 300000}}"));
		CLEANUP(http_client_freep) struct http_client *c = make_client(NULL, 0);
		CLEANUP(http_answer_releasep) struct http_answer a = HTTP_ANSWER_INIT;
		struct error err = ERROR_INIT;

		ask(c, f, "/", &cases[i].request, &a);
		assert_int_equal(a.failure, HTTP_BODY_FAILED);
		assert_int_equal(http_answer_check(&a, &err), -1);
		unit_assert_error(&err, cases[i].code, cases[i].said);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(each_ending_is_told_apart),
		SCRATCH_TEST(a_reset_before_the_answer_is_told),
		SCRATCH_TEST(what_is_sent_is_what_was_given),
		SCRATCH_TEST(a_given_host_is_sent),
		SCRATCH_TEST(wanted_headers_are_kept),
		SCRATCH_TEST(trailers_are_no_headers),
		SCRATCH_TEST(bodies_stream_both_ways),
		SCRATCH_TEST(errors_of_streams_are_told),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
