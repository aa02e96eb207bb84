/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One request on a libcurl handle of its own: how the handle is set up, what it hands to
 * the answer, and what its end means. http_client.c runs many of them.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "net/http_receive.h"

struct curl_slist;

/* On the heap: libcurl points into it. http_transfer_new(), http_transfer_free(). */
struct http_transfer {
	uint64_t id;
	void *easy; /* CURL, set up and ready for a pool */
	struct curl_slist *headers;
	char *what; /* method and origin, for messages */
	struct http_request request;
	struct http_receiver receiver;
	struct http_answer answer;
	uint64_t body_at_bytes; /* the next that the source is asked for */
	bool connected;
	int64_t moved_bytes; /* both ways, as far as known */
	uint64_t moved_at_ms;
	char detail[256]; /* libcurl's words on a failure (CURL_ERROR_SIZE) */
};

/* The request was checked. `ca_bundle` may be NULL. */
struct http_transfer *http_transfer_new(
	const struct http_request *request, const char *ca_bundle);
struct http_transfer *http_transfer_free(struct http_transfer *t);

/* What libcurl's result (CURLcode) comes to, in the answer. */
void http_transfer_judge(struct http_transfer *t, int result);
