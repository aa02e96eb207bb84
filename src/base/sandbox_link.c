/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sandbox_link.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fd.h"

enum frame_kind { FRAME_PROGRESS = 1, FRAME_RESULT, FRAME_ERROR, FRAME_ASK };

enum { FRAME_MOST_BYTES = 64 << 20, ANSWER_MOST_BYTES = 60 << 10 };

struct frame_header {
	uint32_t kind;
	uint32_t length_bytes;
};

/* A progress event without its strings, which follow: text, NUL, detail, NUL. */
struct progress_frame {
	uint32_t kind;
	uint8_t has_text, has_detail;
	uint64_t done, total;
};

static int send_frame(
	int fd, enum frame_kind kind, const void *bytes, size_t length, struct error *err)
{
	struct frame_header header = { kind, (uint32_t)length };

	if (length > FRAME_MOST_BYTES)
		return error_set(
			err, ERR_FORMAT, 0, "a result of %zu bytes is too large", length);
	if (fd_write_all(fd, &header, sizeof(header), "pipe", err) < 0)
		return -1;
	return fd_write_all(fd, bytes, length, "pipe", err);
}

static void forward_event(struct progress *p, const struct progress_event *event)
{
	const struct sandbox_link_writer *w = (const struct sandbox_link_writer *)p;
	struct progress_frame frame = {
		.kind = event->kind,
		.has_text = event->text != NULL,
		.has_detail = event->detail != NULL,
		.done = event->done,
		.total = event->total,
	};
	struct strbuf bytes = STRBUF_INIT;

	strbuf_add(&bytes, &frame, sizeof(frame));
	if (event->text)
		strbuf_add(&bytes, event->text, strlen(event->text) + 1);
	if (event->detail)
		strbuf_add(&bytes, event->detail, strlen(event->detail) + 1);
	/* When the outside is gone, so are we in a moment: nothing to do about it. */
	(void)send_frame(w->fd, FRAME_PROGRESS, bytes.data, bytes.length_bytes,
		&(struct error)ERROR_INIT);
	strbuf_release(&bytes);
}

void sandbox_link_writer_init(struct sandbox_link_writer *w, int fd)
{
	w->progress.report = forward_event;
	w->fd = fd;
}

int sandbox_link_send_result(int fd, const struct strbuf *result, struct error *err)
{
	return send_frame(fd, FRAME_RESULT, result->data, result->length_bytes, err);
}

int sandbox_link_send_error(int fd, const struct error *error)
{
	return send_frame(
		fd, FRAME_ERROR, error, sizeof(*error), &(struct error)ERROR_INIT);
}

int sandbox_link_ask(int fd, int answer_fd, struct strbuf *ret, struct error *err)
{
	uint32_t length;
	size_t n;
	char *bytes;
	int rc;

	if (send_frame(fd, FRAME_ASK, NULL, 0, err) < 0 ||
		fd_read(answer_fd, &length, sizeof(length), &n, "pipe", err) < 0)
		return -1;
	if (n != sizeof(length) || length > ANSWER_MOST_BYTES)
		return error_set(err, ERR_SYSTEM, 0, "the program does not answer");
	bytes = xcalloc(1, length + 1);
	rc = fd_read(answer_fd, bytes, length, &n, "pipe", err);
	if (rc == 0 && n == length)
		strbuf_add(ret, bytes, length);
	else if (rc == 0)
		rc = error_set(err, ERR_SYSTEM, 0, "the program does not answer");
	explicit_bzero(bytes, length);
	free(bytes);
	return rc;
}

/* A pipe has room for it, so nobody waits here. */
static int answer(const struct sandbox_link_reader *r)
{
	struct error err = ERROR_INIT;
	struct strbuf text = STRBUF_INIT;
	uint32_t length;
	int rc;

	if (r->answer)
		r->answer(&text);
	length = (uint32_t)text.length_bytes;
	rc = fd_write_all(r->answer_fd, &length, sizeof(length), "pipe", &err);
	if (rc == 0 && length <= ANSWER_MOST_BYTES)
		rc = fd_write_all(r->answer_fd, text.data, length, "pipe", &err);
	if (text.room_bytes)
		explicit_bzero(text.data, text.room_bytes);
	strbuf_release(&text);
	return rc;
}

