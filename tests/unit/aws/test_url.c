/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/url.h"

#include "net/http_request.h"

#include "unit.h"

static void addresses_are_taken_apart(void **state)
{
	static const struct {
		const char *text, *host;
		unsigned int port;
		const char *authority, *path;
		bool is_https, is_loopback;
	} cases[] = {
		{ "https://ec2.eu-west-1.amazonaws.com", "ec2.eu-west-1.amazonaws.com",
			443, "ec2.eu-west-1.amazonaws.com", "", true, false },
		{ "HTTPS://Host:443/", "host", 443, "host", "", true, false },
		{ "http://localhost:80/a/b//", "localhost", 80, "localhost", "/a/b",
			false, true },
		{ "https://host:80", "host", 80, "host:80", "", true, false },
		{ "http://127.1.2.3:65535/a%20b", "127.1.2.3", 65535, "127.1.2.3:65535",
			"/a%20b", false, true },
		{ "http://[::1]", "::1", 80, "[::1]", "", false, true },
		{ "http://[FD00:ec2::254]:1/", "fd00:ec2::254", 1, "[fd00:ec2::254]:1",
			"", false, false },
		{ "http://128.0.0.1", "128.0.0.1", 80, "128.0.0.1", "", false, false },
		{ "http://127.0.0.1.example.com", "127.0.0.1.example.com", 80,
			"127.0.0.1.example.com", "", false, false },
		{ "http://localhost.example.com", "localhost.example.com", 80,
			"localhost.example.com", "", false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(url_releasep) struct url u = { 0 };
		struct error err = ERROR_INIT;

		assert_int_equal(url_parse(cases[i].text, "it", &u, &err), 0);
		assert_string_equal(u.host, cases[i].host);
		assert_int_equal(u.port, cases[i].port);
		assert_string_equal(u.authority, cases[i].authority);
		assert_string_equal(u.path, cases[i].path);
		assert_int_equal(u.is_https, cases[i].is_https);
		assert_int_equal(http_host_is_loopback(u.host), cases[i].is_loopback);
	}
}

static void what_is_no_address_is_refused(void **state)
{
	static const char *const cases[] = {
		"",
		"host",
		"//host",
		"ftp://host",
		"https://",
		"https:///path",
		"https://:80",
		"https://host:",
		"https://host:0",
		"https://host:65536",
		"https://host:80x",
		"https://host:+80",
		"https://user:SECRET@host",
		"https://ho st",
		"https://host/a b",
		"https://host/\nHost: x",
		"https://host?SECRET",
		"https://host/#f",
		"https://[::1",
		"https://[host]",
		"https://[::1]x",
		"https://h\xc3\xb6st",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct url u = { 0 };
		struct error err = ERROR_INIT;

		if (url_parse(cases[i], "it", &u, &err) == 0)
			fail_msg("'%s' was taken", cases[i]);
		unit_assert_error(&err, ERR_USAGE, "it is not https://host");
		assert_null(strstr(err.msg, "SECRET"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_taken_apart),
		cmocka_unit_test(what_is_no_address_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
