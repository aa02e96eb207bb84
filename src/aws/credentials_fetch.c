/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/credentials_fetch.h"

#include <string.h>

#include "aws/secret.h"
#include "aws/service_error.h"
#include "aws/xml.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"

enum { HEADERS_MOST = 8, BETWEEN_ATTEMPTS_MS = 200 };

static void clear_answer(struct http_answer *a)
{
	secret_strbuf_release(&a->body);
	http_answer_release(a);
}

/* Between attempts; a signal ends it. */
static int pause_briefly(struct http_client *client, struct error *err)
{
	const struct http_wait wait = { .deadline_ms =
						clock_now_ms() + BETWEEN_ATTEMPTS_MS,
		.also_fd = -1,
		.idle = true };
	struct http_answer none = HTTP_ANSWER_INIT;
	uint64_t id;

	return http_client_next(client, &wait, &id, &none, err);
}

/* Until an answer below 500 is there, or attempts are over. */
static int send_repeatedly(struct http_client *client, const struct http_request *request,
	unsigned int attempts, struct http_answer *ret, struct error *err)
{
	for (unsigned int i = 1;; i++) {
		int rc = http_client_send(client, request, ret, err);

		if ((rc == 0 && ret->status < 500) || i >= attempts ||
			(rc < 0 && err->code == ERR_INTERRUPTED))
			return rc;
		clear_answer(ret);
		if (pause_briefly(client, err) < 0)
			return -1;
	}
}

static void take_answer(struct http_answer *answer, struct credentials_http_response *ret)
{
	const char *date = http_answer_header(answer, "Date");

	credentials_http_response_release(ret);
	ret->status = answer->status;
	ret->date = date ? xstrdup(date) : NULL;
	ret->body = answer->body;
	answer->body = (struct strbuf)STRBUF_INIT;
	http_answer_release(answer);
}

static int fetch(const struct credentials_http *http,
	const struct credentials_http_request *request,
	struct credentials_http_response *ret, struct error *err)
{
	static const char *const wanted[] = { "Date", NULL };
	const struct credentials_fetch *f = http->userdata;
	struct http_header headers[HEADERS_MOST];
	const struct http_request r = {
		.method = request->method,
		.url = request->url,
		.headers = headers,
		.header_count = request->header_count,
		.body = request->body,
		.body_bytes = request->body_bytes,
		.wanted = wanted,
		.body_most_bytes = request->most_bytes,
		.direct = request->direct,
		.connect_ms = (uint32_t)request->timeout_ms,
		.attempt_ms = (uint32_t)request->timeout_ms,
	};
	struct http_answer answer = HTTP_ANSWER_INIT;

	if (request->header_count > HEADERS_MOST)
		return error_set(
			err, ERR_USAGE, 0, "too many headers for %s", request->method);
	for (size_t i = 0; i < request->header_count; i++)
		headers[i] = (struct http_header){ request->headers[i].name,
			request->headers[i].value };
	if (send_repeatedly(f->client, &r, request->attempts, &answer, err) < 0)
		return -1;
	take_answer(&answer, ret);
	return 0;
}

/* <AssumeRoleResponse><AssumeRoleResult><Credentials>…, and that of web identity. */
#define AT(member) offsetof(struct credentials_fields, member)
static const struct shape_field fields_fields[] = {
	{ "AccessKeyId", AT(access_key_id), SHAPE_STRING, NULL },
	{ "SecretAccessKey", AT(secret_access_key), SHAPE_STRING, NULL },
	{ "SessionToken", AT(session_token), SHAPE_STRING, NULL },
	{ "Expiration", AT(expiration), SHAPE_STRING, NULL },
};
#undef AT
static const struct shape fields_shape =
	SHAPE_OF(struct credentials_fields, fields_fields);
static const struct shape_field result_fields[] = {
	{ "Credentials", 0, SHAPE_STRUCT, &fields_shape },
};
static const struct shape result_shape =
	SHAPE_OF(struct credentials_fields, result_fields);
static const struct shape_field response_fields[] = {
	{ "AssumeRoleResult", 0, SHAPE_STRUCT, &result_shape },
	{ "AssumeRoleWithWebIdentityResult", 0, SHAPE_STRUCT, &result_shape },
};
static const struct shape response_shape =
	SHAPE_OF(struct credentials_fields, response_fields);
static const struct shape_field document_fields[] = {
	{ "AssumeRoleResponse", 0, SHAPE_STRUCT, &response_shape },
	{ "AssumeRoleWithWebIdentityResponse", 0, SHAPE_STRUCT, &response_shape },
};
static const struct shape document = SHAPE_OF(struct credentials_fields, document_fields);

static int decode_sts(const struct credentials_http *http,
	const struct credentials_http_response *response, struct credentials_fields *ret,
	struct error *err)
{
	CLEANUP(service_error_releasep) struct service_error refusal = SERVICE_ERROR_INIT;
	struct credentials_fields fields = { 0 };

	(void)http;
	if (response->status != 200) {
		/* The body stays the response's; no header of it is known here. */
		const struct http_answer answer = { .status = response->status,
			.body = response->body };

		service_error_from_xml(&answer, &refusal);
		return service_error_set(
			&refusal, "the request to STS", response->status, err);
	}
	if (xml_decode(response->body.data, response->body.length_bytes, &document,
		    &fields, err) < 0)
		return -1;
	credentials_fields_release(ret);
	*ret = fields;
	return 0;
}

int credentials_fetch_init(
	const struct aws_config *config, struct credentials_fetch *ret, struct error *err)
{
	const struct http_client_spec spec = {
		.ca_bundle = aws_config_setting(config, "AWS_CA_BUNDLE", "ca_bundle"),
		.connections_most = 2,
	};

	if (http_client_new(&spec, &ret->client, err) < 0)
		return -1;
	ret->http = (struct credentials_http){
		.fetch = fetch, .decode_sts = decode_sts, .userdata = ret
	};
	return 0;
}

void credentials_fetch_release(struct credentials_fetch *f)
{
	f->client = http_client_free(f->client);
}
