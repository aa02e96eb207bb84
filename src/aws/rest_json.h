/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The REST JSON protocol, as EBS direct speaks it: members of a request stand in the
 * path, the query, in headers and in a JSON object, as its table says. JSON 1.1, which
 * SSM speaks, is a case of it: all members stand in the object, and a header names the
 * action.
 */
#pragma once

#include <stdbool.h>

#include "aws/shape.h"
#include "aws/sigv4.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "net/http_answer.h"

struct rest_action {
	const char *name;
	const char *method;
	const char *path; /* "/snapshots/{snapshotId}/blocks" */
	const char *target; /* of JSON 1.1: "AmazonSSM.GetParameter"; else NULL */
	const struct shape *request;
	const struct shape *answer;
	bool sends_data; /* the request's body is not JSON, but bytes beside the struct */
	bool takes_data; /* so is the answer's */
};

enum { REST_HEADERS_MOST = 8, REST_QUERY_MOST = 8 };

/* A request as it goes out, but for host and signature. By value: REST_CALL_INIT,
 * rest_call_release(). */
struct rest_call {
	struct strbuf path; /* percent-encoded */
	struct sigv4_pair query[REST_QUERY_MOST]; /* not encoded: signing does it */
	size_t query_count;
	struct sigv4_pair headers[REST_HEADERS_MOST];
	size_t header_count;
	struct strbuf body; /* the JSON object; empty when nothing stands in the body */
};

#define REST_CALL_INIT                                   \
	{                                                \
		.path = STRBUF_INIT, .body = STRBUF_INIT \
	}

void rest_call_release(struct rest_call *c);
static inline void rest_call_releasep(struct rest_call *c)
{
	rest_call_release(c);
}

/* `name` is a constant, the value is taken over. At most REST_HEADERS_MOST. */
void rest_call_add_header(struct rest_call *c, const char *name, char *value);

/* ERR_USAGE when a member of the path is not set: it would be another path. */
int rest_json_encode(const struct rest_action *action, const void *request,
	struct rest_call *ret, struct error *err);

/* The headers of an answer that its table has; ret[] gets at most `room` names. */
size_t rest_json_answer_headers(
	const struct rest_action *action, const char **ret, size_t room);

/* *value is zeroed first and released again on failure (ERR_FORMAT). */
int rest_json_decode(const struct rest_action *action, const struct http_answer *answer,
	void *value, struct error *err);
