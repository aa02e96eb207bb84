/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests of the HTTP client share: clients, and requests to a fake server.
 */
#pragma once

#include "unit.h"

#include "fake.h"
#include "net/http_client.h"

#define ANSWERS(a) "{\"answers\": [" a "]}"

/* A request of a table below, with what the table leaves out. */
static inline struct http_request filled(const struct http_request *told, const char *url)
{
	struct http_request r = *told;

	r.url = url;
	if (!r.method)
		r.method = "GET";
	if (!r.body_most_bytes)
		r.body_most_bytes = 1000000;
	if (!r.connect_ms)
		r.connect_ms = UNIT_PATIENCE_MS;
	if (!r.attempt_ms)
		r.attempt_ms = UNIT_PATIENCE_MS;
	return r;
}

static const struct http_request plain_request __attribute__((unused));

static inline struct http_client *make_client(
	const char *ca_bundle, unsigned int connections)
{
	const struct http_client_spec spec = { .ca_bundle = ca_bundle,
		.connections_most = connections };
	struct http_client *c = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(http_client_new(&spec, &c, &err), 0);
	return c;
}

/* Send one request; whatever becomes of it. */
static inline void ask(struct http_client *c, const struct fake *f, const char *path,
	const struct http_request *how, struct http_answer *ret)
{
	static const struct http_wait forever = { .also_fd = -1 };
	CLEANUP(freep) char *url = fake_url(f, path);
	const struct http_request r = filled(how, url);
	struct error err = ERROR_INIT;
	uint64_t id, done;

	if (http_client_submit(c, &r, &id, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(http_client_next(c, &forever, &done, ret, &err), 0);
	assert_int_equal(done, id);
	assert_int_equal(http_client_under_way(c), 0);
}

static inline unsigned long count_connections(const char *dir)
{
	CLEANUP(freep) char *path = path_join(dir, "requests/connections"), *text = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(file_read_all(path, 100, &text, NULL, &err), 0);
	return strtoul(text, NULL, 10);
}
