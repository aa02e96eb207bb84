/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/imds.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "vm/imds_content.h"
#include "vm/imds_faults.h"
#include "vm/imds_tree.h"

enum {
	TTL_MOST_S = 21600, /* six hours, EC2's limit */
	TOKEN_BYTES = 27, /* random ones in a token */
	TOKEN_LENGTH = 2 * TOKEN_BYTES,
	TOKENS_MOST = 1024, /* kept at a time; an older one is forgotten for a new one */
};

struct token {
	char text[TOKEN_LENGTH + 1];
	uint64_t expires_ms;
};

struct imds {
	struct imds_tree tree;
	struct token tokens[TOKENS_MOST]; /* a ring */
	size_t tokens_made;
	enum imds_condition condition;
	struct imds_faults faults;
};

/* EC2 serves the same content under every version that it lists. */
static const char *const versions[] = { "1.0", "2007-01-19", "2007-03-01", "2007-08-29",
	"2007-10-10", "2007-12-15", "2008-02-01", "2008-09-01", "2009-04-04",
	"2011-01-01", "2011-05-01", "2012-01-12", "2014-02-25", "2014-11-05",
	"2015-10-20", "2016-04-19", "2016-06-30", "2016-09-02", "2018-03-28",
	"2018-08-17", "2018-09-24", "2019-10-01", "2020-10-27", "2021-01-03",
	"2021-03-23", "2021-07-15", "2022-07-09", "2022-09-24", "2024-04-11", "latest" };

static const struct {
	unsigned int status;
	const char *reason;
} failures[] = {
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 500, "Internal Server Error" },
	{ 503, "Service Unavailable" },
};

struct imds *imds_new(const struct imds_spec *spec)
{
	struct imds *m = xcalloc(1, sizeof(*m));

	imds_content_add(&m->tree, spec);
	m->condition = spec->condition;
	return m;
}

struct imds *imds_free(struct imds *m)
{
	if (!m)
		return NULL;
	imds_tree_release(&m->tree);
	free(m);
	return NULL;
}

static void fail(struct httpd_response *response, unsigned int status)
{
	const char *reason = "";

	for (size_t i = 0; i < ARRAY_SIZE(failures); i++)
		if (failures[i].status == status)
			reason = failures[i].reason;
	response->status = status;
	strbuf_addf(&response->body,
		"<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n"
		"<html><head><title>%u - %s</title></head>"
		"<body><h1>%u - %s</h1></body></html>\n",
		status, reason, status, reason);
	httpd_response_header(response, "Content-Type", "text/html");
}

/* Seconds from 1 to TTL_MOST_S in decimal digits; 0 when it is anything else. */
static unsigned int parse_ttl(const char *text)
{
	unsigned int ttl_s = 0;

	if (!text || !*text)
		return 0;
	for (; *text; text++) {
		if (!isdigit((unsigned char)*text))
			return 0;
		ttl_s = ttl_s * 10 + (unsigned int)(*text - '0');
		if (ttl_s > TTL_MOST_S)
			return 0;
	}
	return ttl_s;
}

static bool make_token(char text[TOKEN_LENGTH + 1])
{
	uint8_t random[TOKEN_BYTES];

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return false;
	for (size_t i = 0; i < TOKEN_BYTES; i++)
		(void)snprintf(text + 2 * i, 3, "%02x", random[i]);
	return true;
}

static void hand_out_token(struct imds *m, const struct httpd_request *request,
	uint64_t now_ms, struct httpd_response *response)
{
	struct token *token = &m->tokens[m->tokens_made % TOKENS_MOST];
	unsigned int ttl_s = parse_ttl(request->header(request, IMDS_TTL_HEADER));
	char seconds[12];

	/* A reverse proxy in the instance must not be tricked into getting a token. */
	if (request->header(request, "X-Forwarded-For")) {
		fail(response, 403);
		return;
	}
	if (!ttl_s) {
		fail(response, 400);
		return;
	}
	if (!make_token(token->text)) {
		fail(response, 500);
		return;
	}
	m->tokens_made++;
	token->expires_ms = now_ms + UINT64_C(1000) * ttl_s;
	strbuf_add_str(&response->body, token->text);
	(void)snprintf(seconds, sizeof(seconds), "%u", ttl_s);
	httpd_response_header(response, IMDS_TTL_HEADER, seconds);
	httpd_response_header(response, "Content-Type", "text/plain");
}

