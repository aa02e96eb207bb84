/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "imds/imds.h"

#include <linux/errno.h>
#include <linux/poll.h>
#include <stdbool.h>

#include "imds/links.h"
#include "rt/string.h"
#include "rt/sys.h"
#include "rt/text.h"

enum {
	PAUSE_FIRST_MS = 50,
	PAUSE_MOST_MS = 2000,
	REFUSALS_MOST = 3, /* of tokens that were just got */
};

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static int ms_until(uint64_t when_ms)
{
	uint64_t now_ms = sys_clock_ms();
	uint64_t left_ms = when_ms > now_ms ? when_ms - now_ms : 0;

	return left_ms > 60000 ? 60000 : (int)left_ms;
}

static unsigned int next_pause(unsigned int pause_ms)
{
	return pause_ms >= PAUSE_MOST_MS / 2 ? PAUSE_MOST_MS : 2 * pause_ms;
}

static size_t write_token_request(char *to, size_t room, const struct address *endpoint)
{
	struct text t = text_in(to, room);

	text_addf(&t,
		"PUT /latest/api/token HTTP/1.1\r\nHost: %s\r\n"
		"X-aws-ec2-metadata-token-ttl-seconds: %d\r\n"
		"Content-Length: 0\r\nConnection: close\r\n\r\n",
		endpoint->text, IMDS_TOKEN_TTL_S);
	return t.length_bytes;
}

static size_t write_get_request(struct imds *m, const char *path)
{
	struct text t = TEXT_IN(m->request);

	text_addf(&t,
		"GET /latest/%s HTTP/1.1\r\nHost: %s\r\n"
		"X-aws-ec2-metadata-token: %s\r\nConnection: close\r\n\r\n",
		path, m->endpoint->text, m->token);
	return t.cut ? 0 : t.length_bytes;
}

/* An endpoint that the instance has no way to says less than any answer of the other. */
static void note_failure(struct imds *m, const struct address *endpoint, int error)
{
	struct text t;

	if (error == -ENETUNREACH && m->trouble[0])
		return;
	t = TEXT_IN(m->trouble);

	text_addf(&t, "%s: %s", endpoint->text, text_errno(error));
}

static void note_status(struct imds *m, const struct address *endpoint, const char *what,
	unsigned int status)
{
	struct text t = TEXT_IN(m->trouble);

	text_addf(&t, "%s answers %u to %s", endpoint->text, status, what);
}

/* It goes into a header of ours: visible ASCII only, so nothing can be smuggled in. */
static bool take_token(struct imds *m, const struct http_response *r)
{
	if (!r->body_bytes || r->body_bytes > IMDS_TOKEN_MOST_BYTES)
		return false;
	for (size_t i = 0; i < r->body_bytes; i++)
		if (r->body[i] <= ' ' || r->body[i] > '~')
			return false;
	memcpy(m->token, r->body, r->body_bytes);
	m->token[r->body_bytes] = '\0';
	/* Get the next one in good time before this one ends. */
	m->token_until_ms = sys_clock_ms() + UINT64_C(1000) * (IMDS_TOKEN_TTL_S - 60);
	return true;
}

/* What a whole answer to the request for a token means; IMDS_ABSENT: try again. */
static enum imds_result judge_token(
	struct imds *m, const struct address *endpoint, const struct http_response *r)
{
	if (r->status == 200 && take_token(m, r)) {
		m->endpoint = endpoint;
		return IMDS_OK;
	}
	note_status(m, endpoint, "the request for a token", r->status);
	return r->status == 403 ? IMDS_OFF : IMDS_ABSENT;
}

static void contend_again(struct imds *m, size_t i)
{
	m->contenders[i].next_ms = sys_clock_ms() + m->contenders[i].pause_ms;
	m->contenders[i].pause_ms = next_pause(m->contenders[i].pause_ms);
}

