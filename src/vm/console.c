/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/console.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "vm/console_text.h"

enum { READ_BYTES = 16384, SHOW_BYTES = 256, TYPE_TIMEOUT_MS = 200 };

struct console {
	pthread_t thread;
	int wire_fd;
	int stop_fd;
	int news_fd;
	int log_fd;
	int show_fd;
	size_t logged_bytes;
	struct console_text text; /* the thread's own */

	pthread_mutex_t lock; /* of all that follows */
	struct console_facts facts;
	char *tail[CONSOLE_TAIL_LINES]; /* a ring */
	size_t lines;
	struct strbuf unfinished; /* the line that has not ended yet */
};

static void take_line(const char *line, void *userdata)
{
	struct console *c = userdata;
	char **slot = &c->tail[c->lines % CONSOLE_TAIL_LINES];

	console_facts_line(&c->facts, line, true);
	free(*slot);
	*slot = xstrdup(line);
	c->lines++;
}

/* A log that cannot be written (a full disk) is given up; the check goes on without it.
 */
static void write_log(struct console *c, const char *bytes, size_t length_bytes)
{
	struct error ignored = ERROR_INIT;

	if (c->log_fd < 0 || c->logged_bytes + length_bytes > CONSOLE_LOG_MOST_BYTES)
		return;
	if (fd_write_all(c->log_fd, bytes, length_bytes, "console log", &ignored) < 0)
		c->log_fd = -1;
	c->logged_bytes += length_bytes;
}

/* A reader that has stopped reading must not keep us from stopping. */
static void show(struct console *c, const char *bytes, size_t length_bytes)
{
	while (c->show_fd >= 0 && length_bytes) {
		struct pollfd fds[] = { { .fd = c->show_fd, .events = POLLOUT },
			{ .fd = c->stop_fd, .events = POLLIN } };
		ssize_t written;

		if (poll(fds, ARRAY_SIZE(fds), -1) < 0 && errno != EINTR)
			return;
		if (fds[1].revents)
			return;
		if (!fds[0].revents)
			continue;
		written = write(c->show_fd, bytes,
			length_bytes < SHOW_BYTES ? length_bytes : SHOW_BYTES);
		if (written < 0 && errno != EINTR && errno != EAGAIN)
			c->show_fd = -1;
		if (written > 0) {
			bytes += written;
			length_bytes -= (size_t)written;
		}
	}
}

static void take_bytes(struct console *c, const char *bytes, size_t length_bytes)
{
	write_log(c, bytes, length_bytes);
	(void)pthread_mutex_lock(&c->lock);
	console_text_add(&c->text, bytes, length_bytes, take_line, c);
	console_facts_line(&c->facts, c->text.line.data, false);
	strbuf_truncate(&c->unfinished, 0);
	strbuf_add(&c->unfinished, c->text.line.data, c->text.line.length_bytes);
	(void)pthread_mutex_unlock(&c->lock);
	(void)eventfd_write(c->news_fd, 1);
	show(c, bytes, length_bytes);
}

static void *console_main(void *userdata)
{
	struct console *c = userdata;
	char buf[READ_BYTES];

	for (;;) {
		struct pollfd fds[] = { { .fd = c->wire_fd, .events = POLLIN },
			{ .fd = c->stop_fd, .events = POLLIN } };
		ssize_t got;

		if (poll(fds, ARRAY_SIZE(fds), -1) < 0 && errno != EINTR)
			return NULL;
		if (fds[1].revents)
			return NULL;
		got = recv(c->wire_fd, buf, sizeof(buf), MSG_DONTWAIT);
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (got <= 0)
			return NULL;
		take_bytes(c, buf, (size_t)got);
	}
}

static struct console *console_dispose(struct console *c)
{
	if (!c)
		return NULL;
	fd_closep(&c->wire_fd);
	fd_closep(&c->stop_fd);
	fd_closep(&c->news_fd);
	console_text_release(&c->text);
	console_facts_release(&c->facts);
	for (size_t i = 0; i < CONSOLE_TAIL_LINES; i++)
		free(c->tail[i]);
	strbuf_release(&c->unfinished);
	(void)pthread_mutex_destroy(&c->lock);
	free(c);
	return NULL;
}

static void console_disposep(struct console **c)
{
	*c = console_dispose(*c);
}

int console_start(
	const struct console_spec *spec, struct console **ret, struct error *err)
{
	CLEANUP(console_disposep) struct console *c = xcalloc(1, sizeof(*c));
	int failure;

	c->wire_fd = spec->wire_fd;
	c->log_fd = spec->log_fd;
	c->show_fd = spec->show_fd;
	c->text = (struct console_text)CONSOLE_TEXT_INIT;
	c->unfinished = (struct strbuf)STRBUF_INIT;
	(void)pthread_mutex_init(&c->lock, NULL);
	c->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	c->news_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (c->stop_fd < 0 || c->news_fd < 0)
		return error_errno(err, "set up the console");
	failure = pthread_create(&c->thread, NULL, console_main, c);
	if (failure)
		return error_set_errno(err, failure, "start the thread of the console");
	*ret = TAKE_PTR(c);
	return 0;
}

int console_news_fd(const struct console *c)
{
	return c->news_fd;
}

void console_take_news(struct console *c)
{
	eventfd_t count;

	(void)eventfd_read(c->news_fd, &count);
}

void console_facts(struct console *c, struct console_facts *ret)
{
	(void)pthread_mutex_lock(&c->lock);
	console_facts_copy(ret, &c->facts);
	(void)pthread_mutex_unlock(&c->lock);
}

void console_tail(struct console *c, struct strbuf *to)
{
	size_t first;

	(void)pthread_mutex_lock(&c->lock);
	first = c->lines > CONSOLE_TAIL_LINES ? c->lines - CONSOLE_TAIL_LINES : 0;
	for (size_t i = first; i < c->lines; i++)
		strbuf_addf(to, "%s\n", c->tail[i % CONSOLE_TAIL_LINES]);
	if (c->unfinished.length_bytes)
		strbuf_addf(to, "%s\n", c->unfinished.data);
	(void)pthread_mutex_unlock(&c->lock);
}

void console_type(struct console *c, const char *bytes, size_t length_bytes)
{
	while (length_bytes) {
		struct pollfd fd = { .fd = c->wire_fd, .events = POLLOUT };
		ssize_t sent = send(
			c->wire_fd, bytes, length_bytes, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent > 0) {
			bytes += sent;
			length_bytes -= (size_t)sent;
		} else if (sent < 0 && errno != EAGAIN && errno != EINTR) {
			return;
		} else if (poll(&fd, 1, TYPE_TIMEOUT_MS) <= 0) {
			return;
		}
	}
}

struct console *console_free(struct console *c)
{
	if (!c)
		return NULL;
	(void)eventfd_write(c->stop_fd, 1);
	(void)pthread_join(c->thread, NULL);
	return console_dispose(c);
}
