/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/service_error.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "aws/shape_json.h"
#include "aws/xml.h"
#include "base/alloc.h"
#include "base/cleanup.h"

enum { STATUS_FORBIDDEN = 403 };

/* <Error>, as S3 sends it alone and the others somewhere inside. */
static const struct shape_field error_fields[] = {
	{ "Code", offsetof(struct service_error, code), SHAPE_STRING, NULL },
	{ "Message", offsetof(struct service_error, message), SHAPE_STRING, NULL },
	{ "RequestId", offsetof(struct service_error, request_id), SHAPE_STRING, NULL },
};
static const struct shape error_shape = SHAPE_OF(struct service_error, error_fields);

/* EC2: <Response><Errors><Error>…</Error></Errors><RequestID>…</RequestID></Response> */
static const struct shape_field ec2_errors_fields[] = {
	{ "Error", 0, SHAPE_STRUCT, &error_shape },
};
static const struct shape ec2_errors_shape =
	SHAPE_OF(struct service_error, ec2_errors_fields);
static const struct shape_field ec2_fields[] = {
	{ "Errors", 0, SHAPE_STRUCT, &ec2_errors_shape },
	{ "RequestID", offsetof(struct service_error, request_id), SHAPE_STRING, NULL },
};
static const struct shape ec2_shape = SHAPE_OF(struct service_error, ec2_fields);

/* STS: <ErrorResponse><Error>…</Error><RequestId>…</RequestId></ErrorResponse> */
static const struct shape_field query_fields[] = {
	{ "Error", 0, SHAPE_STRUCT, &error_shape },
	{ "RequestId", offsetof(struct service_error, request_id), SHAPE_STRING, NULL },
};
static const struct shape query_shape = SHAPE_OF(struct service_error, query_fields);

static const struct shape_field document_fields[] = {
	{ "Response", 0, SHAPE_STRUCT, &ec2_shape },
	{ "ErrorResponse", 0, SHAPE_STRUCT, &query_shape },
	{ "Error", 0, SHAPE_STRUCT, &error_shape },
};
static const struct shape document = SHAPE_OF(struct service_error, document_fields);

void service_error_release(struct service_error *e)
{
	free(e->code);
	free(e->message);
	free(e->request_id);
	*e = (struct service_error)SERVICE_ERROR_INIT;
}

/* Both services and proxies before them may put the id into a header. */
static void take_request_id(const struct http_answer *a, struct service_error *e)
{
	const char *id = http_answer_header(a, "x-amzn-RequestId");

	if (!id)
		id = http_answer_header(a, "x-amz-request-id");
	if (id && !e->request_id)
		e->request_id = xstrdup(id);
}

void service_error_from_xml(const struct http_answer *a, struct service_error *ret)
{
	struct service_error e = SERVICE_ERROR_INIT;
	struct error ignored = ERROR_INIT;

	if (xml_decode(a->body.data, a->body.length_bytes, &document, &e, &ignored) < 0)
		e = (struct service_error)SERVICE_ERROR_INIT;
	take_request_id(a, &e);
	*ret = e;
}

/* "com.amazon.x#ThrottlingException:http://…" is a ThrottlingException. */
static char *bare_code(const char *text)
{
	const char *hash = strchr(text, '#'), *from = text;
	size_t length = strcspn(text, ":");

	if (hash && (size_t)(hash - text) < length) {
		from = hash + 1;
		length -= (size_t)(from - text);
	}
	return xstrndup(from, length);
}

void service_error_from_json(const struct http_answer *a, struct service_error *ret)
{
	static const char *const code_names[] = { "__type", "code", "Code", NULL };
	static const char *const message_names[] = { "message", "Message", NULL };
	const char *type = http_answer_header(a, "x-amzn-ErrorType");
	CLEANUP(freep)
	char *code =
		type ? xstrdup(type)
		     : json_find_string(a->body.data, a->body.length_bytes, code_names);
	struct service_error e = SERVICE_ERROR_INIT;

	if (code && *code)
		e.code = bare_code(code);
	e.message = json_find_string(a->body.data, a->body.length_bytes, message_names);
	take_request_id(a, &e);
	*ret = e;
}

/*
 * How much of the message is shown: one line, and nothing of a request. Of a wrong
 * signature AWS tells how the request should have been written down, line by line, and
 * one of the lines has the session token.
 */
static int shown_chars(const char *message)
{
	const char *token = strcasestr(message, "x-amz-security-token");
	const size_t line = strcspn(message, "\r\n");

	return (int)(token && (size_t)(token - message) < line ? (size_t)(token - message)
							       : line);
}

int service_error_set(const struct service_error *e, const char *operation,
	unsigned int status, struct error *err)
{
	const char *message = e->message ? e->message : "";
	const int chars = shown_chars(message);

	return error_set(err, ERR_FETCH, (int)status,
		"%s was refused: %.*s (%s, status %u%s%s)", operation,
		chars ? chars : INT_MAX, chars ? message : "the service says no more",
		e->code ? e->code : "no error code", status,
		e->request_id ? ", request id " : "", e->request_id ? e->request_id : "");
}

bool service_error_is_refusal(const struct error *err)
{
	return err->code == ERR_FETCH && err->detail / 100 == 4;
}

bool service_error_is_denial(const struct error *err)
{
	return err->code == ERR_FETCH && err->detail == STATUS_FORBIDDEN;
}

bool service_error_is(const struct service_error *e, const char *code)
{
	return e->code && !strcmp(e->code, code);
}
