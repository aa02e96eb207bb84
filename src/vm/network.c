/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "net/unix_socket.h"
#include "vm/hop_limit.h"
#include "vm/imds_ipv6.h"
#include "vm/instance_identity.h"
#include "vm/wire.h"

#include <slirp/libslirp.h>

enum {
	SSH_PORT = 22,
	HTTP_PORT = 80,
	SLIRP_CONFIG_VERSION = 3, /* the one with disable_dns */
	PENDING_MOST_BYTES = 1 << 20,
	READ_BYTES = 65536,
	POLLS_MOST = 1024, /* sockets watched at a time */
};

struct network {
	Slirp *slirp;
	pthread_t thread;
	bool runs; /* the thread */
	int wire_fd; /* our end; -1 when the guest has gone */
	int stop_fd;
	uint8_t hop_limit;
	struct imds_ipv6 imds_ipv6;
	uint16_t ssh_port;
	char metadata_path[64];
	struct strbuf received;
	struct strbuf pending;
	struct pollfd polls[POLLS_MOST]; /* the first two are the wire's and stop_fd's */
	size_t poll_count;
};

/* For a guest that reads no frames, as with a full queue of a network card: drop it. TCP
 * will send it again. */
static void queue_frame(struct network *n, const uint8_t *frame, size_t length_bytes)
{
	if (length_bytes && n->pending.length_bytes <= PENDING_MOST_BYTES)
		wire_add_frame(&n->pending, frame, length_bytes);
}

/* ---- what the stack calls */

static ssize_t send_packet(const void *frame, size_t length_bytes, void *userdata)
{
	struct network *n = userdata;
	struct imds_ipv6_frame translated;
	uint8_t copy[WIRE_FRAME_MOST_BYTES];

	if (length_bytes > sizeof(copy))
		return (ssize_t)length_bytes;
	memcpy(copy, frame, length_bytes);
	(void)hop_limit_apply(copy, length_bytes, n->hop_limit);
	if (imds_ipv6_from_stack(&n->imds_ipv6, copy, length_bytes, &translated))
		queue_frame(n, translated.bytes, translated.length_bytes);
	else
		queue_frame(n, copy, length_bytes);
	return (ssize_t)length_bytes;
}

static void ignore_guest_error(const char *message, void *userdata)
{
	(void)message;
	(void)userdata;
}

static int64_t clock_get_ns(void *userdata)
{
	struct timespec t;

	(void)userdata;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Timers are for IPv6 router advertisements, and there is no IPv6 here. */
static void *timer_new(SlirpTimerCb callback, void *opaque, void *userdata)
{
	(void)callback;
	(void)opaque;
	return userdata;
}

static void timer_free(void *timer, void *userdata)
{
	(void)timer;
	(void)userdata;
}

static void timer_mod(void *timer, int64_t expire_time_ms, void *userdata)
{
	(void)timer;
	(void)expire_time_ms;
	(void)userdata;
}

/* Descriptors are gathered anew for each poll(), so none has to be remembered. */
static void ignore_fd(int fd, void *userdata)
{
	(void)fd;
	(void)userdata;
}

/* Only this thread changes the stack, so poll() never has to be interrupted for it. */
static void ignore_notify(void *userdata)
{
	(void)userdata;
}

static const SlirpCb callbacks = {
	.send_packet = send_packet,
	.guest_error = ignore_guest_error,
	.clock_get_ns = clock_get_ns,
	.timer_new = timer_new,
	.timer_free = timer_free,
	.timer_mod = timer_mod,
	.register_poll_fd = ignore_fd,
	.unregister_poll_fd = ignore_fd,
	.notify = ignore_notify,
};

/* ---- the loop */

static const struct {
	int slirp;
	short poll;
} event_pairs[] = {
	{ SLIRP_POLL_IN, POLLIN },
	{ SLIRP_POLL_OUT, POLLOUT },
	{ SLIRP_POLL_PRI, POLLPRI },
	{ SLIRP_POLL_ERR, POLLERR },
	{ SLIRP_POLL_HUP, POLLHUP },
};

static int add_poll(int fd, int events, void *userdata)
{
	struct network *n = userdata;
	short wanted = 0;

	if (n->poll_count == POLLS_MOST)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(event_pairs); i++)
		if (events & event_pairs[i].slirp)
			wanted = (short)(wanted | event_pairs[i].poll);
	n->polls[n->poll_count] = (struct pollfd){ .fd = fd, .events = wanted };
	return (int)n->poll_count++;
}

