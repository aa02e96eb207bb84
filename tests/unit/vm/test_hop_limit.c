/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/hop_limit.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

enum { IP_AT = 14, TCP_AT = 34, DATA_AT = 54 };

static const char token_response[] =
	"HTTP/1.1 200 OK\r\nServer: EC2ws\r\n"
	"X-Aws-Ec2-Metadata-Token-Ttl-Seconds: 60\r\n\r\nabc";
static const char other_response[] = "HTTP/1.1 200 OK\r\nServer: EC2ws\r\n\r\n"
				     "X-Aws-Ec2-Metadata-Token-Ttl-Seconds";

/* A frame from 169.254.169.254:80 with a time to live of 64. Its checksum, 0x1a1a, is not
 * right, so that it shows whether the new one was made from it. */
static size_t make_frame(uint8_t *frame, const char *data)
{
	static const uint8_t head[DATA_AT] = { 0x52, 0x55, 0, 0, 0, 1, 0x52, 0x55, 0, 0,
		0, 2, 0x08, 0x00,
		/* IPv4 */ 0x45, 0, 0, 0, 0, 1, 0, 0, 64, 6, 0x1a, 0x1a, 169, 254, 169,
		254, 169, 254, 100, 10,
		/* TCP */ 0, 80, 0x9c, 0x40, 0, 0, 0, 1, 0, 0, 0, 1, 0x50, 0x18, 0xff,
		0xff, 0, 0, 0, 0 };
	size_t length = strlen(data);

	memcpy(frame, head, sizeof(head));
	memcpy(frame + DATA_AT, data, length);
	return DATA_AT + length;
}

/* What a receiver does: the ones' complement sum over the header, checksum included. */
static uint32_t receiver_sum(const uint8_t *ip, size_t length)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < length; i += 2)
		sum += (uint32_t)(ip[i] << 8 | ip[i + 1]);
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static void a_token_response_gets_the_limit(void **state)
{
	uint8_t frame[512], before[512];
	size_t length = make_frame(frame, token_response);

	(void)state;
	memcpy(before, frame, length);
	assert_true(hop_limit_apply(frame, length, 1));
	assert_int_equal(frame[IP_AT + 8], 1);
	assert_int_equal(receiver_sum(frame + IP_AT, 20), 0xffff);
	memcpy(before + IP_AT + 8, frame + IP_AT + 8, 1);
	memcpy(before + IP_AT + 10, frame + IP_AT + 10, 2);
	assert_memory_equal(before, frame, length);
}

static void all_else_is_left_alone(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} changes[] = {
		{ 12, 0x86 }, /* not IPv4 */
		{ IP_AT + 9, 17 }, /* UDP */
		{ IP_AT + 15, 253 }, /* another source */
		{ TCP_AT + 1, 81 }, /* another port */
		{ IP_AT, 0x44 }, /* a header that is too short */
		{ TCP_AT + 12, 0x40 }, /* likewise, of TCP */
		{ IP_AT, 0x4f }, /* options that hide the rest */
		{ TCP_AT + 12, 0xf0 },
	};
	uint8_t frame[512], before[512];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		size_t length = make_frame(frame, token_response);

		frame[changes[i].at] = changes[i].value;
		memcpy(before, frame, length);
		if (changes[i].at == TCP_AT + 12 && changes[i].value == 0xf0)
			length = TCP_AT + 30; /* the header reaches beyond the frame */
		assert_false(hop_limit_apply(frame, length, 1));
		assert_memory_equal(before, frame, length);
	}
}

static void a_body_that_names_the_header_is_no_token_response(void **state)
{
	uint8_t frame[512];
	size_t length = make_frame(frame, other_response);

	(void)state;
	assert_false(hop_limit_apply(frame, length, 1));
}

static void short_frames_do_no_harm(void **state)
{
	uint8_t frame[512];
	size_t length = make_frame(frame, token_response);

	(void)state;
	for (size_t i = 0; i < length; i++) {
		/* Of exactly this size, so that a read beyond is seen. */
		uint8_t *exact = malloc(i ? i : 1);

		memcpy(exact, frame, i);
		(void)hop_limit_apply(exact, i, 1);
		free(exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_response_gets_the_limit),
		cmocka_unit_test(all_else_is_left_alone),
		cmocka_unit_test(a_body_that_names_the_header_is_no_token_response),
		cmocka_unit_test(short_frames_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
