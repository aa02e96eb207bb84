/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/httpd.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

#include <microhttpd.h>

/* A guest may open many connections and stall on each: these bound what that costs here.
 */
enum {
	CONNECTIONS_MOST = 128,
	CONNECTION_MEMORY_BYTES = 32 << 10, /* request line and headers of one */
	CONNECTION_IDLE_S = 30,
};

struct httpd {
	struct MHD_Daemon *daemon;
	struct httpd_spec spec;
};

/* One request while its body comes in. */
struct exchange {
	struct strbuf body;
	bool too_long;
};

void httpd_response_header(struct httpd_response *r, const char *name, const char *value)
{
	if (r->header_count == HTTPD_HEADERS_MOST)
		abort();
	r->headers[r->header_count].name = name;
	r->headers[r->header_count].value = xstrdup(value);
	r->header_count++;
}

void httpd_response_release(struct httpd_response *r)
{
	for (size_t i = 0; i < r->header_count; i++)
		free(r->headers[i].value);
	strbuf_release(&r->body);
	*r = (struct httpd_response)HTTPD_RESPONSE_INIT;
}

static const char *request_header(const struct httpd_request *r, const char *name)
{
	return MHD_lookup_connection_value(r->source, MHD_HEADER_KIND, name);
}

static enum MHD_Result send_response(
	struct MHD_Connection *connection, const struct httpd_response *from)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(
		from->body.length_bytes, from->body.data, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result result = MHD_NO;

	if (!response)
		return MHD_NO;
	for (size_t i = 0; i < from->header_count; i++)
		if (MHD_add_response_header(response, from->headers[i].name,
			    from->headers[i].value) != MHD_YES)
			goto out;
	result = MHD_queue_response(connection, from->status, response);
out:
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result answer(struct httpd *h, struct MHD_Connection *connection,
	const char *path, const char *method, const struct exchange *x)
{
	CLEANUP(httpd_response_releasep)
	struct httpd_response response = HTTPD_RESPONSE_INIT;
	const struct httpd_request request = {
		.method = method,
		.path = path,
		.body = x->body.data,
		.body_bytes = x->body.length_bytes,
		.header = request_header,
		.source = connection,
	};

	if (x->too_long)
		response.status = MHD_HTTP_CONTENT_TOO_LARGE;
	else
		h->spec.handle(&request, &response, h->spec.userdata);
	return response.status ? send_response(connection, &response) : MHD_NO;
}

/*
 * libmicrohttpd calls this first when the headers are there, then for each piece of the
 * body, then once more with no piece, which is when to answer.
 */
static enum MHD_Result on_request(void *userdata, struct MHD_Connection *connection,
	const char *path, const char *method, const char *version, const char *piece,
	size_t *piece_bytes, void **state)
{
	struct httpd *h = userdata;
	struct exchange *x = *state;

	(void)version;
	if (!x) {
		x = xcalloc(1, sizeof(*x));
		x->body = (struct strbuf)STRBUF_INIT;
		*state = x;
		return MHD_YES;
	}
	if (*piece_bytes == 0)
		return answer(h, connection, path, method, x);
	if (*piece_bytes > h->spec.body_most_bytes - x->body.length_bytes)
		x->too_long = true;
	else if (!x->too_long)
		strbuf_add(&x->body, piece, *piece_bytes);
	*piece_bytes = 0;
	return MHD_YES;
}

static void on_completed(void *userdata, struct MHD_Connection *connection, void **state,
	enum MHD_RequestTerminationCode how)
{
	struct exchange *x = *state;

	(void)userdata;
	(void)connection;
	(void)how;
	if (!x)
		return;
	strbuf_release(&x->body);
	free(x);
	*state = NULL;
}

static void __attribute__((format(printf, 2, 0)))
ignore_log(void *userdata, const char *format, va_list ap)
{
	(void)userdata;
	(void)format;
	(void)ap;
}

int httpd_start(int listen_fd, const struct httpd_spec *spec, struct httpd **ret,
	struct error *err)
{
	struct httpd *h = xcalloc(1, sizeof(*h));

	h->spec = *spec;
	h->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL |
					     MHD_USE_ITC | MHD_USE_ERROR_LOG,
		0, NULL, NULL, on_request, h, MHD_OPTION_EXTERNAL_LOGGER, ignore_log,
		NULL, MHD_OPTION_LISTEN_SOCKET, listen_fd, MHD_OPTION_CONNECTION_LIMIT,
		(unsigned int)CONNECTIONS_MOST, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)CONNECTION_MEMORY_BYTES, MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned int)CONNECTION_IDLE_S, MHD_OPTION_NOTIFY_COMPLETED,
		on_completed, NULL, MHD_OPTION_END);
	/* Whether a failed start has closed the socket is not told, so it is left alone.
	 */
	if (!h->daemon) {
		free(h);
		return error_set(err, ERR_SYSTEM, 0,
			"cannot start the HTTP server on a socket of this program");
	}
	*ret = h;
	return 0;
}

struct httpd *httpd_free(struct httpd *h)
{
	if (!h)
		return NULL;
	MHD_stop_daemon(h->daemon);
	free(h);
	return NULL;
}
