/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "imds/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

/* <arpa/inet.h> and the kernel's headers exclude each other. */
int inet_pton(int family, const char *text, void *to);
enum { INET = 2, INET6 = 10 };

static bool parse(const char *text, struct address *ret)
{
	return address_parse(text, strlen(text), ret);
}

static void ipv4_is_read(void **state)
{
	struct address a;

	(void)state;
	assert_true(parse("169.254.169.254", &a));
	assert_int_equal(address_family(&a), INET);
	assert_memory_equal(&a.socket.in.sin_addr, "\xa9\xfe\xa9\xfe", 4);
	assert_int_equal(a.socket.in.sin_port, __builtin_bswap16(80));
	assert_int_equal(a.socket_bytes, sizeof(a.socket.in));
	assert_true(parse("10.0.0.1:8080", &a));
	assert_int_equal(a.socket.in.sin_port, __builtin_bswap16(8080));
	assert_string_equal(a.text, "10.0.0.1:8080");
}

static void ipv6_is_read_as_inet_pton_does(void **state)
{
	static const char *const texts[] = { "fd00:ec2::254", "::", "::1",
		"1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8",
		"FD00:EC2::254", "1::3:4", "0:0:0:0:0:0:0:0",
		"abcd:ef01:2345:6789:abcd:ef01:2345:6789" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char bracketed[64] = "[", expected[16];
		struct address a;

		strcat(strcat(bracketed, texts[i]), "]:81");
		assert_int_equal(inet_pton(INET6, texts[i], expected), 1);
		assert_true(parse(bracketed, &a));
		assert_int_equal(address_family(&a), INET6);
		assert_memory_equal(&a.socket.in6.sin6_addr, expected, 16);
		assert_int_equal(a.socket.in6.sin6_port, __builtin_bswap16(81));
		assert_int_equal(a.socket_bytes, sizeof(a.socket.in6));
	}
}

static void what_is_no_address_is_refused(void **state)
{
	static const char *const texts[] = { "", "localhost", "1.2.3", "1.2.3.4.5",
		"256.1.1.1", "1.2.3.4:", "1.2.3.4:0", "1.2.3.4:65536", "1.2.3.4 ",
		"1..3.4", "fd00:ec2::254", "[fd00:ec2::254", "[]", "[:]", "[:::]",
		"[1:2]", "[1::2::3]", "[1:2:3:4:5:6:7:8:9]", "[1:2:3:4:5:6:7:8::]",
		"[::1:2:3:4:5:6:7:8]", "[12345::]", "[::g]", "[::1]x", "[1:]", "[::1:]",
		"[0000:0000:0000:0000:0000:0000:0000:0000]:000000000000080" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct address a = { .text = "untouched" };

		if (parse(texts[i], &a))
			fail_msg("'%s' was taken", texts[i]);
		assert_string_equal(a.text, "untouched");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipv4_is_read),
		cmocka_unit_test(ipv6_is_read_as_inet_pton_does),
		cmocka_unit_test(what_is_no_address_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