static int get_revents(int index, void *userdata)
{
	struct network *n = userdata;
	int events = 0;

	if (index < 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(event_pairs); i++)
		if (n->polls[index].revents & event_pairs[i].poll)
			events |= event_pairs[i].slirp;
	return events;
}

static void take_frame(uint8_t *frame, size_t length_bytes, void *userdata)
{
	struct network *n = userdata;
	struct imds_ipv6_frame made = { .length_bytes = 0 }, announced;

	switch (imds_ipv6_from_guest(&n->imds_ipv6, frame, length_bytes, &made)) {
	case IMDS_IPV6_NOT:
		slirp_input(n->slirp, frame, (int)length_bytes);
		break;
	case IMDS_IPV6_TO_STACK:
		imds_ipv6_announce(frame, &announced);
		slirp_input(n->slirp, announced.bytes, (int)announced.length_bytes);
		slirp_input(n->slirp, made.bytes, (int)made.length_bytes);
		break;
	case IMDS_IPV6_TO_GUEST:
		queue_frame(n, made.bytes, made.length_bytes);
		break;
	case IMDS_IPV6_NOWHERE:
		break;
	}
}

static void read_wire(struct network *n)
{
	char buf[READ_BYTES];
	ssize_t got = recv(n->wire_fd, buf, sizeof(buf), MSG_DONTWAIT);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got > 0) {
		strbuf_add(&n->received, buf, (size_t)got);
		if (wire_take_frames(&n->received, take_frame, n))
			return;
	}
	fd_closep(&n->wire_fd);
}

static void write_wire(struct network *n)
{
	ssize_t sent = send(n->wire_fd, n->pending.data, n->pending.length_bytes,
		MSG_DONTWAIT | MSG_NOSIGNAL);

	if (sent >= 0)
		strbuf_drop_front(&n->pending, (size_t)sent);
	else if (errno != EAGAIN && errno != EINTR)
		fd_closep(&n->wire_fd);
}

/* One round; false when the network is to stop. */
static bool turn(struct network *n)
{
	uint32_t timeout_ms = UINT32_MAX;
	short wire_events = POLLIN;
	int ready;

	if (n->pending.length_bytes)
		wire_events |= POLLOUT;
	n->polls[0] = (struct pollfd){ .fd = n->wire_fd, .events = wire_events };
	n->polls[1] = (struct pollfd){ .fd = n->stop_fd, .events = POLLIN };
	n->poll_count = 2;
	slirp_pollfds_fill(n->slirp, &timeout_ms, add_poll, n);
	ready = poll(
		n->polls, n->poll_count, timeout_ms > INT32_MAX ? -1 : (int)timeout_ms);
	if (n->polls[1].revents && ready > 0)
		return false;
	slirp_pollfds_poll(n->slirp, ready < 0, get_revents, n);
	if (ready > 0 && n->polls[0].revents & (POLLIN | POLLHUP | POLLERR))
		read_wire(n);
	if (n->wire_fd >= 0 && n->pending.length_bytes)
		write_wire(n);
	return true;
}

static void *network_main(void *userdata)
{
	while (turn(userdata))
		;
	return NULL;
}

/* ---- life */

static struct in_addr address(const char *text)
{
	return (struct in_addr){ .s_addr = inet_addr(text) };
}

/*
 * The host port was left to the kernel, and the stack tells of it only in its table for
 * people: "  TCP[HOST_FORWARD]  12  127.0.0.1 40389  169.254.100.10 22 0 0".
 */
static uint16_t find_ssh_port(Slirp *slirp)
{
	CLEANUP(freep) char *table = slirp_connection_info(slirp);
	const char *row = table ? strstr(table, "TCP[HOST_FORWARD]") : NULL;
	unsigned int port;

	if (!row || sscanf(row, "%*s %*d %*s %u", &port) != 1 || port > UINT16_MAX)
		return 0;
	return (uint16_t)port;
}

