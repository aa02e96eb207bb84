/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "imds/exchange.h"

#include <linux/errno.h>
#include <linux/poll.h>

#include "rt/socket.h"
#include "rt/sys.h"

void exchange_end(struct exchange *x)
{
	sys_closep(&x->fd);
}

static enum exchange_result fail(struct exchange *x, int error)
{
	exchange_end(x);
	x->error = error;
	return EXCHANGE_FAILED;
}

enum exchange_result exchange_begin(struct exchange *x, const struct exchange_spec *spec)
{
	int r;

	*x = (struct exchange){
		.fd = -1,
		.deadline_ms = spec->deadline_ms,
		.request = spec->request,
		.request_bytes = spec->request_bytes,
		.buffer = spec->buffer,
		.buffer_bytes = spec->buffer_bytes,
		.body_most_bytes = spec->body_most_bytes,
	};
	x->fd = sys_socket(address_family(spec->to), SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (x->fd < 0)
		return fail(x, x->fd);
	r = sys_connect(x->fd, &spec->to->socket, spec->to->socket_bytes);
	if (r < 0 && r != -EINPROGRESS)
		return fail(x, r);
	return EXCHANGE_PENDING;
}

short exchange_poll_events(const struct exchange *x)
{
	return x->sent_bytes < x->request_bytes ? POLLOUT : POLLIN;
}

static int finish_connecting(struct exchange *x)
{
	int error = 0;
	uint32_t size = sizeof(error);
	int r = sys_getsockopt(x->fd, SOL_SOCKET, SO_ERROR, &error, &size);

	if (r < 0)
		return r;
	x->connected = !error;
	return -error;
}

static enum exchange_result send_request(struct exchange *x)
{
	long sent = sys_send(x->fd, x->request + x->sent_bytes,
		x->request_bytes - x->sent_bytes, MSG_NOSIGNAL);

	if (sent == -EAGAIN)
		return EXCHANGE_PENDING;
	if (sent < 0)
		return fail(x, (int)sent);
	x->sent_bytes += (size_t)sent;
	return EXCHANGE_PENDING;
}

static enum exchange_result receive(struct exchange *x)
{
	size_t room = x->buffer_bytes - 1 - x->received_bytes;
	long got;

	if (!room)
		return fail(x, -EMSGSIZE);
	got = sys_recv(x->fd, x->buffer + x->received_bytes, room, 0);
	if (got == -EAGAIN)
		return EXCHANGE_PENDING;
	if (got < 0)
		return fail(x, (int)got);
	x->received_bytes += (size_t)got;
	switch (http_parse(x->buffer, x->received_bytes, got == 0, x->body_most_bytes,
		&x->response)) {
	case HTTP_INCOMPLETE:
		return EXCHANGE_PENDING;
	case HTTP_COMPLETE:
		exchange_end(x);
		return EXCHANGE_DONE;
	case HTTP_TOO_LARGE:
		return fail(x, -EMSGSIZE);
	case HTTP_MALFORMED:
		break;
	}
	return fail(x, got == 0 && !x->received_bytes ? -ECONNRESET : -EPROTO);
}

enum exchange_result exchange_step(struct exchange *x)
{
	struct pollfd ready = { .fd = x->fd, .events = exchange_poll_events(x) };
	int r = sys_poll(&ready, 1, 0);

	if (r < 0)
		return fail(x, r);
	if (r == 0) {
		if (sys_clock_ms() >= x->deadline_ms)
			return fail(x, -ETIMEDOUT);
		return EXCHANGE_PENDING;
	}
	if (!x->connected) {
		r = finish_connecting(x);
		if (r < 0)
			return fail(x, r);
	}
	/* The deadline holds also for one who sends a byte now and then. */
	if (sys_clock_ms() >= x->deadline_ms)
		return fail(x, -ETIMEDOUT);
	if (x->sent_bytes < x->request_bytes)
		return send_request(x);
	return receive(x);
}
