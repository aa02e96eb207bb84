/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/imds_server.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "net/unix_socket.h"

enum { REQUEST_BODY_MOST_BYTES = 4096 }; /* no request has a body that means anything */

struct imds_server {
	struct imds *imds;
	struct httpd *httpd;
};

static void handle(const struct httpd_request *request, struct httpd_response *response,
	void *userdata)
{
	imds_answer(userdata, request, clock_now_ms(), response);
}

int imds_server_start(int dir_fd, const char *name, const struct imds_spec *spec,
	struct imds_server **ret, struct error *err)
{
	CLEANUP(imds_server_freep) struct imds_server *s = xcalloc(1, sizeof(*s));
	CLEANUP(fd_closep) int fd = -1;
	struct httpd_spec httpd = {
		.body_most_bytes = REQUEST_BODY_MOST_BYTES,
		.handle = handle,
	};

	s->imds = imds_new(spec);
	httpd.userdata = s->imds;
	if (unix_socket_listen(dir_fd, name, &fd, err) < 0 ||
		httpd_start(TAKE_FD(fd), &httpd, &s->httpd, err) < 0)
		return error_context(err, "start the metadata service");
	*ret = TAKE_PTR(s);
	return 0;
}

struct imds_server *imds_server_free(struct imds_server *s)
{
	if (!s)
		return NULL;
	s->httpd = httpd_free(s->httpd);
	s->imds = imds_free(s->imds);
	free(s);
	return NULL;
}
