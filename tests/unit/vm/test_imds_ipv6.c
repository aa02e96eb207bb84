/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/imds_ipv6.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <string.h>

#include "base/cleanup.h"
#include "vm/instance_identity.h"
#include "vm/packet.h"

enum {
	IP_AT = 14,
	IPV6_SOURCE_AT = IP_AT + 8,
	IPV6_TARGET_AT = IP_AT + 24,
	IPV6_PAYLOAD_AT = IP_AT + 40,
	IPV4_PAYLOAD_AT = IP_AT + 20,
	TCP = 6,
	ICMPV6 = 58,
	PORT = 40000,
};

static const char metadata[] = "fd00:ec2::254", guest[] = "fd00:ec2::10";

/* A frame of the guest's with an IPv6 packet; its checksum, which stands `checksum_at` in
 * the payload, is right. */
static size_t make_ipv6(uint8_t *frame, const char *from, const char *to, uint8_t next,
	uint8_t *payload, size_t payload_bytes, size_t checksum_at)
{
	static const uint8_t head[IP_AT] = { 0x52, 0x55, 0xfd, 0, 2, 0x54, 0x0e, 0, 0, 0,
		0, 1, 0x86, 0xdd };
	uint8_t *ip = frame + IP_AT;
	unsigned int sum;

	memcpy(frame, head, sizeof(head));
	memset(ip, 0, 40);
	ip[0] = 0x60;
	put16(ip + 4, (unsigned int)payload_bytes);
	ip[6] = next;
	ip[7] = next == ICMPV6 ? 255 : 64;
	assert_int_equal(inet_pton(AF_INET6, from, frame + IPV6_SOURCE_AT), 1);
	assert_int_equal(inet_pton(AF_INET6, to, frame + IPV6_TARGET_AT), 1);
	put16(payload + checksum_at, 0);
	sum = packet_sum((unsigned int)payload_bytes + next, ip + 8, 32);
	put16(payload + checksum_at, ~packet_sum(sum, payload, payload_bytes));
	memcpy(frame + IPV6_PAYLOAD_AT, payload, payload_bytes);
	return IPV6_PAYLOAD_AT + payload_bytes;
}

static size_t make_tcp(uint8_t *frame, const char *to, unsigned int port)
{
	uint8_t tcp[23] = { 0 }; /* an odd number, with data */

	put16(tcp, PORT);
	put16(tcp + 2, port);
	tcp[12] = 0x50;
	tcp[13] = 0x18;
	memcpy(tcp + 20, "GET", 3);
	return make_ipv6(frame, guest, to, TCP, tcp, sizeof(tcp), 16);
}

static size_t make_solicitation(uint8_t *frame, const char *from, const char *target)
{
	uint8_t icmp[32] = { 135 };

	assert_int_equal(inet_pton(AF_INET6, target, icmp + 8), 1);
	icmp[24] = icmp[25] = 1;
	return make_ipv6(frame, from, "ff02::1:ff00:254", ICMPV6, icmp, sizeof(icmp), 2);
}

static void assert_address(const uint8_t *at, int family, const char *address)
{
	uint8_t bytes[16];

	assert_int_equal(inet_pton(family, address, bytes), 1);
	assert_memory_equal(at, bytes, family == AF_INET6 ? 16 : 4);
}

/* TCP's checksum as its receiver sees it; the addresses stand before the payload. */
static void assert_tcp_checksum(const uint8_t *addresses, size_t addresses_bytes,
	const uint8_t *tcp, size_t tcp_bytes)
{
	unsigned int sum =
		packet_sum((unsigned int)tcp_bytes + TCP, addresses, addresses_bytes);

	assert_int_equal(packet_sum(sum, tcp, tcp_bytes), 0xffff);
}

