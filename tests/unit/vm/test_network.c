/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The test is the guest: it speaks Ethernet on the wire.
 */
#include "vm/network.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/path.h"
#include "base/remove_tree.h"
#include "net/unix_socket.h"
#include "vm/instance_identity.h"
#include "vm/wire.h"

enum {
	IP_AT = 14,
	TCP_AT = 34,
	TCP6_AT = 54, /* behind a header of IPv6 */
	FRAME_BYTES = 54,
	SYN = 2,
	RST = 4,
	ACK = 16,
};

static const uint8_t guest_mac[6] = { 0x0e, 0, 0, 0, 0, 1 };
static const uint8_t any_mac[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

struct fixture {
	char dir[32];
	int dir_fd, listen_fd, wire_fd;
	struct network *network;
	struct strbuf received;
	uint8_t answer[2048]; /* the latest TCP frame to us */
	bool answered;
};

static void put16(uint8_t *p, unsigned int value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

static void put32(uint8_t *p, uint32_t value)
{
	put16(p, value >> 16);
	put16(p + 2, value & 0xffff);
}

static uint16_t sum(const uint8_t *p, size_t length, uint32_t start)
{
	for (size_t i = 0; i < length; i += 2)
		start += (uint32_t)(p[i] << 8 | (i + 1 < length ? p[i + 1] : 0));
	while (start >> 16)
		start = (start & 0xffff) + (start >> 16);
	return (uint16_t)~start;
}

static void send_frame(struct fixture *f, const uint8_t *frame, size_t length)
{
	CLEANUP(strbuf_releasep) struct strbuf out = STRBUF_INIT;

	wire_add_frame(&out, frame, length);
	assert_int_equal(write(f->wire_fd, out.data, out.length_bytes), out.length_bytes);
}

/* Say who has our address, so that answers find their way. */
static void send_arp(struct fixture *f)
{
	uint8_t frame[60] = { 0 };
	uint32_t us = inet_addr(IDENTITY_ADDRESS);

	memcpy(frame, any_mac, 6);
	memcpy(frame + 6, guest_mac, 6);
	memcpy(frame + 12, "\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01", 10);
	memcpy(frame + 22, guest_mac, 6);
	memcpy(frame + 28, &us, 4);
	memcpy(frame + 38, &us, 4);
	send_frame(f, frame, sizeof(frame));
}

static void send_tcp(struct fixture *f, const char *to, unsigned int port, uint8_t flags,
	uint32_t sequence, uint32_t acknowledged)
{
	uint8_t frame[FRAME_BYTES] = { 0 };
	uint8_t *ip = frame + IP_AT, *tcp = frame + TCP_AT;
	uint32_t source = inet_addr(IDENTITY_ADDRESS), target = inet_addr(to);

	memcpy(frame, "\x52\x55\xa9\xfe\x00\x02", 6);
	memcpy(frame + 6, guest_mac, 6);
	put16(frame + 12, 0x0800);
	ip[0] = 0x45;
	put16(ip + 2, FRAME_BYTES - IP_AT);
	ip[8] = 64;
	ip[9] = 6;
	memcpy(ip + 12, &source, 4);
	memcpy(ip + 16, &target, 4);
	put16(ip + 10, sum(ip, 20, 0));
	put16(tcp, 40000 + port % 1000);
	put16(tcp + 2, port);
	put32(tcp + 4, sequence);
	put32(tcp + 8, acknowledged);
	tcp[12] = 0x50;
	tcp[13] = flags;
	put16(tcp + 14, 65535);
	put16(tcp + 16, sum(tcp, 20, (uint32_t)(6 + 20) + (uint16_t)~sum(ip + 12, 8, 0)));
	send_frame(f, frame, sizeof(frame));
}

static void send_syn(struct fixture *f, const char *to, unsigned int port)
{
	send_tcp(f, to, port, SYN, 0, 0);
}

static void take_frame(uint8_t *frame, size_t length, void *userdata)
{
	struct fixture *f = userdata;

	if (length < FRAME_BYTES)
		return;
	if (memcmp(frame + 12, "\x08\x00", 2) == 0 ? frame[IP_AT + 9] != 6
						   : frame[IP_AT + 6] != 6)
		return;
	memcpy(f->answer, frame, length < sizeof(f->answer) ? length : sizeof(f->answer));
	f->answered = true;
}

/* Whether TCP says anything to us within that time. */
static bool hears(struct fixture *f, int timeout_ms)
{
	uint64_t deadline_ms = clock_now_ms() + (uint64_t)timeout_ms;

	f->answered = false;
	while (!f->answered && clock_now_ms() < deadline_ms) {
		struct pollfd fd = { .fd = f->wire_fd, .events = POLLIN };
		char buf[4096];
		ssize_t got;

		if (poll(&fd, 1, clock_poll_timeout(deadline_ms)) <= 0)
			continue;
		got = read(f->wire_fd, buf, sizeof(buf));
		assert_true(got > 0);
		strbuf_add(&f->received, buf, (size_t)got);
		assert_true(wire_take_frames(&f->received, take_frame, f));
	}
	return f->answered;
}

static int set_up(void **state)
{
	static struct fixture f;
	struct network_spec spec = { .metadata_name = "metadata", .hop_limit = 1 };
	struct error err = ERROR_INIT;

	f = (struct fixture){ .dir = "/tmp/amiwright-test-XXXXXX" };
	f.received = (struct strbuf)STRBUF_INIT;
	assert_non_null(mkdtemp(f.dir));
	f.dir_fd = open(f.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(unix_socket_listen(f.dir_fd, "metadata", &f.listen_fd, &err), 0);
	spec.metadata_dir_fd = f.dir_fd;
	assert_int_equal(network_start(&spec, &f.network, &f.wire_fd, &err), 0);
	send_arp(&f);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	struct error err = ERROR_INIT;

	f->network = network_free(f->network);
	close(f->wire_fd);
	close(f->listen_fd);
	close(f->dir_fd);
	strbuf_release(&f->received);
	return remove_tree(f->dir, &err);
}

static void the_metadata_service_is_reached(void **state)
{
	struct fixture *f = *state;
	struct pollfd fd = { .fd = f->listen_fd, .events = POLLIN };
	uint32_t their_sequence;

	send_syn(f, IDENTITY_METADATA, 80);
	assert_true(hears(f, 10000));
	assert_int_equal(f->answer[TCP_AT + 13], SYN | ACK);
	memcpy(&their_sequence, f->answer + TCP_AT + 4, 4);
	send_tcp(f, IDENTITY_METADATA, 80, ACK, 1, ntohl(their_sequence) + 1);
	assert_int_equal(poll(&fd, 1, 10000), 1);
}

static void it_is_reached_by_ipv6(void **state)
{
	static const uint8_t head[TCP6_AT] = { 0x52, 0x55, 0xfd, 0, 2, 0x54, 0x0e, 0, 0,
		0, 0, 1, 0x86, 0xdd,
		/* IPv6: 20 bytes of TCP, 64 hops, fd00:ec2::10 to fd00:ec2::254 */ 0x60,
		0, 0, 0, 0, 20, 6, 64, 0xfd, 0, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0x10, 0xfd, 0, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x54 };
	struct fixture *f = *state;
	uint8_t frame[TCP6_AT + 20] = { 0 }, *tcp = frame + TCP6_AT;

	memcpy(frame, head, sizeof(head));
	put16(tcp, 40000);
	put16(tcp + 2, 80);
	tcp[12] = 0x50;
	tcp[13] = SYN;
	put16(tcp + 14, 65535);
	put16(tcp + 16,
		sum(tcp, 20,
			(uint32_t)(6 + 20) + (uint16_t)~sum(head + IP_AT + 8, 32, 0)));
	send_frame(f, frame, sizeof(frame));
	assert_true(hears(f, 10000));
	assert_memory_equal(f->answer, guest_mac, 6);
	assert_memory_equal(f->answer + 12, "\x86\xdd", 2);
	assert_memory_equal(f->answer + IP_AT + 8, head + IP_AT + 24, 16);
	assert_memory_equal(f->answer + IP_AT + 24, head + IP_AT + 8, 16);
	assert_int_equal(f->answer[TCP6_AT + 13], SYN | ACK);
	/* Another address there is not. */
	frame[TCP6_AT - 1] ^= 1;
	send_frame(f, frame, sizeof(frame));
	assert_false(hears(f, 100));
}

/* A server of this host on every address; nothing of the guest's may arrive there. */
static int listen_everywhere(unsigned int *ret_port)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	socklen_t length = sizeof(to);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&to, &length), 0);
	*ret_port = ntohs(to.sin_port);
	return fd;
}

