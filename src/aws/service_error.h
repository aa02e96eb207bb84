/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a service says when it refuses: a code that programs tell apart, and words. Read
 * out of whatever came; what cannot be read leaves NULL, for then the status has to do.
 *
 * By value: SERVICE_ERROR_INIT, service_error_release().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "net/http_answer.h"

struct service_error {
	char *code; /* "InvalidSnapshot.NotFound", or NULL */
	char *message; /* or NULL */
	char *request_id; /* for AWS's support; or NULL */
};

#define SERVICE_ERROR_INIT \
	{                  \
		0          \
	}

void service_error_release(struct service_error *e);
static inline void service_error_releasep(struct service_error *e)
{
	service_error_release(e);
}

/* The headers that these readers want to be kept of an answer. */
#define SERVICE_ERROR_HEADERS "x-amzn-ErrorType", "x-amzn-RequestId", "x-amz-request-id"

/* The documents of EC2, of STS, and of S3. */
void service_error_from_xml(const struct http_answer *a, struct service_error *ret);

/* The header x-amzn-ErrorType, or a member __type or code of the body. */
void service_error_from_json(const struct http_answer *a, struct service_error *ret);

/*
 * The error of an operation: "DeleteSnapshot was refused: the snapshot …
 * (InvalidSnapshot.InUse, status 400, request id …)", with the message's first line. Sets
 * ERR_FETCH with the status as detail; returns -1.
 */
int service_error_set(const struct service_error *e, const char *operation,
	unsigned int status, struct error *err);

/* Whether an error is such a one, with a status of 4xx: to ask again would not help. */
bool service_error_is_refusal(const struct error *err);

/* Whether an error is a refusal for want of a permission (403). */
bool service_error_is_denial(const struct error *err);

/* Whether there were too many requests, so that it may be granted later: of these, where
 * the service has used a status of 4xx, the detail is HTTP's own status for that. */
enum { SERVICE_ERROR_THROTTLED = 429 };
static inline bool service_error_is_throttling(const struct error *err)
{
	return err->code == ERR_FETCH && err->detail == SERVICE_ERROR_THROTTLED;
}

/* Whether the service has said that code. */
bool service_error_is(const struct service_error *e, const char *code);