static void begin_due(struct imds *m, size_t i)
{
	const struct address *endpoint = &m->options.endpoints[i];
	uint64_t now_ms = sys_clock_ms();
	struct exchange_spec spec = {
		.to = endpoint,
		.request = m->contenders[i].request,
		.buffer = m->contenders[i].response,
		.buffer_bytes = sizeof(m->contenders[i].response),
		.body_most_bytes = IMDS_TOKEN_MOST_BYTES,
		.deadline_ms = now_ms + m->options.request_ms,
	};

	if (m->contenders[i].exchange.fd >= 0 || m->contenders[i].next_ms > now_ms)
		return;
	spec.request_bytes = write_token_request(
		m->contenders[i].request, sizeof(m->contenders[i].request), endpoint);
	if (exchange_begin(&m->contenders[i].exchange, &spec) == EXCHANGE_FAILED) {
		note_failure(m, endpoint, m->contenders[i].exchange.error);
		contend_again(m, i);
	}
}

/* Wait until any contender can go on or is due, or the network changes; true: it did. */
static bool wait_for_any(struct imds *m)
{
	struct pollfd fds[1 + IMDS_ENDPOINTS_MOST] = {
		{ .fd = m->links, .events = POLLIN },
	};
	uint64_t until_ms = m->options.deadline_ms;

	for (size_t i = 0; i < m->options.endpoints_count; i++) {
		const struct exchange *x = &m->contenders[i].exchange;

		fds[1 + i] = (struct pollfd){ .fd = x->fd };
		if (x->fd >= 0) {
			fds[1 + i].events = exchange_poll_events(x);
			until_ms = earlier(until_ms, x->deadline_ms);
		} else {
			until_ms = earlier(until_ms, m->contenders[i].next_ms);
		}
	}
	(void)sys_poll(fds, 1 + m->options.endpoints_count, ms_until(until_ms));
	return m->links >= 0 && links_drain(m->links);
}

static enum imds_result step_contender(struct imds *m, size_t i)
{
	struct exchange *x = &m->contenders[i].exchange;
	enum imds_result result = IMDS_ABSENT;

	if (x->fd < 0)
		return IMDS_ABSENT;
	switch (exchange_step(x)) {
	case EXCHANGE_PENDING:
		return IMDS_ABSENT;
	case EXCHANGE_DONE:
		result = judge_token(m, &m->options.endpoints[i], &x->response);
		break;
	case EXCHANGE_FAILED:
		note_failure(m, &m->options.endpoints[i], x->error);
		break;
	}
	if (result == IMDS_ABSENT)
		contend_again(m, i);
	return result;
}

/*
 * A way may have opened: whoever pauses tries now, and a connection that is not made yet
 * is begun again, since its first packet may have been sent into nowhere.
 */
static void hurry(struct imds *m)
{
	for (size_t i = 0; i < m->options.endpoints_count; i++) {
		if (m->contenders[i].exchange.connected)
			continue;
		exchange_end(&m->contenders[i].exchange);
		m->contenders[i].next_ms = 0;
		m->contenders[i].pause_ms = PAUSE_FIRST_MS;
	}
}

static enum imds_result contend(struct imds *m)
{
	enum imds_result result = IMDS_ABSENT;

	while (result == IMDS_ABSENT && sys_clock_ms() < m->options.deadline_ms) {
		for (size_t i = 0; i < m->options.endpoints_count; i++)
			begin_due(m, i);
		if (wait_for_any(m))
			hurry(m);
		for (size_t i = 0; i < m->options.endpoints_count; i++) {
			result = step_contender(m, i);
			if (result != IMDS_ABSENT)
				break;
		}
	}
	return result == IMDS_ABSENT ? IMDS_UNREACHABLE : result;
}

enum imds_result imds_open(struct imds *m, const struct imds_options *options)
{
	enum imds_result result;

	memset(m, 0, sizeof(*m));
	m->options = *options;
	/* Without it pauses are not cut short; nothing else is lost. */
	m->links = links_open();
	for (size_t i = 0; i < IMDS_ENDPOINTS_MOST; i++) {
		m->contenders[i].exchange.fd = -1;
		m->contenders[i].pause_ms = PAUSE_FIRST_MS;
	}
	result = contend(m);
	for (size_t i = 0; i < options->endpoints_count; i++)
		exchange_end(&m->contenders[i].exchange);
	if (result != IMDS_OK)
		imds_close(m);
	return result;
}

void imds_close(struct imds *m)
{
	sys_closep(&m->links);
	memset(m->token, 0, sizeof(m->token));
}

