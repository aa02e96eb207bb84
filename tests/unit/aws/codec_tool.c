/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The codecs and retries of src/aws for compare_botocore.py: one command a line, its
 * arguments separated by tabs; one line of JSON comes back for each.
 *
 *	fields SERVICE ACTION			the tables of request and answer, and what
 *						element S3's answer is
 *	encode SERVICE ACTION JSON		a request that has the members of JSON
 *	decode SERVICE ACTION HEADERS BODY	an answer; HEADERS is name, value, name, …
 *	error SERVICE HEADERS BODY		an answer that refuses
 *	retry FAILURE STATUS CODE AGE_MS	why it is tried again, as a number
 *	rate init|note|throttled|acquire MS	the adaptive rate
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/ebs.h"
#include "aws/ec2.h"
#include "aws/ec2_sharing.h"
#include "aws/retry.h"
#include "aws/retry_rate.h"
#include "aws/s3.h"
#include "aws/service_error.h"
#include "aws/shape_json.h"
#include "aws/kms.h"
#include "aws/ssm.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/json.h"

enum { ARGUMENTS_MOST = 64 };

struct action {
	const struct query_action *query;
	const struct rest_action *rest;
};

static void __attribute__((noreturn)) die(const char *what)
{
	(void)fprintf(stderr, "codec_tool: %s\n", what);
	exit(1);
}

static struct action find_action(const char *service, const char *name)
{
	static const struct {
		const char *service;
		const struct query_action *const *query;
		const struct rest_action *const *rest;
	} tables[] = {
		{ "ec2", ec2_actions, NULL },
		{ "ec2", ec2_sharing_actions, NULL },
		{ "ebs", NULL, ebs_actions },
		{ "ssm", NULL, ssm_actions },
		{ "kms", NULL, kms_actions },
		{ "s3", NULL, s3_actions },
	};

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		if (strcmp(service, tables[i].service) != 0)
			continue;
		for (const struct query_action *const *q = tables[i].query; q && *q; q++)
			if (strcmp((*q)->name, name) == 0)
				return (struct action){ .query = *q };
		for (const struct rest_action *const *r = tables[i].rest; r && *r; r++)
			if (strcmp((*r)->name, name) == 0)
				return (struct action){ .rest = *r };
	}
	die(name);
}

static const struct shape *request_of(struct action a)
{
	return a.query ? a.query->request : a.rest->request;
}

static const struct shape *answer_of(struct action a)
{
	return a.query ? a.query->answer : a.rest->answer;
}

/* {"name": {…} or null, …}: the members' names, and of structs those inside. */
static void add_fields(struct json *j, const char *key, const struct shape *s)
{
	json_object_begin(j, key);
	for (size_t i = 0; s && i < s->count; i++) {
		if (s->fields[i].shape)
			add_fields(j, s->fields[i].name, s->fields[i].shape);
		else
			json_add_null(j, s->fields[i].name);
	}
	json_object_end(j);
}

static void do_fields(char **args, struct strbuf *out)
{
	struct action a = find_action(args[1], args[2]);
	struct json j = JSON_INIT(out);

	json_object_begin(&j, NULL);
	add_fields(&j, "request", request_of(a));
	add_fields(&j, "answer", answer_of(a));
	json_add_string(&j, "root", a.rest ? a.rest->answer_root : NULL);
	json_object_end(&j);
}

static void fill(const struct shape *s, const char *json, void *value)
{
	struct error err = ERROR_INIT;

	for (int place = SHAPE_IN_BODY; place <= SHAPE_IN_HEADER; place++)
		if (shape_from_json(s, (enum shape_place)place, json, strlen(json), value,
			    &err) < 0)
			die(err.msg);
}

static void do_encode(char **args, struct strbuf *out)
{
	struct action a = find_action(args[1], args[2]);
	CLEANUP(strbuf_releasep) struct strbuf form = STRBUF_INIT;
	CLEANUP(rest_call_releasep) struct rest_call call = REST_CALL_INIT;
	CLEANUP(freep) void *value = xcalloc(1, request_of(a)->size_bytes);
	struct json j = JSON_INIT(out);
	struct error err = ERROR_INIT;

	fill(request_of(a), args[3], value);
	json_object_begin(&j, NULL);
	if (a.query) {
		query_encode(a.query, value, &form);
		json_add_string(&j, "body", form.data);
	} else {
		if (rest_encode(a.rest, value, &call, &err) < 0)
			die(err.msg);
		json_add_string(&j, "method", a.rest->method);
		json_add_string(&j, "path", call.path.data);
		json_add_string(&j, "body", call.body.data);
		json_object_begin(&j, "query");
		for (size_t i = 0; i < call.query_count; i++)
			json_add_string(&j, call.query[i].name, call.query[i].value);
		json_object_end(&j);
		json_object_begin(&j, "headers");
		for (size_t i = 0; i < call.header_count; i++)
			json_add_string(&j, call.headers[i].name, call.headers[i].value);
		json_object_end(&j);
	}
	json_object_end(&j);
	shape_release(request_of(a), value);
}

