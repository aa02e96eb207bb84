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
	struct qmp_message answer; /* the newest greeting, return or error */
	bool closed;
	bool guest_shut_down;
	uint64_t guest_resets;
};

static void take_event(struct qmp *q, const struct qmp_message *m)
{
	if (strcmp(m->text, "RESET") == 0 && m->by_guest)
		q->guest_resets++;
	else if (strcmp(m->text, "SHUTDOWN") == 0 && m->by_guest)
		q->guest_shut_down = true;
}

static int take_lines(struct qmp *q, struct error *err)
{
	const char *end;

	while ((end = memchr(q->received.data, '\n', q->received.length_bytes))) {
		size_t length = (size_t)(end - q->received.data);
		struct qmp_message m;

		if (qmp_message_parse(q->received.data, length, &m, err) < 0)
			return -1;
		if (m.kind == QMP_EVENT)
			take_event(q, &m);
		else
			q->answer = m;
		strbuf_drop_front(&q->received, length + 1);
	}
	if (q->received.length_bytes > LINE_MOST_BYTES)
		return error_set(
			err, ERR_FORMAT, 0, "QEMU's monitor said a line without end");
	return 0;
}

int qmp_read(struct qmp *q, struct error *err)
{
	char buf[4096];
	ssize_t got;

	while (!q->closed) {
		got = recv(q->fd, buf, sizeof(buf), MSG_DONTWAIT);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return 0;
		if (got <= 0) {
			q->closed = true;
			return 0;
		}
		strbuf_add(&q->received, buf, (size_t)got);
		if (take_lines(q, err) < 0)
			return -1;
	}
	return 0;
}

/* Wait until an answer of kind `kind` (or an error) to `id` is there. */
static int await_answer(struct qmp *q, enum qmp_kind kind, uint64_t id,
	uint64_t deadline_ms, struct error *err)
{
	while (!((q->answer.kind == kind || q->answer.kind == QMP_ERROR) &&
		 q->answer.id == id)) {
		struct pollfd fds[] = { { .fd = q->fd, .events = POLLIN },
			{ .fd = term_fd(), .events = POLLIN } };

		if (term_check(err) < 0)
			return -1;
		if (q->closed)
			return error_set(err, ERR_CHILD, 0, "QEMU ended unexpectedly");
		if (deadline_ms && clock_now_ms() >= deadline_ms)
			return error_set(
				err, ERR_TIMEOUT, 0, "QEMU's monitor did not answer");
		if (poll(fds, ARRAY_SIZE(fds), clock_poll_timeout(deadline_ms)) < 0 &&
			errno != EINTR)
			return error_errno(err, "wait for QEMU's monitor");
		if (qmp_read(q, err) < 0)
			return -1;
	}
	return 0;
}

int qmp_command(
	struct qmp *q, const char *command, uint64_t deadline_ms, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf line = STRBUF_INIT;
	uint64_t id = ++q->last_id;

	strbuf_addf(&line, "{\"execute\":\"%s\",\"id\":%llu}\n", command,
		(unsigned long long)id);
	if (send(q->fd, line.data, line.length_bytes, MSG_NOSIGNAL) !=
		(ssize_t)line.length_bytes)
		return error_errno(err, "tell QEMU to %s", command);
	if (await_answer(q, QMP_RETURN, id, deadline_ms, err) < 0)
		return error_context(err, "tell QEMU to %s", command);
	if (q->answer.kind == QMP_ERROR)
		return error_set(err, ERR_CHILD, 0, "QEMU refused to %s: %s", command,
			q->answer.text);
	return 0;
}

int qmp_open(int fd, uint64_t deadline_ms, struct qmp **ret, struct error *err)
{
	CLEANUP(qmp_freep) struct qmp *q = xcalloc(1, sizeof(*q));

	q->fd = fd;
	q->received = (struct strbuf)STRBUF_INIT;
	if (await_answer(q, QMP_GREETING, 0, deadline_ms, err) < 0 ||
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

uint64_t qmp_guest_reset_count(const struct qmp *q)
{
	return q->guest_resets;
}
