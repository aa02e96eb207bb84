/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/http_transfer.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"

#include <curl/curl.h>

/* PIECE_BYTES is what libcurl takes of a body at a time, 64 KiB unless told: twice that
 * halves the calls, which is seen on loopback; each request under way holds as much. */
enum { CONNECT_MS = 10000, PIECE_BYTES = 128 << 10 };

/* What libcurl's results mean here. */
static const struct {
	CURLcode result;
	enum http_failure failure;
	const char *text;
	bool with_detail;
} failures[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, HTTP_NOT_RESOLVED,
		"no address is known for its name", true },
	{ CURLE_COULDNT_RESOLVE_PROXY, HTTP_NOT_RESOLVED,
		"no address is known for the proxy of the environment", true },
	{ CURLE_COULDNT_CONNECT, HTTP_NOT_CONNECTED, "cannot connect", true },
	{ CURLE_PROXY, HTTP_NOT_CONNECTED, "the proxy of the environment refused", true },
	{ CURLE_SSL_CONNECT_ERROR, HTTP_TLS_REFUSED, "no TLS there", true },
	{ CURLE_SSL_CIPHER, HTTP_TLS_REFUSED, "no common cipher", true },
	{ CURLE_SSL_CACERT_BADFILE, HTTP_SETUP_FAILED,
		"cannot read the bundle of certificate authorities", true },
	{ CURLE_GOT_NOTHING, HTTP_CUT_SHORT,
		"the connection was closed before any answer", false },
	{ CURLE_PARTIAL_FILE, HTTP_CUT_SHORT,
		"the connection was closed in the middle of the answer", true },
	{ CURLE_RECV_ERROR, HTTP_CUT_SHORT, "the connection broke", true },
	{ CURLE_SEND_ERROR, HTTP_CUT_SHORT, "the connection broke while sending", true },
	{ CURLE_SEND_FAIL_REWIND, HTTP_CUT_SHORT, "the connection broke while sending",
		true },
	{ CURLE_UNSUPPORTED_PROTOCOL, HTTP_NOT_HTTP, "what answers is no HTTP/1.1 server",
		false },
	{ CURLE_WEIRD_SERVER_REPLY, HTTP_NOT_HTTP, "what answers is no HTTP/1.1 server",
		true },
	{ CURLE_BAD_CONTENT_ENCODING, HTTP_NOT_HTTP, "the answer's body is malformed",
		true },
	/* What libcurl said of a line longer than its own cap before it had the next. */
	{ CURLE_OUT_OF_MEMORY, HTTP_TOO_BIG, "a header of the answer is too long",
		false },
	{ (CURLcode)100 /* CURLE_TOO_LARGE, since 8.6 */, HTTP_TOO_BIG,
		"a header of the answer is too long", false },
};

static size_t on_header(char *line, size_t one, size_t length, void *userdata)
{
	struct http_transfer *t = userdata;

	(void)one;
	t->moved_at_ms = clock_now_ms();
	return http_receive_line(&t->receiver, line, length) < 0 ? 0 : length;
}

static size_t on_body(char *bytes, size_t one, size_t length, void *userdata)
{
	struct http_transfer *t = userdata;

	(void)one;
	/* Not the length: that would mean that all was well. */
	if (http_receive_body(&t->receiver, bytes, length) < 0)
		return length ? 0 : 1;
	return length;
}

static size_t on_source(char *to, size_t one, size_t room, void *userdata)
{
	struct http_transfer *t = userdata;
	const struct http_request *r = &t->request;
	uint64_t left = r->body_bytes - t->body_at_bytes;
	struct error err = ERROR_INIT;
	size_t got = room < left ? room : (size_t)left;

	(void)one;
	if (!got)
		return 0;
	if (r->body) {
		memcpy(to, (const char *)r->body + t->body_at_bytes, got);
	} else if (r->source(r->userdata, t->body_at_bytes, to, got, &got, &err) < 0) {
		(void)http_answer_fail_body(&t->answer, "read what is to be sent", &err);
		return CURL_READFUNC_ABORT;
	} else if (!got) {
		(void)error_set(&err, ERR_FORMAT, 0, "it ends %llu bytes early",
			(unsigned long long)left);
		(void)http_answer_fail_body(&t->answer, "read what is to be sent", &err);
		return CURL_READFUNC_ABORT;
	}
	t->body_at_bytes += got;
	return got;
}

