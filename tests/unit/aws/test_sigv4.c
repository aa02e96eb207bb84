/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/sigv4.h"

#include "unit.h"

#include <pthread.h>
#include <time.h>

#include "aws/sigv4_canonical.h"
#include "base/proc.h"
#include "base/strv.h"
#include "base/workers.h"
#include "sigv4_vectors.h"

static size_t pairs_count(const struct sigv4_pair *pairs)
{
	size_t count = 0;

	while (pairs[count].name)
		count++;
	return count;
}

static const char *header(const struct sigv4_signed *s, const char *name)
{
	for (size_t i = 0; i < s->header_count; i++)
		if (strcmp(s->headers[i].name, name) == 0)
			return s->headers[i].value;
	return NULL;
}

/* What stands behind the last "Signature=". */
static const char *signature_of(const struct sigv4_signed *s)
{
	const char *in = s->authorization ? s->authorization : s->query;
	const char *from = strstr(in, "Signature=");

	return from ? from + strlen("Signature=") : "";
}

static void sign_vector(struct sigv4_signer *signer, const struct vector *v,
	bool in_query, struct sigv4_signed *ret)
{
	const struct sigv4_request request = {
		.method = v->method,
		.host = VECTOR_HOST,
		.path = v->path,
		.query = v->query,
		.query_count = pairs_count(v->query),
		.headers = v->headers,
		.header_count = pairs_count(v->headers),
		.payload_hash = v->payload_hash,
	};
	const struct sigv4_scope scope = {
		.access_key_id = VECTOR_ACCESS_KEY,
		.secret_access_key = VECTOR_SECRET,
		.session_token = v->token_unsigned ? NULL : v->token,
		.region = "us-east-1",
		.service = "service",
		.time = VECTOR_TIME,
		.flags = (v->keep_dots ? SIGV4_KEEP_DOTS : 0U) |
			 (v->hash_signed ? SIGV4_HASH_HEADER : 0U),
	};

	if (in_query)
		sigv4_presign(signer, &scope, &request, VECTOR_EXPIRES_S, ret);
	else
		sigv4_sign(signer, &scope, &request, ret);
}

static void every_vector_is_signed(void **state)
{
	CLEANUP(sigv4_signer_freep) struct sigv4_signer *signer = sigv4_signer_new();

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(vectors); i++) {
		const struct vector *v = &vectors[i / 2];
		CLEANUP(sigv4_signed_releasep) struct sigv4_signed got = { 0 };
		bool in_query = i % 2;

		sign_vector(signer, v, in_query, &got);
		if (strcmp(signature_of(&got),
			    in_query ? v->query_signature : v->header_signature) != 0)
			fail_msg("%s is signed by %s", v->name,
				in_query ? got.query : got.authorization);
	}
}

