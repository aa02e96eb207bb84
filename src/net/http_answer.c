/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/http_answer.h"

#include <stdarg.h>
#include <stdlib.h>
#include <strings.h>

#include "base/alloc.h"

static const enum err_code codes[] = {
	[HTTP_ANSWERED] = ERR_NONE,
	[HTTP_NOT_RESOLVED] = ERR_FETCH,
	[HTTP_NOT_CONNECTED] = ERR_FETCH,
	[HTTP_TLS_REFUSED] = ERR_UNTRUSTED,
	[HTTP_STALLED] = ERR_TIMEOUT,
	[HTTP_TOO_SLOW] = ERR_TIMEOUT,
	[HTTP_CUT_SHORT] = ERR_FETCH,
	[HTTP_TOO_BIG] = ERR_FORMAT,
	[HTTP_NOT_HTTP] = ERR_FORMAT,
	[HTTP_BODY_FAILED] = ERR_SYSTEM,
	[HTTP_SETUP_FAILED] = ERR_SYSTEM,
};

void http_answer_release(struct http_answer *a)
{
	free(a->reason);
	free(a->cause);
	for (size_t i = 0; i < a->field_count; i++)
		free(a->fields[i].value);
	strbuf_release(&a->body);
	*a = (struct http_answer)HTTP_ANSWER_INIT;
}

const char *http_answer_header(const struct http_answer *a, const char *name)
{
	for (size_t i = 0; i < a->field_count; i++)
		if (strcasecmp(a->fields[i].name, name) == 0)
			return a->fields[i].value;
	return NULL;
}

int http_answer_check(const struct http_answer *a, struct error *err)
{
	if (a->failure == HTTP_ANSWERED)
		return 0;
	if (a->cause) {
		*err = *a->cause;
		return error_context(err, "%s", a->reason);
	}
	return error_set(err, codes[a->failure], 0, "%s", a->reason);
}

int http_answer_fail(
	struct http_answer *a, enum http_failure failure, const char *fmt, ...)
{
	va_list ap;

	if (a->failure != HTTP_ANSWERED)
		return -1;
	a->failure = failure;
	va_start(ap, fmt);
	a->reason = xvasprintf(fmt, ap);
	va_end(ap);
	return -1;
}

int http_answer_fail_body(
	struct http_answer *a, const char *what, const struct error *err)
{
	if (a->failure == HTTP_ANSWERED)
		a->cause = xmemdup(err, sizeof(*err));
	return http_answer_fail(a, HTTP_BODY_FAILED, "%s", what);
}