/* `headers` is taken apart, and pointed at. */
static struct http_answer make_answer(char *headers, const char *body)
{
	struct http_answer a = HTTP_ANSWER_INIT;
	char *name, *value, *at = headers;

	strbuf_add_str(&a.body, body);
	while ((name = strsep(&at, "|")) && *name && (value = strsep(&at, "|"))) {
		a.fields[a.field_count].name = name;
		a.fields[a.field_count++].value = xstrdup(value);
	}
	return a;
}

/* Members of all places, as one object. */
static void print_value(const struct shape *s, const void *value, struct strbuf *out)
{
	CLEANUP(strbuf_releasep) struct strbuf body = STRBUF_INIT;
	CLEANUP(strbuf_releasep) struct strbuf headers = STRBUF_INIT;

	shape_to_json(s, SHAPE_IN_BODY, value, &body);
	shape_to_json(s, SHAPE_IN_HEADER, value, &headers);
	strbuf_addf(out, "[%s, %s]", body.data, headers.data);
}

static void do_decode(char **args, struct strbuf *out)
{
	struct action a = find_action(args[1], args[2]);
	CLEANUP(http_answer_releasep)
	struct http_answer answer = make_answer(args[3], args[4]);
	CLEANUP(freep)
	void *value = xcalloc(1, answer_of(a) ? answer_of(a)->size_bytes : 1);
	struct json j = JSON_INIT(out);
	struct error err = ERROR_INIT;
	int rc;

	if (a.query)
		rc = query_decode(
			a.query, answer.body.data, answer.body.length_bytes, value, &err);
	else
		rc = rest_decode(a.rest, &answer, value, &err);
	if (rc < 0) {
		json_add_string(&j, NULL, err.msg);
	} else if (answer_of(a)) {
		print_value(answer_of(a), value, out);
		shape_release(answer_of(a), value);
	} else {
		strbuf_add_str(out, "[{}, {}]");
	}
}

static void do_error(char **args, struct strbuf *out)
{
	CLEANUP(http_answer_releasep)
	struct http_answer answer = make_answer(args[2], args[3]);
	CLEANUP(service_error_releasep) struct service_error e = SERVICE_ERROR_INIT;
	struct json j = JSON_INIT(out);

	if (strcmp(args[1], "ebs") == 0)
		service_error_from_json(&answer, &e);
	else
		service_error_from_xml(&answer, &e);
	json_object_begin(&j, NULL);
	json_add_string(&j, "code", e.code);
	json_add_string(&j, "message", e.message);
	json_add_string(&j, "request_id", e.request_id);
	json_object_end(&j);
}

static void do_retry(char **args, struct strbuf *out)
{
	const struct retry_outcome o = {
		.failure = (enum http_failure)atoi(args[1]),
		.status = (unsigned int)atoi(args[2]),
		.code = *args[3] ? args[3] : NULL,
		.age_ms = strtoull(args[4], NULL, 10),
	};

	strbuf_addf(out, "%d", (int)retry_reason(&o));
}

static void do_rate(struct retry_rate *rate, char **args, struct strbuf *out)
{
	uint64_t now_ms = strtoull(args[2], NULL, 10), wait_ms = 0;

	if (strcmp(args[1], "init") == 0)
		retry_rate_init(rate, now_ms);
	else if (strcmp(args[1], "acquire") == 0)
		wait_ms = retry_rate_acquire(rate, now_ms);
	else
		retry_rate_note(rate, now_ms, strcmp(args[1], "throttled") == 0);
	strbuf_addf(
		out, "[%.9f, %llu]", rate->fill_a_second, (unsigned long long)wait_ms);
}

static void run(char **args, size_t count, struct retry_rate *rate, struct strbuf *out)
{
	static const struct {
		const char *name;
		size_t arguments;
		void (*run)(char **args, struct strbuf *out);
	} commands[] = {
		{ "fields", 3, do_fields },
		{ "encode", 4, do_encode },
		{ "decode", 5, do_decode },
		{ "error", 4, do_error },
		{ "retry", 5, do_retry },
	};

	if (count == 3 && strcmp(args[0], "rate") == 0) {
		do_rate(rate, args, out);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(commands[i].name, args[0]) == 0 &&
			commands[i].arguments == count) {
			commands[i].run(args, out);
			return;
		}
	die("no such command");
}

int main(void)
{
	CLEANUP(freep) char *line = NULL;
	struct retry_rate rate = { 0 };
	size_t room = 0;
	ssize_t length;

	while ((length = getline(&line, &room, stdin)) > 0) {
		CLEANUP(strbuf_releasep) struct strbuf out = STRBUF_INIT;
		char *args[ARGUMENTS_MOST], *at = line;
		size_t count = 0;

		line[length - 1] = '\0';
		while (count < ARGUMENTS_MOST && (args[count] = strsep(&at, "\t")))
			count++;
		run(args, count, &rate, &out);
		(void)printf("%s\n", out.data);
		(void)fflush(stdout);
	}
	return 0;
}
