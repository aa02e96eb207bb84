/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/http_client.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/term.h"
#include "net/http_transfer.h"

#include <curl/curl.h>

enum { CONNECTIONS_MOST = 64 };

struct http_client {
	CURLM *multi;
	char *ca_bundle;
	struct http_transfer **under_way;
	size_t count, room;
	uint64_t last_id;
};

int http_client_new(
	const struct http_client_spec *spec, struct http_client **ret, struct error *err)
{
	unsigned int most =
		spec->connections_most ? spec->connections_most : CONNECTIONS_MOST;
	struct http_client *c;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return error_set(err, ERR_SYSTEM, 0, "cannot start libcurl");
	c = xcalloc(1, sizeof(*c));
	c->multi = curl_multi_init();
	if (!c->multi)
		abort(); /* out of memory */
	c->ca_bundle = spec->ca_bundle ? xstrdup(spec->ca_bundle) : NULL;
	curl_multi_setopt(c->multi, CURLMOPT_MAXCONNECTS, (long)most);
	curl_multi_setopt(c->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)most);
	curl_multi_setopt(c->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
	*ret = c;
	return 0;
}

struct http_client *http_client_free(struct http_client *c)
{
	if (!c)
		return NULL;
	while (c->count)
		http_client_cancel(c, c->under_way[0]->id);
	curl_multi_cleanup(c->multi);
	curl_global_cleanup();
	free(c->under_way);
	free(c->ca_bundle);
	free(c);
	return NULL;
}

size_t http_client_under_way(const struct http_client *c)
{
	return c->count;
}

int http_client_submit(struct http_client *c, const struct http_request *request,
	uint64_t *ret_id, struct error *err)
{
	struct http_transfer *t;

	if (http_request_check(request, err) < 0)
		return -1;
	t = http_transfer_new(request, c->ca_bundle);
	if (curl_multi_add_handle(c->multi, t->easy) != CURLM_OK)
		abort(); /* out of memory: a new handle is in no other pool */
	array_reserve_one((void **)&c->under_way, c->count, &c->room,
		sizeof(struct http_transfer *));
	c->under_way[c->count++] = t;
	*ret_id = t->id = ++c->last_id;
	return 0;
}

/* Take one out of the pool; the caller frees it. */
static struct http_transfer *take_out(struct http_client *c, size_t at)
{
	struct http_transfer *t = c->under_way[at];

	curl_multi_remove_handle(c->multi, t->easy);
	c->under_way[at] = c->under_way[--c->count];
	return t;
}

void http_client_cancel(struct http_client *c, uint64_t id)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->under_way[i]->id == id) {
			(void)http_transfer_free(take_out(c, i));
			return;
		}
}

/* Hand a transfer's answer over; a failure's reason names method and origin, not the rest
 * of the URL, which may hold a signature. */
static void finish(
	struct http_client *c, size_t at, uint64_t *ret_id, struct http_answer *ret)
{
	struct http_transfer *t = take_out(c, at);

	if (t->answer.reason) {
		char *reason = t->answer.reason;

		t->answer.reason = xasprintf("%s: %s", t->what, reason);
		free(reason);
	}
	*ret_id = t->id;
	*ret = t->answer;
	t->answer = (struct http_answer)HTTP_ANSWER_INIT;
	(void)http_transfer_free(t);
}

/* The place of one that libcurl has ended, or c->count. */
static size_t find_ended(struct http_client *c)
{
	const CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(c->multi, &left))) {
		if (message->msg != CURLMSG_DONE)
			continue;
		for (size_t i = 0; i < c->count; i++)
			if (c->under_way[i]->easy == message->easy_handle) {
				http_transfer_judge(
					c->under_way[i], (int)message->data.result);
				return i;
			}
	}
	return c->count;
}

/* The place of one that has not moved for its stall_ms, or c->count; *timeout_ms shrinks
 * to when the next one may be due. */
static size_t find_stalled(struct http_client *c, int *timeout_ms)
{
	uint64_t now = clock_now_ms();

	for (size_t i = 0; i < c->count; i++) {
		struct http_transfer *t = c->under_way[i];
		uint64_t idle = now - t->moved_at_ms, most = t->request.stall_ms;

		if (!most || !t->connected)
			continue;
		if (idle >= most) {
			(void)http_answer_fail(&t->answer, HTTP_STALLED,
				"the connection stalled: no byte for %u ms",
				t->request.stall_ms);
			return i;
		}
		if (most - idle < (uint64_t)*timeout_ms)
			*timeout_ms = (int)(most - idle);
	}
	return c->count;
}

/* Wait for any transfer to go on. *ret_other: also_fd is readable. */
static int await(struct http_client *c, int also_fd, int timeout_ms, bool *ret_other,
	struct error *err)
{
	struct curl_waitfd fds[2];
	unsigned int count = 0;
	CURLMcode result;

	if (term_fd() >= 0)
		fds[count++] = (struct curl_waitfd){ term_fd(), CURL_WAIT_POLLIN, 0 };
	if (also_fd >= 0)
		fds[count++] = (struct curl_waitfd){ also_fd, CURL_WAIT_POLLIN, 0 };
	result = curl_multi_poll(c->multi, fds, count, timeout_ms, NULL);
	if (result != CURLM_OK)
		return error_set(err, ERR_SYSTEM, 0, "wait for HTTP answers: %s",
			curl_multi_strerror(result));
	*ret_other = also_fd >= 0 && fds[count - 1].revents;
	return 0;
}

int http_client_next(struct http_client *c, const struct http_wait *wait,
	uint64_t *ret_id, struct http_answer *ret, struct error *err)
{
	enum { WAIT_MOST_MS = 60000 };
	bool other = false;

	for (;;) {
		int left_ms = clock_poll_timeout(wait->deadline_ms), running;
		int timeout_ms =
			left_ms < 0 || left_ms > WAIT_MOST_MS ? WAIT_MOST_MS : left_ms;
		size_t at;

		if (term_check(err) < 0)
			return -1;
		curl_multi_perform(c->multi, &running);
		at = find_ended(c);
		if (at == c->count)
			at = find_stalled(c, &timeout_ms);
		if (at < c->count) {
			finish(c, at, ret_id, ret);
			return 0;
		}
		if ((!c->count && !wait->idle) || other || left_ms == 0) {
			*ret_id = 0;
			return 0;
		}
		if (await(c, wait->also_fd, timeout_ms, &other, err) < 0)
			return -1;
	}
}

int http_client_send(struct http_client *c, const struct http_request *request,
	struct http_answer *ret, struct error *err)
{
	static const struct http_wait forever = { .also_fd = -1 };
	CLEANUP(http_answer_releasep) struct http_answer answer = HTTP_ANSWER_INIT;
	uint64_t id, done;

	if (c->count)
		abort();
	if (http_client_submit(c, request, &id, err) < 0)
		return -1;
	if (http_client_next(c, &forever, &done, &answer, err) < 0) {
		http_client_cancel(c, id);
		return -1;
	}
	if (http_answer_check(&answer, err) < 0)
		return -1;
	*ret = answer;
	answer = (struct http_answer)HTTP_ANSWER_INIT;
	return 0;
}
