/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Taking an answer in as it comes: header lines, then pieces of the body, each held
 * against the request's caps before it is kept. Splitting the stream into these is the
 * transport's work.
 */
#pragma once

#include "net/http_answer.h"

struct http_receiver {
	const struct http_request *request;
	struct http_answer *answer;
	bool headers_done; /* the empty line after those of the final answer was there */
	size_t headers_bytes;
	uint64_t body_bytes;
};

/* Each returns -1 when the transfer is to end; the answer's failure is set then. */
int http_receive_line(struct http_receiver *r, const char *line, size_t length_bytes);
int http_receive_body(struct http_receiver *r, const void *bytes, size_t length_bytes);