/* A kept connection was dead: the request starts anew. */
static int on_seek(void *userdata, curl_off_t offset, int origin)
{
	struct http_transfer *t = userdata;

	if (origin != SEEK_SET || offset < 0 || (uint64_t)offset > t->request.body_bytes)
		return CURL_SEEKFUNC_FAIL;
	t->body_at_bytes = (uint64_t)offset;
	return CURL_SEEKFUNC_OK;
}

static int on_connected(
	void *userdata, char *there, char *here, int port_there, int port_here)
{
	struct http_transfer *t = userdata;

	(void)there;
	(void)here;
	(void)port_there;
	(void)port_here;
	t->connected = true;
	t->moved_at_ms = clock_now_ms();
	return CURL_PREREQFUNC_OK;
}

static int on_moved(void *userdata, curl_off_t total_down, curl_off_t down,
	curl_off_t total_up, curl_off_t up)
{
	struct http_transfer *t = userdata;

	(void)total_down;
	(void)total_up;
	if (down + up != t->moved_bytes) {
		t->moved_bytes = down + up;
		t->moved_at_ms = clock_now_ms();
	}
	return 0;
}

struct http_transfer *http_transfer_free(struct http_transfer *t)
{
	if (!t)
		return NULL;
	curl_easy_cleanup(t->easy);
	curl_slist_free_all(t->headers);
	http_answer_release(&t->answer);
	free(t->what);
	free(t);
	return NULL;
}

static void add_header(struct http_transfer *t, const char *line)
{
	struct curl_slist *list = curl_slist_append(t->headers, line);

	if (!list)
		abort(); /* out of memory */
	t->headers = list;
}

static void set_headers(struct http_transfer *t)
{
	/* What libcurl adds of its own, unless the request has a header of the name. */
	static const char *const left_out[] = {
		"Accept:", "Expect:", "User-Agent:", "Content-Type:"
	};

	for (size_t i = 0; i < t->request.header_count; i++) {
		const struct http_header *h = &t->request.headers[i];
		CLEANUP(freep)
		char *line = *h->value ? xasprintf("%s: %s", h->name, h->value)
				       : xasprintf("%s;", h->name);

		add_header(t, line);
	}
	for (size_t i = 0; i < ARRAY_SIZE(left_out); i++)
		add_header(t, left_out[i]);
	curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
}

static void set_method(struct http_transfer *t)
{
	const struct http_request *r = &t->request;

	if (strcmp(r->method, "HEAD") == 0) {
		curl_easy_setopt(t->easy, CURLOPT_NOBODY, 1L);
		return;
	}
	/* A PUT or POST without a body says so: Content-Length: 0. */
	if (r->body_bytes || strcmp(r->method, "PUT") == 0 ||
		strcmp(r->method, "POST") == 0) {
		curl_easy_setopt(t->easy, CURLOPT_UPLOAD, 1L);
		curl_easy_setopt(
			t->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)r->body_bytes);
		curl_easy_setopt(t->easy, CURLOPT_UPLOAD_BUFFERSIZE, (long)PIECE_BYTES);
		curl_easy_setopt(t->easy, CURLOPT_READFUNCTION, on_source);
		curl_easy_setopt(t->easy, CURLOPT_READDATA, t);
		curl_easy_setopt(t->easy, CURLOPT_SEEKFUNCTION, on_seek);
		curl_easy_setopt(t->easy, CURLOPT_SEEKDATA, t);
	}
	curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, r->method);
}