/* One exchange with the endpoint that was chosen, to its end. */
static enum exchange_result run_exchange(
	struct imds *m, struct exchange *x, size_t request_bytes, size_t most)
{
	const struct exchange_spec spec = {
		.to = m->endpoint,
		.request = m->request,
		.request_bytes = request_bytes,
		.buffer = m->response,
		.buffer_bytes = sizeof(m->response),
		.body_most_bytes = most,
		.deadline_ms = earlier(
			m->options.deadline_ms, sys_clock_ms() + m->options.request_ms),
	};
	enum exchange_result result = exchange_begin(x, &spec);

	while (result == EXCHANGE_PENDING) {
		struct pollfd fd = { .fd = x->fd, .events = exchange_poll_events(x) };

		(void)sys_poll(&fd, 1, ms_until(x->deadline_ms));
		result = exchange_step(x);
	}
	if (result == EXCHANGE_FAILED)
		note_failure(m, m->endpoint, x->error);
	return result;
}

/* IMDS_ABSENT: it did not work this time. */
static enum imds_result renew_token(struct imds *m)
{
	struct exchange x = EXCHANGE_INIT;
	size_t bytes = write_token_request(m->request, sizeof(m->request), m->endpoint);

	if (run_exchange(m, &x, bytes, IMDS_TOKEN_MOST_BYTES) != EXCHANGE_DONE)
		return IMDS_ABSENT;
	return judge_token(m, m->endpoint, &x.response);
}

/* What one attempt came to. */
enum attempt { ATTEMPT_OVER, ATTEMPT_AGAIN, ATTEMPT_TOKEN_REFUSED };

static enum attempt attempt_get(
	struct imds *m, const char *path, struct exchange *x, enum imds_result *result)
{
	size_t bytes = write_get_request(m, path);

	if (!bytes) {
		note_failure(m, m->endpoint, -ENAMETOOLONG);
		*result = IMDS_UNREACHABLE;
		return ATTEMPT_OVER;
	}
	if (run_exchange(m, x, bytes, IMDS_VALUE_MOST_BYTES) != EXCHANGE_DONE)
		return ATTEMPT_AGAIN;
	switch (x->response.status) {
	case 200:
		*result = IMDS_OK;
		return ATTEMPT_OVER;
	case 404:
		*result = IMDS_ABSENT;
		return ATTEMPT_OVER;
	case 403:
		*result = IMDS_OFF;
		return ATTEMPT_OVER;
	case 401:
		note_status(m, m->endpoint, path, 401);
		return ATTEMPT_TOKEN_REFUSED;
	default:
		note_status(m, m->endpoint, path, x->response.status);
		return ATTEMPT_AGAIN;
	}
}

static void pause_for(struct imds *m, unsigned int pause_ms)
{
	struct pollfd links = { .fd = m->links, .events = POLLIN };
	uint64_t until_ms = earlier(m->options.deadline_ms, sys_clock_ms() + pause_ms);

	(void)sys_poll(&links, 1, ms_until(until_ms));
	if (m->links >= 0)
		(void)links_drain(m->links);
}

enum imds_result imds_get(
	struct imds *m, const char *path, const char **ret, size_t *ret_bytes)
{
	unsigned int pause_ms = PAUSE_FIRST_MS, refusals = 0;
	struct exchange x = EXCHANGE_INIT;
	enum imds_result result = IMDS_OK;

	for (; sys_clock_ms() < m->options.deadline_ms; pause_ms = next_pause(pause_ms)) {
		enum attempt attempt = ATTEMPT_TOKEN_REFUSED;

		if (sys_clock_ms() < m->token_until_ms)
			attempt = attempt_get(m, path, &x, &result);
		if (attempt == ATTEMPT_TOKEN_REFUSED) {
			result = renew_token(m);
			if (result == IMDS_OFF)
				return result;
			/* A token that was got and is refused time and again: pause. */
			if (result == IMDS_OK && refusals++ < REFUSALS_MOST)
				continue;
		}
		if (attempt == ATTEMPT_OVER) {
			*ret = x.response.body;
			*ret_bytes = x.response.body_bytes;
			return result;
		}
		pause_for(m, pause_ms);
	}
	return IMDS_UNREACHABLE;
}