static void headers_are_complete(void **state)
{
	static const struct sigv4_pair query[] = { { "b", "x y" }, { "a", "" } };
	static const struct sigv4_request request = { .method = "PUT",
		.host = "h",
		.path = "/",
		.query = query,
		.query_count = 2 };
	struct sigv4_scope scope = {
		.access_key_id = "AKID",
		.secret_access_key = "secret",
		.session_token = "token",
		.region = "eu-west-1",
		.service = "s3",
		.time = VECTOR_TIME,
		.flags = SIGV4_S3,
	};
	static const char begin[] =
		"AWS4-HMAC-SHA256 Credential=AKID/20150830/eu-west-1/s3/aws4_request, "
		"SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,"
		" "
		"Signature=";
	CLEANUP(sigv4_signer_freep) struct sigv4_signer *signer = sigv4_signer_new();
	CLEANUP(sigv4_signed_releasep) struct sigv4_signed got = { 0 };

	(void)state;
	sigv4_sign(signer, &scope, &request, &got);
	assert_int_equal(got.header_count, 4);
	assert_string_equal(header(&got, "X-Amz-Date"), "20150830T123600Z");
	assert_string_equal(header(&got, "X-Amz-Security-Token"), "token");
	assert_string_equal(header(&got, "X-Amz-Content-Sha256"),
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_memory_equal(header(&got, "Authorization"), begin, sizeof(begin) - 1);
	assert_int_equal(strlen(signature_of(&got)), 64);
	assert_string_equal(got.query, "a=&b=x%20y");

	sigv4_signed_release(&got);
	scope.session_token = NULL;
	scope.flags = 0;
	sigv4_sign(signer, &scope, &request, &got);
	assert_int_equal(got.header_count, 2);

	sigv4_signed_release(&got);
	sigv4_presign(signer, &scope, &request, 60, &got);
	assert_int_equal(got.header_count, 0);
	assert_non_null(strstr(got.query, "X-Amz-Expires=60&"));
}

/* A case of the oracle, its strings inside its lines. */
struct case_read {
	char *fields[11];
	struct sigv4_pair query[8], headers[8];
	size_t query_count, header_count;
};

static time_t parse_date(const char *text)
{
	struct tm tm = { 0 };

	assert_non_null(strptime(text, "%Y%m%dT%H%M%SZ", &tm));
	return timegm(&tm);
}

static void sign_case(
	struct sigv4_signer *signer, const struct case_read *c, const char *expected)
{
	CLEANUP(sigv4_signed_releasep) struct sigv4_signed got = { 0 };
	const char *kind = c->fields[1];
	const struct sigv4_request request = {
		.method = c->fields[2],
		.host = c->fields[3],
		.path = c->fields[4],
		.query = c->query,
		.query_count = c->query_count,
		.headers = c->headers,
		.header_count = c->header_count,
		.payload_hash = *c->fields[5] ? c->fields[5] : NULL,
	};
	const struct sigv4_scope scope = {
		.access_key_id = VECTOR_ACCESS_KEY,
		.secret_access_key = VECTOR_SECRET,
		.session_token = *c->fields[6] ? c->fields[6] : NULL,
		.region = c->fields[7],
		.service = c->fields[8],
		.time = parse_date(c->fields[9]),
		.flags = strncmp(kind, "s3", 2) == 0	 ? SIGV4_S3
			 : strcmp(kind, "unsigned") == 0 ? SIGV4_HASH_HEADER
							 : 0U,
	};

	if (strstr(kind, "query"))
		sigv4_presign(signer, &scope, &request,
			(unsigned int)strtoul(c->fields[10], NULL, 10), &got);
	else
		sigv4_sign(signer, &scope, &request, &got);
	if (strcmp(signature_of(&got), expected) != 0)
		fail_msg("%s %s '%s': not %s: %s", kind, request.method, request.path,
			expected, got.authorization ? got.authorization : got.query);
}

/* The tab-separated fields of `line`, at most `most`. */
static size_t split_line(char *line, char **fields, size_t most)
{
	size_t count = 0;

	while (line && count < most)
		fields[count++] = strsep(&line, "\t");
	return count;
}

static void botocore_signs_the_same(void **state)
{
	static const char *const argv[] = { "/usr/bin/python3", SIGV4_ORACLE, "20261121",
		"400", NULL };
	CLEANUP(sigv4_signer_freep) struct sigv4_signer *signer = sigv4_signer_new();
	CLEANUP(proc_result_releasep) struct proc_result said = { 0 };
	struct error err = ERROR_INIT;
	struct case_read c = { 0 };
	size_t cases = 0;
	char *rest, *line;

	(void)state;
	if (proc_run(&(struct proc_spec){ .argv = argv }, &said, &err) < 0)
		fail_msg("%s\n%s", err.msg, err.output);
	rest = said.out;
	while ((line = strsep(&rest, "\n")) && *line) {
		char *fields[11];
		size_t count = split_line(line, fields, ARRAY_SIZE(fields));

		if (strcmp(fields[0], "case") == 0) {
			assert_int_equal(count, 11);
			c = (struct case_read){ 0 };
			memcpy(c.fields, fields, sizeof(fields));
		} else if (strcmp(fields[0], "query") == 0) {
			c.query[c.query_count++] =
				(struct sigv4_pair){ fields[1], fields[2] };
		} else if (strcmp(fields[0], "header") == 0) {
			c.headers[c.header_count++] =
				(struct sigv4_pair){ fields[1], fields[2] };
		} else {
			sign_case(signer, &c, fields[1]);
			cases++;
		}
	}
	assert_int_equal(cases, 400);
}

enum { SCOPES = 100 };

/* More scopes than are kept, each its own region and each third its own secret. */
static void sign_scope(struct sigv4_signer *signer, size_t which, char ret[static 65])
{
	CLEANUP(sigv4_signed_releasep) struct sigv4_signed got = { 0 };
	CLEANUP(freep) char *region = xasprintf("region-%zu", which);
	CLEANUP(freep) char *secret = xasprintf("secret-%zu", which / 3);
	const struct sigv4_request request = {
		.method = "GET", .host = "h", .path = "/"
	};
	const struct sigv4_scope scope = {
		.access_key_id = "AKID",
		.secret_access_key = secret,
		.region = region,
		.service = which % 2 ? "ec2" : "ebs",
		.time = VECTOR_TIME + (time_t)(which % 5) * 86400,
	};

	sigv4_sign(signer, &scope, &request, &got);
	(void)snprintf(ret, 65, "%s", signature_of(&got));
}

struct many {
	struct sigv4_signer *signer;
	char expected[SCOPES][65];
	int wrong;
};

static void *sign_many(void *userdata)
{
	struct many *m = userdata;
	char got[65];

	for (size_t i = 0; i < 3UL * SCOPES; i++) {
		sign_scope(m->signer, i * 7 % SCOPES, got);
		if (strcmp(got, m->expected[i * 7 % SCOPES]) != 0)
			__atomic_store_n(&m->wrong, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

static void kept_keys_are_of_their_scope(void **state)
{
	struct many m = { .signer = sigv4_signer_new() };

	(void)state;
	for (size_t i = 0; i < SCOPES; i++) {
		CLEANUP(sigv4_signer_freep)
		struct sigv4_signer *fresh = sigv4_signer_new();

		sign_scope(fresh, i, m.expected[i]);
	}
	workers_run(3, sign_many, &m);
	assert_int_equal(m.wrong, 0);
	m.signer = sigv4_signer_free(m.signer);
}

static void paths_are_made_canonical(void **state)
{
	static const struct {
		const char *path;
		unsigned int flags;
		const char *canonical;
	} cases[] = {
		{ "", 0, "/" },
		{ "", SIGV4_S3, "/" },
		{ "/", 0, "/" },
		{ "/a/b/", 0, "/a/b/" },
		{ "/a//b", 0, "/a/b" },
		{ "/a/../../b", 0, "/b" },
		{ "/../", 0, "/" },
		{ "/a/b/..", 0, "/a" },
		{ "/a/b/../", 0, "/a/" },
		{ "/a/.../b", 0, "/a/.../b" },
		{ "/a%20b", 0, "/a%2520b" },
		{ "/a%20b/../c", SIGV4_S3, "/a%20b/../c" },
		{ "//", SIGV4_S3, "//" },
		{ "//a", SIGV4_KEEP_DOTS, "//a" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_releasep) struct strbuf got = STRBUF_INIT;

		sigv4_canonical_path(cases[i].path, cases[i].flags, &got);
		if (strcmp(got.data, cases[i].canonical) != 0)
			fail_msg("'%s' became '%s'", cases[i].path, got.data);
	}
}

static void what_proxies_change_is_not_signed(void **state)
{
	static const struct sigv4_pair pairs[] = {
		{ "Host", "h" },
		{ "User-Agent", "x" },
		{ "Authorization", "x" },
		{ "Connection", "close" },
		{ "X-Amzn-Trace-Id", "x" },
		{ "Expect", "100-continue" },
		{ "Accept", " \t a \t b " },
	};
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	CLEANUP(strbuf_releasep) struct strbuf names = STRBUF_INIT;

	(void)state;
	sigv4_canonical_headers(pairs, ARRAY_SIZE(pairs), &text, &names);
	assert_string_equal(text.data, "accept:a b\nhost:h\n");
	assert_string_equal(names.data, "accept;host");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_vector_is_signed),
		cmocka_unit_test(headers_are_complete),
		cmocka_unit_test(botocore_signs_the_same),
		cmocka_unit_test(kept_keys_are_of_their_scope),
		cmocka_unit_test(paths_are_made_canonical),
		cmocka_unit_test(what_proxies_change_is_not_signed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