static void nothing_else_is_reached(void **state)
{
	static const char *const addresses[] = { IDENTITY_ROUTER, IDENTITY_RESOLVER,
		"127.0.0.1", "10.0.2.2", "169.254.0.1", "169.254.170.2",
		IDENTITY_METADATA, "192.0.2.1" };
	struct fixture *f = *state;
	unsigned int port;
	CLEANUP(fd_closep) int fd = listen_everywhere(&port);

	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		send_syn(f, addresses[i], port);
		/* A refusal is fine, and so is silence. */
		if (hears(f, 100))
			assert_true(f->answer[TCP_AT + 13] & RST);
	}
	assert_int_equal(accept(fd, NULL, NULL), -1);
	assert_int_equal(errno, EAGAIN);
	/* It was not deaf: what may be reached still is. */
	send_syn(f, IDENTITY_METADATA, 80);
	assert_true(hears(f, 10000));
	assert_int_equal(f->answer[TCP_AT + 13], SYN | ACK);
}

static void the_ssh_port_leads_to_the_guest(void **state)
{
	struct fixture *f = *state;
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(network_ssh_port(f->network)),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	CLEANUP(fd_closep) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_true(hears(f, 10000));
	assert_int_equal(f->answer[TCP_AT + 13], SYN);
	assert_int_equal(f->answer[TCP_AT + 2] << 8 | f->answer[TCP_AT + 3], 22);
}