/* The next NUL-terminated string of a frame, or NULL when there is none. */
static const char *take_string(const char **at, size_t *left)
{
	const char *s = *at, *end = memchr(s, '\0', *left);

	if (!end)
		return NULL;
	*left -= (size_t)(end + 1 - s);
	*at = end + 1;
	return s;
}

static int receive_progress(
	const struct sandbox_link_reader *r, const char *bytes, size_t length)
{
	struct progress_event event = { 0 };
	struct progress_frame frame;

	if (length < sizeof(frame))
		return -1;
	memcpy(&frame, bytes, sizeof(frame));
	if (frame.kind > PROGRESS_CHECK)
		return -1;
	bytes += sizeof(frame);
	length -= sizeof(frame);
	event.kind = (enum progress_kind)frame.kind;
	event.done = frame.done;
	event.total = frame.total;
	if (frame.has_text && !(event.text = take_string(&bytes, &length)))
		return -1;
	if (frame.has_detail && !(event.detail = take_string(&bytes, &length)))
		return -1;
	progress_report(r->progress, &event);
	return 0;
}

static int receive_error(struct sandbox_link_reader *r, const char *bytes, size_t length)
{
	struct error error;

	if (length != sizeof(error))
		return -1;
	memcpy(&error, bytes, length);
	if ((unsigned int)error.code > ERR_INTERRUPTED)
		return -1;
	*r->error = error;
	r->error->may_pass = false;
	r->error->msg[sizeof(r->error->msg) - 1] = '\0';
	r->error->output[sizeof(r->error->output) - 1] = '\0';
	r->has_error = true;
	return 0;
}

static int receive(struct sandbox_link_reader *r, const struct frame_header *header,
	const char *bytes, struct error *err)
{
	int rc = -1;

	switch ((enum frame_kind)header->kind) {
	case FRAME_PROGRESS:
		rc = receive_progress(r, bytes, header->length_bytes);
		break;
	case FRAME_RESULT:
		if (r->result)
			strbuf_add(r->result, bytes, header->length_bytes);
		r->has_result = true;
		rc = 0;
		break;
	case FRAME_ERROR:
		rc = receive_error(r, bytes, header->length_bytes);
		break;
	case FRAME_ASK:
		rc = answer(r);
		break;
	}
	if (rc < 0)
		return error_set(
			err, ERR_FORMAT, 0, "the sandbox sent what is no message");
	return 0;
}

/* Deal with the whole frames of `pending`; what is left is the begin of one. */
static int receive_pending(struct sandbox_link_reader *r, struct error *err)
{
	struct frame_header header;
	size_t at = 0;

	while (r->pending.length_bytes - at >= sizeof(header)) {
		const char *frame = r->pending.data + at;

		memcpy(&header, frame, sizeof(header));
		if (header.length_bytes > FRAME_MOST_BYTES)
			return error_set(err, ERR_FORMAT, 0,
				"the sandbox sent what is no message");
		if (r->pending.length_bytes - at < sizeof(header) + header.length_bytes)
			break;
		if (receive(r, &header, frame + sizeof(header), err) < 0)
			return -1;
		at += sizeof(header) + header.length_bytes;
	}
	strbuf_drop_front(&r->pending, at);
	return 0;
}

int sandbox_link_read(
	struct sandbox_link_reader *r, int fd, bool *ret_more, struct error *err)
{
	char buf[65536];
	ssize_t n = read(fd, buf, sizeof(buf));

	if (n < 0 && errno == EINTR) {
		*ret_more = true;
		return 0;
	}
	if (n < 0)
		return error_errno(err, "read from the sandbox");
	strbuf_add(&r->pending, buf, (size_t)n);
	if (receive_pending(r, err) < 0)
		return -1;
	*ret_more = n > 0;
	return 0;
}