static int set_up_stack(struct network *n, struct error *err)
{
	const SlirpConfig config = {
		.version = SLIRP_CONFIG_VERSION,
		.restricted = 1,
		.in_enabled = true,
		.vnetwork = address(IDENTITY_NETWORK),
		.vnetmask = address(IDENTITY_NETMASK),
		.vhost = address(IDENTITY_ROUTER),
		.vdhcp_start = address(IDENTITY_ADDRESS),
		.vnameserver = address(IDENTITY_RESOLVER),
		.disable_host_loopback = true,
		.disable_dns = true,
	};
	struct in_addr metadata = address(IDENTITY_METADATA);
	struct sockaddr_in host = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct sockaddr_in guest = { .sin_family = AF_INET,
		.sin_port = htons(SSH_PORT),
		.sin_addr = address(IDENTITY_ADDRESS) };

	n->slirp = slirp_new(&config, &callbacks, n);
	if (!n->slirp ||
		slirp_add_unix(n->slirp, n->metadata_path, &metadata, HTTP_PORT) < 0)
		return error_set(err, ERR_SYSTEM, 0, "set up the instance's network");
	if (slirp_add_hostxfwd(n->slirp, (struct sockaddr *)&host, sizeof(host),
		    (struct sockaddr *)&guest, sizeof(guest), 0) < 0)
		return error_errno(
			err, "open a port on 127.0.0.1 for the instance's ssh");
	n->ssh_port = find_ssh_port(n->slirp);
	if (!n->ssh_port)
		return error_set(err, ERR_SYSTEM, 0,
			"the port on 127.0.0.1 for the instance's ssh cannot be found "
			"out");
	return 0;
}

static int open_wire(struct network *n, int *ret_guest_fd, struct error *err)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return error_errno(err, "open the instance's network");
	n->wire_fd = ends[0];
	*ret_guest_fd = ends[1];
	return 0;
}

/* A wire, and the thread that serves it. */
static int plug_in(struct network *n, int *ret_guest_fd, struct error *err)
{
	CLEANUP(fd_closep) int guest_fd = -1;
	int failure;

	if (open_wire(n, &guest_fd, err) < 0)
		return -1;
	failure = pthread_create(&n->thread, NULL, network_main, n);
	if (failure)
		return error_set_errno(err, failure, "start the thread of the network");
	n->runs = true;
	*ret_guest_fd = TAKE_FD(guest_fd);
	return 0;
}

static void stop_thread(struct network *n)
{
	eventfd_t ignored;

	if (!n->runs)
		return;
	(void)eventfd_write(n->stop_fd, 1);
	(void)pthread_join(n->thread, NULL);
	(void)eventfd_read(n->stop_fd, &ignored);
	n->runs = false;
}

/* Release everything but the thread. */
static struct network *network_dispose(struct network *n)
{
	if (!n)
		return NULL;
	if (n->slirp)
		slirp_cleanup(n->slirp);
	fd_closep(&n->wire_fd);
	fd_closep(&n->stop_fd);
	strbuf_release(&n->received);
	strbuf_release(&n->pending);
	free(n);
	return NULL;
}

static void network_disposep(struct network **n)
{
	*n = network_dispose(*n);
}

int network_start(const struct network_spec *spec, struct network **ret, int *ret_wire_fd,
	struct error *err)
{
	CLEANUP(network_disposep) struct network *n = xcalloc(1, sizeof(*n));

	n->wire_fd = n->stop_fd = -1;
	n->received = n->pending = (struct strbuf)STRBUF_INIT;
	n->hop_limit = spec->hop_limit;
	unix_socket_path(spec->metadata_dir_fd, spec->metadata_name, n->metadata_path,
		sizeof(n->metadata_path));
	n->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (n->stop_fd < 0)
		return error_errno(err, "open the instance's network");
	if (set_up_stack(n, err) < 0 || plug_in(n, ret_wire_fd, err) < 0)
		return -1;
	*ret = TAKE_PTR(n);
	return 0;
}

int network_replug(struct network *n, int *ret_wire_fd, struct error *err)
{
	stop_thread(n);
	fd_closep(&n->wire_fd);
	strbuf_release(&n->received);
	strbuf_release(&n->pending);
	return plug_in(n, ret_wire_fd, err);
}

uint16_t network_ssh_port(const struct network *n)
{
	return n->ssh_port;
}

struct network *network_free(struct network *n)
{
	if (!n)
		return NULL;
	stop_thread(n);
	return network_dispose(n);
}