static void it_ends_while_the_guest_is_silent_or_gone(void **state)
{
	struct fixture *f = *state;

	send_syn(f, IDENTITY_METADATA, 80);
	close(f->wire_fd);
	f->network = network_free(f->network);
	f->wire_fd = -1;
}

static void a_new_wire_replaces_a_broken_one(void **state)
{
	struct fixture *f = *state;
	uint16_t port = network_ssh_port(f->network);
	struct error err = ERROR_INIT;

	/* Half a frame, as a guest that ends in the middle leaves it. */
	assert_int_equal(write(f->wire_fd, "\0\0\0\x40half", 8), 8);
	close(f->wire_fd);
	assert_int_equal(network_replug(f->network, &f->wire_fd, &err), 0);
	strbuf_release(&f->received);
	send_arp(f);
	send_syn(f, IDENTITY_METADATA, 80);
	assert_true(hears(f, 10000));
	assert_int_equal(f->answer[TCP_AT + 13], SYN | ACK);
	assert_int_equal(network_ssh_port(f->network), port);
}

static void garbage_does_no_harm(void **state)
{
	struct fixture *f = *state;
	uint8_t frame[1600];

	srand(1);
	for (int i = 0; i < 2000; i++) {
		size_t length = (size_t)rand() % sizeof(frame);

		for (size_t j = 0; j < length; j++)
			frame[j] = (uint8_t)rand();
		if (length > IP_AT && i % 2)
			memcpy(frame + 12, "\x08\x00\x45", 3);
		send_frame(f, frame, length);
	}
	send_syn(f, IDENTITY_METADATA, 80);
	while (hears(f, 10000) && f->answer[TCP_AT + 13] != (SYN | ACK))
		;
	assert_true(f->answered);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(the_metadata_service_is_reached),
		TEST(it_is_reached_by_ipv6),
		TEST(nothing_else_is_reached),
		TEST(the_ssh_port_leads_to_the_guest),
		TEST(it_ends_while_the_guest_is_silent_or_gone),
		TEST(a_new_wire_replaces_a_broken_one),
		TEST(garbage_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
