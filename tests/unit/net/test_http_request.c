/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/http_request.h"

#include "unit.h"

static void requests_are_checked(void **state)
{
	static const struct {
		const char *method, *url, *name, *value;
		bool good;
	} cases[] = {
		{ "GET", "http://localhost/", "A", "b", true },
		{ "GET", "https://h:1/a//b/../%2f?x=y&z", "X-Empty", "", true },
		{ "GET", "https://[::1]:1/", "X-Utf8", "\xc3\xa9", true },
		{ "GET", "https://h", "A", "tab\tinside", true },
		{ "GET ", "http://h/", "A", "b", false },
		{ "", "http://h/", "A", "b", false },
		{ "GET", "ftp://h/", "A", "b", false },
		{ "GET", "h/", "A", "b", false },
		{ "GET", "http:///x", "A", "b", false },
		{ "GET", "http://user@h/", "A", "b", false },
		{ "GET", "http://h/a@b", "A", "b", true },
		{ "GET", "http://h/a b", "A", "b", false },
		{ "GET", "http://h/a\nb", "A", "b", false },
		{ "GET", "http://h/#x", "A", "b", false },
		{ "GET", "http://h/\xc3\xa9", "A", "b", false },
		{ "GET", "http://h/", "A:", "b", false },
		{ "GET", "http://h/", "", "b", false },
		{ "GET", "http://h/", "A", "b\r\nC: d", false },
		{ "GET", "http://h/", "A", "b\n", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct http_header header = { cases[i].name, cases[i].value };
		const struct http_request r = { .method = cases[i].method,
			.url = cases[i].url,
			.headers = &header,
			.header_count = 1 };
		struct error err = ERROR_INIT;

		if ((http_request_check(&r, &err) == 0) != cases[i].good)
			fail_msg("%s %s %s", r.method, r.url, err.msg);
	}
}

static void origins_leave_out_the_rest(void **state)
{
	static const char *const cases[][2] = {
		{ "https://h:1/a?X-Amz-Signature=secret", "https://h:1" },
		{ "http://[::1]?q", "http://[::1]" },
		{ "http://h", "http://h" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *origin = http_url_origin(cases[i][0]);

		assert_string_equal(origin, cases[i][1]);
	}
}

static void this_machine_is_known(void **state)
{
	static const struct {
		const char *url;
		bool loopback;
	} cases[] = {
		{ "http://127.0.0.1/", true },
		{ "https://127.9.8.7:443/x", true },
		{ "http://[::1]:80/", true },
		{ "http://LocalHost:5/", true },
		{ "http://localhost", true },
		{ "http://localhost.example/", false },
		{ "http://128.0.0.1/", false },
		{ "http://127.0.0.1.example/", false },
		{ "http://example/127.0.0.1", false },
		{ "http://example?127.0.0.1", false },
		{ "http://[::2]/", false },
		{ "http://[::1/", false },
		{ "http://169.254.169.254/", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (http_url_is_loopback(cases[i].url) != cases[i].loopback)
			fail_msg("%s", cases[i].url);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_checked),
		cmocka_unit_test(origins_leave_out_the_rest),
		cmocka_unit_test(this_machine_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
