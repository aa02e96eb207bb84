/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/http_client.h"

#include <signal.h>

#include "http_support.h"

/* No resolver asks anybody for a label of more than 63 characters. */
static const char nowhere[] = "http://a-label-of-more-than-sixty-three-characters-"
			      "is-no-name-that-any-resolver-would-ask-for/";

static void what_cannot_be_reached_is_told(void **state)
{
	CLEANUP(fake_freep) struct fake *f = fake_start(*state, ANSWERS("{}"));
	CLEANUP(freep)
	char *closed = fake_url(f, "/");
	CLEANUP(http_client_freep) struct http_client *c = make_client(NULL, 0);

	const struct {
		const char *url, *said;
		enum err_code code;
		bool after_its_end;
	} cases[] = {
		{ nowhere, "no address", ERR_FETCH, false },
		{ closed, "cannot connect", ERR_FETCH, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct http_request r = filled(&plain_request, cases[i].url);
		struct http_answer a = HTTP_ANSWER_INIT;
		struct error err = ERROR_INIT;

		if (cases[i].after_its_end)
			f = fake_free(f);
		assert_int_equal(http_client_send(c, &r, &a, &err), -1);
		unit_assert_error(&err, cases[i].code, cases[i].said);
	}
}

static void proxies_are_for_others(void **state)
{
	CLEANUP(fake_freep)
	struct fake *f = fake_start(*state, ANSWERS("{\"times\": 0}"));
	CLEANUP(http_client_freep) struct http_client *c = make_client(NULL, 0);
	CLEANUP(freep)
	char *proxy = fake_url(f, ""), *direct = fake_url(f, "/"), *got = NULL;
	const struct http_request others =
		filled(&plain_request, "http://far.example/a?b");
	const struct http_request own = filled(&plain_request, direct);
	struct http_request past = filled(&plain_request, nowhere);
	CLEANUP(http_answer_releasep)
	struct http_answer a = HTTP_ANSWER_INIT, b = HTTP_ANSWER_INIT;
	struct error err = ERROR_INIT;

	assert_int_equal(setenv("http_proxy", proxy, 1), 0);
	assert_int_equal(http_client_send(c, &others, &a, &err), 0);
	got = fake_request(f, 1);
	assert_memory_equal(got, "GET http://far.example/a?b HTTP/1.1\r\n", 37);

	assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
	assert_int_equal(http_client_send(c, &own, &b, &err), 0);

	/* What is to go directly does not ask the proxy: its name is looked up here. */
	past.direct = true;
	assert_int_equal(http_client_send(c, &past, &b, &err), -1);
	unit_assert_error(&err, ERR_FETCH, "no address");
	assert_int_equal(unsetenv("http_proxy"), 0);
}

static void a_proxy_that_refuses_is_told(void **state)
{
	CLEANUP(fake_freep)
	struct fake *f = fake_start(*state, ANSWERS("{\"status\": 407}"));
	CLEANUP(http_client_freep) struct http_client *c = make_client(NULL, 0);
	CLEANUP(freep) char *proxy = fake_url(f, ""), *got = NULL;
	const struct http_request r = filled(&plain_request, "https://far.example/a");
	struct http_answer a = HTTP_ANSWER_INIT;
	struct error err = ERROR_INIT;

	assert_int_equal(setenv("https_proxy", proxy, 1), 0);
	assert_int_equal(http_client_send(c, &r, &a, &err), -1);
	assert_int_equal(unsetenv("https_proxy"), 0);
	unit_assert_error(&err, ERR_FETCH, "no way through the proxy");
	unit_assert_error(&err, ERR_FETCH, "407");
	got = fake_request(f, 1);
	assert_memory_equal(got, "CONNECT far.example:443 HTTP/1.1\r\n", 34);
}

static void only_good_certificates_are_believed(void **state)
{
	static const struct {
		const char *script;
		bool without_ca;
		enum http_failure failure;
		const char *said;
		uint32_t connect_ms;
	} cases[] = {
		{ "{\"tls\": \"good.pem\", \"answers\": [{}]}", false, HTTP_ANSWERED, "",
			0 },
		{ "{\"tls\": \"good.pem\"}", true, HTTP_TLS_REFUSED,
			"give its authority's certificate", 0 },
		{ "{\"tls\": \"foreign.pem\"}", false, HTTP_TLS_REFUSED,
			"not trusted here", 0 },
		{ "{\"tls\": \"expired.pem\"}", false, HTTP_TLS_REFUSED, "has expired",
			0 },
		{ "{\"tls\": \"other-host.pem\"}", false, HTTP_TLS_REFUSED,
			"another host's", 0 },
		{ "{\"tls\": \"good.pem\", \"connect\": \"greet\"}", false,
			HTTP_TLS_REFUSED, "no TLS there", 0 },
		{ "{\"tls\": \"good.pem\", \"connect\": \"reset\"}", false,
			HTTP_NOT_CONNECTED, "TLS handshake", 0 },
		{ "{\"tls\": \"good.pem\", \"connect\": \"hang\"}", false,
			HTTP_NOT_CONNECTED, "no connection in time", 100 },
	};
	CLEANUP(freep) char *ca = path_join(*state, "ca.pem");

	fake_make_chain(*state);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(fake_freep) struct fake *f = fake_start(*state, cases[i].script);
		CLEANUP(http_client_freep)
		struct http_client *c = make_client(cases[i].without_ca ? NULL : ca, 0);
		CLEANUP(http_answer_releasep) struct http_answer a = HTTP_ANSWER_INIT;
		struct http_request r = { 0 };

		if (cases[i].connect_ms)
			r.connect_ms = cases[i].connect_ms;
		ask(c, f, "/", &r, &a);
		if (a.failure != cases[i].failure ||
			(a.reason && !strstr(a.reason, cases[i].said)))
			fail_msg("case %zu: %d %s", i, a.failure, a.reason);
	}
}

static void a_missing_ca_bundle_is_told(void **state)
{
	static const struct http_request r = { 0 };
	CLEANUP(fake_freep) struct fake *f = NULL;
	CLEANUP(http_client_freep)
	struct http_client *c = make_client("/nonexistent.pem", 0);
	CLEANUP(http_answer_releasep) struct http_answer a = HTTP_ANSWER_INIT;

	fake_make_chain(*state);
	f = fake_start(*state, "{\"tls\": \"good.pem\", \"answers\": [{}]}");
	ask(c, f, "/", &r, &a);
	assert_int_equal(a.failure, HTTP_SETUP_FAILED);
	assert_non_null(strstr(a.reason, "/nonexistent.pem"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(what_cannot_be_reached_is_told),
		SCRATCH_TEST(proxies_are_for_others),
		SCRATCH_TEST(a_proxy_that_refuses_is_told),
		SCRATCH_TEST(only_good_certificates_are_believed),
		SCRATCH_TEST(a_missing_ca_bundle_is_told),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	/* What the machine's own environment says must not matter. */
	(void)unsetenv("no_proxy");
	(void)unsetenv("NO_PROXY");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
