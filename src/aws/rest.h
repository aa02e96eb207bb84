/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The REST protocols: members of a request stand in the path, the query, in headers and
 * in a body, as its table says. The body is a JSON object, as EBS direct has it, or XML,
 * as S3 does. JSON 1.1, which SSM speaks, is a case of it: all members stand in the
 * object, and a header names the action.
 */
#pragma once

#include <stdbool.h>

#include "aws/shape.h"
#include "aws/sigv4.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "net/http_answer.h"

enum rest_protocol { REST_JSON = 0, REST_S3 };

struct rest_action {
	const char *name;
	enum rest_protocol protocol;
	const char *method;
	/* "/snapshots/{snapshotId}/blocks"; of "{Key+}", '/' stays what it is. S3's paths
	 * begin with "/{Bucket}". */
	const char *path;
	struct sigv4_pair query; /* that each request has: { "uploads", "" } */
	const char *target; /* of JSON 1.1: "AmazonSSM.GetParameter"; else NULL */
	const struct shape *request;
	const struct shape *answer; /* NULL: nothing kept */
	const char *answer_root; /* of XML: the element that is the answer's body */
	bool sends_data; /* the request's body are bytes beside the struct */
	bool takes_data; /* so is the answer's */
};

enum { REST_HEADERS_MOST = 8, REST_QUERY_MOST = 8 };

/* A request as it goes out, but for host and signature. By value: REST_CALL_INIT,
 * rest_call_release(). */
struct rest_call {
	struct strbuf path; /* percent-encoded */
	char *bucket; /* S3's, which the path begins with; else NULL */
	size_t bucket_bytes; /* that it takes there, with its '/' */
	struct sigv4_pair query[REST_QUERY_MOST]; /* not encoded: signing does it */
	size_t query_count;
	struct sigv4_pair headers[REST_HEADERS_MOST];
	size_t header_count;
	struct strbuf body; /* JSON or XML; empty when nothing stands in the body */
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
int rest_encode(const struct rest_action *action, const void *request,
	struct rest_call *ret, struct error *err);

/* The headers of an answer that its table has; ret[] gets at most `room` names. */
size_t rest_answer_headers(
	const struct rest_action *action, const char **ret, size_t room);

/* *value is zeroed first and released again on failure (ERR_FORMAT); it may be NULL when
 * the action keeps nothing of its answer. */
int rest_decode(const struct rest_action *action, const struct http_answer *answer,
	void *value, struct error *err);

/* Whether an answer 2xx refuses all the same, as S3 does when it finds out late. */
bool rest_is_refusal(const struct rest_action *action, const struct http_answer *answer);
