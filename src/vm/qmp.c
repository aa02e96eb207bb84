/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/qmp.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/strbuf.h"
#include "base/term.h"
#include "vm/qmp_message.h"

enum { LINE_MOST_BYTES = 1 << 20 };

struct qmp {
	int fd;
	struct strbuf received;
	uint64_t last_id; /* of our commands */
	bool closed;
	bool guest_shut_down;
	bool guest_reset;
};

static void note_event(struct qmp *q, const struct qmp_message *m)
{
	if (strcmp(m->text, "SHUTDOWN") != 0 || !m->by_guest)
		return;
	if (m->by_reset)
		q->guest_reset = true;
	else
		q->guest_shut_down = true;
}

/* The next whole message of those received, if there is one; events are noted here. */
static int next_message(
	struct qmp *q, struct qmp_message *ret, bool *ret_any, struct error *err)
{
	const char *end = memchr(q->received.data, '\n', q->received.length_bytes);
	size_t length;

	*ret_any = end != NULL;
	if (!end && q->received.length_bytes > LINE_MOST_BYTES)
		return error_set(
			err, ERR_FORMAT, 0, "QEMU's monitor said a line without end");
	if (!end)
		return 0;
	length = (size_t)(end - q->received.data);
	if (qmp_message_parse(q->received.data, length, ret, err) < 0)
		return -1;
	strbuf_drop_front(&q->received, length + 1);
	if (ret->kind == QMP_EVENT)
		note_event(q, ret);
	return 0;
}

static void receive(struct qmp *q)
{
	char buf[4096];
	ssize_t got = recv(q->fd, buf, sizeof(buf), MSG_DONTWAIT);

	if (got > 0)
		strbuf_add(&q->received, buf, (size_t)got);
	else if (got == 0 || (errno != EAGAIN && errno != EINTR))
		q->closed = true;
}

int qmp_read(struct qmp *q, struct error *err)
{
	struct qmp_message m;
	bool any = true;

	/* Nothing was asked, so only events can come. */
	receive(q);
	while (any)
		if (next_message(q, &m, &any, err) < 0)
			return -1;
	return 0;
}

static int await_bytes(struct qmp *q, uint64_t deadline_ms, struct error *err)
{
	struct pollfd fds[] = { { .fd = q->fd, .events = POLLIN },
		{ .fd = term_fd(), .events = POLLIN } };

	if (term_check(err) < 0)
		return -1;
	if (q->closed)
		return error_set(err, ERR_CHILD, 0, "QEMU ended unexpectedly");
	if (deadline_ms && clock_now_ms() >= deadline_ms)
		return error_set(err, ERR_TIMEOUT, 0, "QEMU's monitor did not answer");
	if (poll(fds, ARRAY_SIZE(fds), clock_poll_timeout(deadline_ms)) < 0 &&
		errno != EINTR)
		return error_errno(err, "wait for QEMU's monitor");
	receive(q);
	return 0;
}

/* Wait until an answer of kind `kind` (or an error) to `id` is there. */
static int await_answer(struct qmp *q, enum qmp_kind kind, uint64_t id,
	uint64_t deadline_ms, struct qmp_message *ret, struct error *err)
{
	struct qmp_message m;
	bool any;

	for (;;) {
		if (next_message(q, &m, &any, err) < 0)
			return -1;
		if (any && (m.kind == kind || m.kind == QMP_ERROR) && m.id == id)
			break;
		if (!any && await_bytes(q, deadline_ms, err) < 0)
			return -1;
	}
	*ret = m;
	return 0;
}

int qmp_command(
	struct qmp *q, const char *command, uint64_t deadline_ms, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf line = STRBUF_INIT;
	struct qmp_message answer;
	uint64_t id = ++q->last_id;

	strbuf_addf(&line, "{\"execute\":\"%s\",\"id\":%llu}\n", command,
		(unsigned long long)id);
	if (send(q->fd, line.data, line.length_bytes, MSG_NOSIGNAL) !=
		(ssize_t)line.length_bytes)
		return error_errno(err, "tell QEMU to %s", command);
	if (await_answer(q, QMP_RETURN, id, deadline_ms, &answer, err) < 0)
		return error_context(err, "tell QEMU to %s", command);
	if (answer.kind == QMP_ERROR)
		return error_set(err, ERR_CHILD, 0, "QEMU refused to %s: %s", command,
			answer.text);
	return 0;
}

int qmp_open(int fd, uint64_t deadline_ms, struct qmp **ret, struct error *err)
{
	CLEANUP(qmp_freep) struct qmp *q = xcalloc(1, sizeof(*q));
	struct qmp_message greeting;

	q->fd = fd;
	q->received = (struct strbuf)STRBUF_INIT;
	if (await_answer(q, QMP_GREETING, 0, deadline_ms, &greeting, err) < 0 ||
		qmp_command(q, "qmp_capabilities", deadline_ms, err) < 0)
		return -1;
	*ret = TAKE_PTR(q);
	return 0;
}

struct qmp *qmp_free(struct qmp *q)
{
	if (!q)
		return NULL;
	fd_closep(&q->fd);
	strbuf_release(&q->received);
	free(q);
	return NULL;
}

int qmp_fd(const struct qmp *q)
{
	return q->fd;
}

bool qmp_closed(const struct qmp *q)
{
	return q->closed;
}

bool qmp_guest_shut_down(const struct qmp *q)
{
	return q->guest_shut_down;
}

bool qmp_guest_reset(const struct qmp *q)
{
	return q->guest_reset;
}