static bool token_is_good(const struct imds *m, const char *text, uint64_t now_ms)
{
	if (!text)
		return false;
	for (size_t i = 0; i < TOKENS_MOST && i < m->tokens_made; i++)
		if (strcmp(m->tokens[i].text, text) == 0)
			return now_ms < m->tokens[i].expires_ms;
	return false;
}

/* The part of `path` behind "/<version>" without slashes at its end; NULL: no version. */
static char *path_in_version(const char *path)
{
	size_t length = strcspn(path + 1, "/");
	size_t end;

	for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
		if (strlen(versions[i]) != length ||
			strncmp(versions[i], path + 1, length) != 0)
			continue;
		path += 1 + length;
		path += strspn(path, "/");
		end = strlen(path);
		while (end > 0 && path[end - 1] == '/')
			end--;
		return xstrndup(path, end);
	}
	return NULL;
}

static void list_versions(struct strbuf *to)
{
	for (size_t i = 0; i < ARRAY_SIZE(versions); i++)
		strbuf_addf(to, "%s%s", i ? "\n" : "", versions[i]);
}

/* The one directory whose listing says more than names. */
static bool list_keys(const struct imds *m, struct strbuf *to)
{
	char path[64];
	size_t i;

	for (i = 0;; i++) {
		(void)snprintf(path, sizeof(path), IMDS_KEY_PATH, i);
		if (!imds_tree_find(&m->tree, path))
			return i > 0;
		strbuf_addf(to, "%s%zu=" IMDS_KEY_NAME, i ? "\n" : "", i);
		if (i)
			strbuf_addf(to, "-%zu", i);
	}
}

static bool find(const struct imds *m, const char *path, struct strbuf *to)
{
	const struct imds_entry *entry = imds_tree_find(&m->tree, path);

	if (entry) {
		strbuf_add(to, entry->value, entry->length_bytes);
		return true;
	}
	if (strcmp(path, "meta-data/public-keys") == 0)
		return list_keys(m, to);
	return imds_tree_list(&m->tree, path, to);
}

static void get(
	const struct imds *m, const char *request_path, struct httpd_response *response)
{
	CLEANUP(freep) char *path = NULL;

	if (request_path[strspn(request_path, "/")] == '\0') {
		list_versions(&response->body);
	} else {
		path = path_in_version(request_path);
		if (!path || !find(m, path, &response->body)) {
			fail(response, 404);
			return;
		}
	}
	httpd_response_header(response, "Content-Type",
		path && strcmp(path, "user-data") == 0 ? "application/octet-stream"
						       : "text/plain");
}

/* What a service that is well says. */
static void answer(struct imds *m, const struct httpd_request *request, uint64_t now_ms,
	struct httpd_response *response)
{
	bool is_get = strcmp(request->method, "GET") == 0 ||
		      strcmp(request->method, "HEAD") == 0;
	bool is_put = strcmp(request->method, "PUT") == 0;
	bool is_token = strcmp(request->path, "/latest/api/token") == 0;

	if (request->path[0] != '/')
		fail(response, 400);
	else if (is_put && is_token)
		hand_out_token(m, request, now_ms, response);
	else if (!is_get || is_token)
		fail(response, 405);
	else if (!token_is_good(
			 m, request->header(request, "X-aws-ec2-metadata-token"), now_ms))
		fail(response, 401);
	else
		get(m, request->path, response);
}

static void answer_faulty(struct imds *m, const struct httpd_request *request,
	uint64_t now_ms, struct httpd_response *response)
{
	switch (imds_faults_next(&m->faults)) {
	case IMDS_FAULT_SILENCE:
		response->status = 0;
		return;
	case IMDS_FAULT_BUSY:
		fail(response, 503);
		return;
	case IMDS_FAULT_FORGETS:
		m->tokens_made = 0;
		break;
	case IMDS_FAULT_NONE:
		break;
	}
	answer(m, request, now_ms, response);
}

void imds_answer(struct imds *m, const struct httpd_request *request, uint64_t now_ms,
	struct httpd_response *response)
{
	httpd_response_header(response, "Server", "EC2ws");
	httpd_response_header(response, "Connection", "close");
	switch (m->condition) {
	case IMDS_WELL:
		answer(m, request, now_ms, response);
		break;
	case IMDS_OFF:
		fail(response, 403);
		break;
	case IMDS_FAULTY:
		answer_faulty(m, request, now_ms, response);
		break;
	}
}