static void a_connection_is_translated_there_and_back(void **state)
{
	struct imds_ipv6 m = { 0 };
	struct imds_ipv6_frame there, back;
	uint8_t frame[128], *ip = there.bytes + IP_AT;
	size_t length = make_tcp(frame, metadata, 80);

	(void)state;
	assert_int_equal(
		imds_ipv6_from_guest(&m, frame, length, &there), IMDS_IPV6_TO_STACK);
	assert_int_equal(there.length_bytes, length - 20);
	assert_int_equal(get16(there.bytes + 12), 0x0800);
	assert_int_equal(get16(ip + 2), 20 + 23);
	assert_int_equal(ip[8], 64);
	assert_int_equal(packet_sum(0, ip, 20), 0xffff);
	assert_address(ip + 12, AF_INET, IDENTITY_IPV6_STAND_IN);
	assert_address(ip + 16, AF_INET, IDENTITY_METADATA);
	assert_tcp_checksum(ip + 12, 8, ip + 20, 23);
	assert_memory_equal(ip + 40, "GET", 3);

	/* An answer: the addresses change places, and with them the ports. */
	memmove(there.bytes, frame + 6, 6);
	assert_int_equal(inet_pton(AF_INET, IDENTITY_METADATA, ip + 12), 1);
	assert_int_equal(inet_pton(AF_INET, IDENTITY_IPV6_STAND_IN, ip + 16), 1);
	put16(ip + 20, 80);
	put16(ip + 22, PORT);
	ip[8] = 2; /* hops that a token may travel */
	assert_true(imds_ipv6_from_stack(&m, there.bytes, there.length_bytes, &back));
	assert_int_equal(back.length_bytes, length);
	assert_memory_equal(back.bytes, frame + 6, 6);
	assert_int_equal(get16(back.bytes + 12), 0x86dd);
	assert_int_equal(back.bytes[IP_AT + 7], 2);
	assert_address(back.bytes + IPV6_SOURCE_AT, AF_INET6, metadata);
	assert_address(back.bytes + IPV6_TARGET_AT, AF_INET6, guest);
	assert_tcp_checksum(
		back.bytes + IPV6_SOURCE_AT, 32, back.bytes + IPV6_PAYLOAD_AT, 23);
}

static void a_wrong_checksum_stays_wrong(void **state)
{
	struct imds_ipv6 m = { 0 };
	struct imds_ipv6_frame there;
	uint8_t frame[128], *ip = there.bytes + IP_AT;
	size_t length = make_tcp(frame, metadata, 80);
	unsigned int sum;

	(void)state;
	frame[length - 1] ^= 1;
	assert_int_equal(
		imds_ipv6_from_guest(&m, frame, length, &there), IMDS_IPV6_TO_STACK);
	sum = packet_sum(23 + TCP, ip + 12, 8);
	assert_int_not_equal(packet_sum(sum, ip + 20, 23), 0xffff);
}

static void who_has_the_address_is_answered(void **state)
{
	struct imds_ipv6 m = { 0 };
	struct imds_ipv6_frame answer;
	uint8_t frame[128];
	const uint8_t *ip = answer.bytes + IP_AT, *icmp = answer.bytes + IPV6_PAYLOAD_AT;
	size_t length = make_solicitation(frame, guest, metadata);

	(void)state;
	assert_int_equal(
		imds_ipv6_from_guest(&m, frame, length, &answer), IMDS_IPV6_TO_GUEST);
	assert_memory_equal(answer.bytes, frame + 6, 6);
	assert_address(answer.bytes + IPV6_SOURCE_AT, AF_INET6, metadata);
	assert_address(answer.bytes + IPV6_TARGET_AT, AF_INET6, guest);
	assert_int_equal(ip[7], 255);
	assert_int_equal(icmp[0], 136);
	assert_address(icmp + 8, AF_INET6, metadata);
	assert_memory_equal(icmp + 26, answer.bytes + 6, 6);
	assert_int_equal(
		packet_sum(packet_sum(32 + ICMPV6, ip + 8, 32), icmp, 32), 0xffff);
}

static void assert_nowhere(const uint8_t *frame, size_t length)
{
	struct imds_ipv6 m = { 0 };
	struct imds_ipv6_frame out;

	assert_int_equal(
		imds_ipv6_from_guest(&m, frame, length, &out), IMDS_IPV6_NOWHERE);
}

