/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the sandbox's inside tells its outside: progress, the result, an error, that it
 * asks; frames over a pipe, and the answer over another. Both ends are one program, so
 * numbers travel as they stand in memory.
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/progress.h"
#include "base/strbuf.h"

/* The inside's listener: embeds the interface, forwards each event. */
struct sandbox_link_writer {
	struct progress progress;
	int fd;
};

void sandbox_link_writer_init(struct sandbox_link_writer *w, int fd);
int sandbox_link_send_result(int fd, const struct strbuf *result, struct error *err);
int sandbox_link_send_error(int fd, const struct error *error);

/* Ask, and take the answer from `answer_fd`: at most 60 KiB. */
int sandbox_link_ask(int fd, int answer_fd, struct strbuf *ret, struct error *err);

/* The outside's end. */
struct sandbox_link_reader {
	struct strbuf pending;
	struct progress *progress;
	struct strbuf *result; /* or NULL */
	struct error *error; /* set when the inside sent one */
	bool has_error, has_result;
	void (*answer)(struct strbuf *answer); /* or NULL: it is empty */
	int answer_fd;
};

/* Read once from `fd`; *ret_more is false at its end. ERR_FORMAT when a frame is no
 * frame. */
int sandbox_link_read(
	struct sandbox_link_reader *r, int fd, bool *ret_more, struct error *err);