static void set_trust(struct http_transfer *t, const char *ca_bundle)
{
	curl_easy_setopt(t->easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(t->easy, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(t->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (ca_bundle)
		curl_easy_setopt(t->easy, CURLOPT_CAINFO, ca_bundle);
	/* Of the environment's proxies, none is asked for this machine's own ports. */
	if (t->request.direct || http_url_is_loopback(t->request.url))
		curl_easy_setopt(t->easy, CURLOPT_PROXY, "");
	curl_easy_setopt(t->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

static void set_transport(struct http_transfer *t)
{
	const struct http_request *r = &t->request;

	curl_easy_setopt(t->easy, CURLOPT_URL, r->url);
	curl_easy_setopt(t->easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(t->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(t->easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
	/* A name that is still being looked up does not hold up a Ctrl-C. */
	curl_easy_setopt(t->easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(t->easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS,
		(long)(r->connect_ms ? r->connect_ms : CONNECT_MS));
	curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, (long)r->attempt_ms);
	curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->detail);
	curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(t->easy, CURLOPT_PREREQFUNCTION, on_connected);
	curl_easy_setopt(t->easy, CURLOPT_PREREQDATA, t);
	curl_easy_setopt(t->easy, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(t->easy, CURLOPT_XFERINFOFUNCTION, on_moved);
	curl_easy_setopt(t->easy, CURLOPT_XFERINFODATA, t);
	curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
}

struct http_transfer *http_transfer_new(
	const struct http_request *request, const char *ca_bundle)
{
	CLEANUP(freep) char *origin = http_url_origin(request->url);
	struct http_transfer *t = xcalloc(1, sizeof(*t));

	t->easy = curl_easy_init();
	if (!t->easy)
		abort(); /* out of memory */
	t->request = *request;
	t->what = xasprintf("%s %s", request->method, origin);
	t->answer = (struct http_answer)HTTP_ANSWER_INIT;
	t->receiver.request = &t->request;
	t->receiver.answer = &t->answer;
	set_transport(t);
	set_trust(t, ca_bundle);
	set_method(t);
	set_headers(t);
	return t;
}

/* A handshake that the network broke says nothing about trust: it may be tried again. */
static bool handshake_broke(const struct http_transfer *t)
{
	return strstr(t->detail, "SSL_ERROR_SYSCALL") || strstr(t->detail, "reset") ||
	       strstr(t->detail, "unexpected eof");
}

/* Why a certificate was refused, and what to do. */
static void fail_trust(struct http_transfer *t)
{
	/* Values of X509_V_ERR_… in OpenSSL's x509_vfy.h, which X509_verify_cert()
	 * gives. 0 and 1 (unspecified) are a good one of another host: libcurl compares
	 * names itself. */
	static const struct {
		long from, to;
		const char *text;
	} verdicts[] = {
		{ 0, 1, "its certificate is another host's; is the name right?" },
		{ 9, 9, "its certificate is not valid yet; is the clock here right?" },
		{ 10, 10, "its certificate has expired; is the clock here right?" },
		{ 2, 2, NULL },
		{ 18, 21, NULL },
	};
	static const char untrusted[] =
		"its certificate comes from an authority that is not trusted here; if "
		"the endpoint is yours, give its authority's certificate as CA bundle";
	long verdict = 0;

	curl_easy_getinfo(t->easy, CURLINFO_SSL_VERIFYRESULT, &verdict);
	for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++) {
		if (verdict < verdicts[i].from || verdict > verdicts[i].to)
			continue;
		(void)http_answer_fail(&t->answer, HTTP_TLS_REFUSED, "%s (%s)",
			verdicts[i].text ? verdicts[i].text : untrusted, t->detail);
		return;
	}
	(void)http_answer_fail(&t->answer, HTTP_TLS_REFUSED,
		"its certificate is not accepted (%s)", t->detail);
}

static void fail_late(struct http_transfer *t)
{
	if (t->connected)
		(void)http_answer_fail(&t->answer, HTTP_TOO_SLOW, "not done within %u ms",
			t->request.attempt_ms);
	else
		(void)http_answer_fail(&t->answer, HTTP_NOT_CONNECTED,
			"no connection in time (%s)", t->detail);
}

void http_transfer_judge(struct http_transfer *t, int code)
{
	CURLcode result = (CURLcode)code;

	if (t->answer.failure)
		return;
	/* An end in the middle of the headers is all the same to libcurl. */
	if (result == CURLE_OK && !t->receiver.headers_done)
		result = CURLE_PARTIAL_FILE;
	if (result == CURLE_OK)
		return;
	if (result == CURLE_OPERATION_TIMEDOUT) {
		fail_late(t);
		return;
	}
	if (result == CURLE_PEER_FAILED_VERIFICATION) {
		fail_trust(t);
		return;
	}
	if (result == CURLE_SSL_CONNECT_ERROR && handshake_broke(t)) {
		(void)http_answer_fail(&t->answer, HTTP_NOT_CONNECTED,
			"the connection broke in the TLS handshake (%s)", t->detail);
		return;
	}
	if (!t->connected && (result == CURLE_RECV_ERROR || result == CURLE_SEND_ERROR)) {
		(void)http_answer_fail(&t->answer, HTTP_NOT_CONNECTED,
			"no way through the proxy of the environment (%s)", t->detail);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(failures); i++) {
		if (failures[i].result != result)
			continue;
		(void)http_answer_fail(&t->answer, failures[i].failure,
			failures[i].with_detail && *t->detail ? "%s (%s)" : "%s",
			failures[i].text, t->detail);
		return;
	}
	(void)http_answer_fail(&t->answer, HTTP_SETUP_FAILED, "%s",
		*t->detail ? t->detail : curl_easy_strerror(result));
}