static void all_else_of_ipv6_goes_nowhere(void **state)
{
	struct imds_ipv6 m = { 0 };
	struct imds_ipv6_frame out;
	uint8_t frame[2048] = { 0 };
	size_t length;

	(void)state;
	assert_nowhere(frame, make_tcp(frame, metadata, 22));
	assert_nowhere(frame, make_tcp(frame, "fd00:ec2::253", 80));
	assert_nowhere(frame, make_tcp(frame, "::1", 80));
	assert_nowhere(frame, make_tcp(frame, "fe80::2", 80));
	assert_nowhere(frame, make_solicitation(frame, guest, "fe80::2"));
	/* It wants the address for itself. */
	assert_nowhere(frame, make_solicitation(frame, "::", metadata));
	length = make_solicitation(frame, guest, metadata);
	frame[IP_AT + 7] = 254; /* from beyond a router */
	assert_nowhere(frame, length);
	length = make_solicitation(frame, guest, metadata);
	frame[length - 1] ^= 1;
	assert_nowhere(frame, length);
	length = make_tcp(frame, metadata, 80);
	for (size_t i = IP_AT; i < length; i++)
		assert_nowhere(frame, i);
	frame[IP_AT + 6] = 17; /* UDP */
	assert_nowhere(frame, length);
	frame[IP_AT + 6] = 44; /* a fragment */
	assert_nowhere(frame, length);
	/* It would not fit. */
	length = make_tcp(frame, metadata, 80);
	put16(frame + IP_AT + 4, 1461);
	assert_nowhere(frame, sizeof(frame));
	assert_int_equal(imds_ipv6_from_guest(&m, frame, 13, &out), IMDS_IPV6_NOT);
	put16(frame + 12, 0x0800);
	assert_int_equal(imds_ipv6_from_guest(&m, frame, length, &out), IMDS_IPV6_NOT);
}

static void what_the_stack_says_to_others_stays(void **state)
{
	struct imds_ipv6 m = { 0 };
	struct imds_ipv6_frame there, out = { .length_bytes = 1 };
	uint8_t frame[128];
	size_t length = make_tcp(frame, metadata, 80);

	(void)state;
	assert_int_equal(
		imds_ipv6_from_guest(&m, frame, length, &there), IMDS_IPV6_TO_STACK);
	assert_false(imds_ipv6_from_stack(&m, there.bytes, there.length_bytes, &out));
	assert_false(imds_ipv6_from_stack(&m, there.bytes, 33, &out));
	assert_int_equal(
		inet_pton(AF_INET, IDENTITY_IPV6_STAND_IN, there.bytes + IP_AT + 16), 1);
	/* To a port that no connection has; cut off. */
	assert_true(imds_ipv6_from_stack(&m, there.bytes, there.length_bytes, &out));
	assert_int_equal(out.length_bytes, 0);
	put16(there.bytes + IPV4_PAYLOAD_AT + 2, PORT);
	for (size_t i = IPV4_PAYLOAD_AT; i < there.length_bytes; i++) {
		assert_true(imds_ipv6_from_stack(&m, there.bytes, i, &out));
		assert_int_equal(out.length_bytes, 0);
	}
	assert_true(imds_ipv6_from_stack(&m, there.bytes, there.length_bytes, &out));
	assert_int_equal(out.length_bytes, length);
}

static void the_oldest_connection_is_forgotten_first(void **state)
{
	struct imds_ipv6 m = { 0 };
	struct imds_ipv6_frame there, out;
	uint8_t frame[128];
	size_t length = make_tcp(frame, metadata, 80);

	(void)state;
	for (unsigned int i = 0; i <= IMDS_IPV6_FLOWS; i++) {
		put16(frame + IPV6_PAYLOAD_AT, PORT + i);
		for (int again = 0; again < 2; again++)
			assert_int_equal(imds_ipv6_from_guest(&m, frame, length, &there),
				IMDS_IPV6_TO_STACK);
	}
	assert_int_equal(
		inet_pton(AF_INET, IDENTITY_IPV6_STAND_IN, there.bytes + IP_AT + 16), 1);
	for (unsigned int i = 0; i <= IMDS_IPV6_FLOWS; i++) {
		put16(there.bytes + IPV4_PAYLOAD_AT + 2, PORT + i);
		assert_true(
			imds_ipv6_from_stack(&m, there.bytes, there.length_bytes, &out));
		assert_int_equal(out.length_bytes, i == 0 ? 0 : length);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connection_is_translated_there_and_back),
		cmocka_unit_test(a_wrong_checksum_stays_wrong),
		cmocka_unit_test(who_has_the_address_is_answered),
		cmocka_unit_test(all_else_of_ipv6_goes_nowhere),
		cmocka_unit_test(what_the_stack_says_to_others_stays),
		cmocka_unit_test(the_oldest_connection_is_forgotten_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
