/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/imds.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"

static const char ttl_header[] = "X-aws-ec2-metadata-token-ttl-seconds";
static const char token_header[] = "X-aws-ec2-metadata-token";

struct fixture {
	struct instance_identity id;
	struct imds *imds;
	uint64_t now_ms;
	char token[128];
};

/* The headers of a request: name, value, name, value, …, NULL. */
static const char *find_header(const struct httpd_request *r, const char *name)
{
	const char *const *headers = r->source;

	for (; headers && *headers; headers += 2)
		if (strcasecmp(headers[0], name) == 0)
			return headers[1];
	return NULL;
}

static unsigned int ask(struct fixture *f, const char *method, const char *path,
	const char *const *headers, struct httpd_response *response)
{
	const struct httpd_request request = { .method = method,
		.path = path,
		.body = "",
		.header = find_header,
		.source = (void *)headers };

	imds_answer(f->imds, &request, f->now_ms, response);
	return response->status;
}

/* GET with the fixture's token: the body as a string that the caller frees; NULL: not
 * 200. */
static char *get(struct fixture *f, const char *path)
{
	CLEANUP(httpd_response_releasep)
	struct httpd_response response = HTTPD_RESPONSE_INIT;
	const char *const headers[] = { token_header, f->token, NULL };

	if (ask(f, "GET", path, headers, &response) != 200)
		return NULL;
	return strbuf_take(&response.body);
}

static void assert_body(struct fixture *f, const char *path, const char *body)
{
	CLEANUP(freep) char *got = get(f, path);

	if (!got)
		fail_msg("%s is not found", path);
	assert_string_equal(got, body);
}

static void take_token(struct fixture *f, const char *ttl)
{
	CLEANUP(httpd_response_releasep)
	struct httpd_response response = HTTPD_RESPONSE_INIT;
	const char *const headers[] = { ttl_header, ttl, NULL };

	assert_int_equal(ask(f, "PUT", "/latest/api/token", headers, &response), 200);
	assert_in_range(response.body.length_bytes, 32, sizeof(f->token) - 1);
	strcpy(f->token, response.body.data);
}

/* `keys` is NULL or NULL-terminated. */
static void make(
	struct fixture *f, const char *const *keys, const char *user_data, size_t length)
{
	CLEANUP(strv_releasep) struct strv copies = STRV_INIT;
	uint8_t random[IDENTITY_RANDOM_BYTES];
	struct imds_spec spec = { .identity = &f->id,
		.openssh_keys = &copies,
		.user_data = user_data,
		.user_data_bytes = length,
		.launched = 1000000000 };

	if (keys)
		strv_add_all(&copies, keys);
	for (size_t i = 0; i < sizeof(random); i++)
		random[i] = (uint8_t)(17 * i);
	instance_identity_init(&f->id, VM_X86_64, random);
	f->imds = imds_new(&spec);
	f->now_ms = 1000;
	take_token(f, "21600");
}

static int set_up(void **state)
{
	static const char *const keys[] = { "ssh-ed25519 AAAA amiwright", NULL };
	static struct fixture f;

	f = (struct fixture){ 0 };
	make(&f, keys, "#!/bin/sh\n\0\xff", 12);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	f->imds = imds_free(f->imds);
	return 0;
}

static void tokens_are_given_as_ec2_does(void **state)
{
	static const struct {
		const char *method, *path;
		const char *headers[5];
		unsigned int status;
	} cases[] = {
		{ "PUT", "/latest/api/token", { ttl_header, "1" }, 200 },
		{ "PUT", "/latest/api/token",
			{ "x-AWS-ec2-metadata-TOKEN-ttl-seconds", "60" }, 200 },
		{ "PUT", "/latest/api/token", { ttl_header, "21600" }, 200 },
		{ "PUT", "/latest/api/token", { ttl_header, "21601" }, 400 },
		{ "PUT", "/latest/api/token", { ttl_header, "0" }, 400 },
		{ "PUT", "/latest/api/token", { ttl_header, "-1" }, 400 },
		{ "PUT", "/latest/api/token", { ttl_header, "" }, 400 },
		{ "PUT", "/latest/api/token", { ttl_header, " 60" }, 400 },
		{ "PUT", "/latest/api/token", { ttl_header, "60s" }, 400 },
		{ "PUT", "/latest/api/token", { ttl_header, "99999999999999999999" },
			400 },
		{ "PUT", "/latest/api/token", { NULL }, 400 },
		{ "PUT", "/latest/api/token",
			{ ttl_header, "60", "X-Forwarded-For", "10.0.0.1" }, 403 },
		{ "GET", "/latest/api/token", { NULL }, 405 },
		{ "POST", "/latest/api/token", { ttl_header, "60" }, 405 },
		{ "DELETE", "/latest/api/token", { ttl_header, "60" }, 405 },
		{ "PUT", "/latest/meta-data/", { ttl_header, "60" }, 405 },
		{ "POST", "/latest/meta-data/", { NULL }, 405 },
		{ "PUT", "/latest/api/token/", { ttl_header, "60" }, 405 },
		{ "GET", "*", { NULL }, 400 },
		{ "GET", "", { NULL }, 400 },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(httpd_response_releasep)
		struct httpd_response response = HTTPD_RESPONSE_INIT;
		unsigned int status = ask(
			f, cases[i].method, cases[i].path, cases[i].headers, &response);

		if (status != cases[i].status)
			fail_msg("case %zu, %s %s: %u instead of %u", i, cases[i].method,
				cases[i].path, status, cases[i].status);
	}
}

static void nothing_is_served_without_a_token(void **state)
{
	static const char *const paths[] = { "/", "/latest", "/latest/meta-data/",
		"/latest/meta-data/instance-id", "/latest/user-data", "/nothing",
		"/2009-04-04/meta-data/instance-id" };
	struct fixture *f = *state;
	const char *const wrong[] = { token_header, "wrong", NULL };
	const char *const empty[] = { token_header, "", NULL };
	const char *const *const headers[] = { NULL, wrong, empty };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		for (size_t j = 0; j < ARRAY_SIZE(headers); j++) {
			CLEANUP(httpd_response_releasep)
			struct httpd_response response = HTTPD_RESPONSE_INIT;

			assert_int_equal(
				ask(f, "GET", paths[i], headers[j], &response), 401);
			assert_null(strstr(response.body.data, f->id.instance_id));
		}
}

static void a_token_ends_when_it_said(void **state)
{
	struct fixture *f = *state;
	char *id;

	take_token(f, "10");
	f->now_ms += 9999;
	assert_non_null(id = get(f, "/latest/meta-data/instance-id"));
	free(id);
	f->now_ms += 1;
	assert_null(get(f, "/latest/meta-data/instance-id"));
}

static void many_tokens_live_at_once(void **state)
{
	struct fixture *f = *state;
	char first[sizeof(f->token)];
	char *id;

	strcpy(first, f->token);
	for (int i = 0; i < 1000; i++)
		take_token(f, "60");
	strcpy(f->token, first);
	assert_non_null(id = get(f, "/latest/meta-data/instance-id"));
	free(id);
	/* A flood of them costs no memory: the oldest is forgotten. */
	for (int i = 0; i < 100; i++)
		take_token(f, "60");
	strcpy(f->token, first);
	assert_null(get(f, "/latest/meta-data/instance-id"));
}

static void only_a_token_response_says_its_time_to_live(void **state)
{
	struct fixture *f = *state;
	CLEANUP(httpd_response_releasep)
	struct httpd_response token = HTTPD_RESPONSE_INIT;
	CLEANUP(httpd_response_releasep)
	struct httpd_response data = HTTPD_RESPONSE_INIT;
	const char *const ttl[] = { ttl_header, "77", NULL };
	const char *const headers[] = { token_header, f->token, NULL };
	bool found = false;

	(void)ask(f, "PUT", "/latest/api/token", ttl, &token);
	for (size_t i = 0; i < token.header_count; i++)
		if (strcmp(token.headers[i].name, IMDS_TTL_HEADER) == 0) {
			assert_string_equal(token.headers[i].value, "77");
			found = true;
		}
	assert_true(found);
	(void)ask(f, "GET", "/latest/meta-data/", headers, &data);
	for (size_t i = 0; i < data.header_count; i++)
		assert_string_not_equal(data.headers[i].name, IMDS_TTL_HEADER);
}

static void values_are_where_cloud_init_looks(void **state)
{
	struct fixture *f = *state;
	char path[160];

	assert_body(f, "/latest/meta-data/instance-id", f->id.instance_id);
	assert_body(f, "/2021-03-23/meta-data/instance-id", f->id.instance_id);
	assert_body(f, "/2018-09-24/meta-data/instance-id", f->id.instance_id);
	assert_body(f, "/2016-09-02/meta-data/instance-id", f->id.instance_id);
	assert_body(f, "/2009-04-04/meta-data/instance-id", f->id.instance_id);
	assert_body(f, "/latest/meta-data/instance-id/", f->id.instance_id);
	assert_body(f, "/latest/meta-data/ami-launch-index", "0");
	assert_body(
		f, "/latest/meta-data/local-hostname", "ip-169-254-100-10.ec2.internal");
	assert_body(f, "/latest/meta-data/public-keys/", "0=amiwright");
	assert_body(f, "/latest/meta-data/public-keys/0/", "openssh-key");
	assert_body(f, "/latest/meta-data/public-keys/0/openssh-key",
		"ssh-ed25519 AAAA amiwright");
	assert_body(f, "/latest/meta-data/placement/",
		"availability-zone\navailability-zone-id\nregion");
	assert_body(f, "/latest/meta-data/services/partition", "aws");
	assert_body(f, "/latest/meta-data/network/interfaces/", "macs/");
	(void)snprintf(path, sizeof(path),
		"/latest/meta-data/network/interfaces/macs/%s/device-number", f->id.mac);
	assert_body(f, path, "0");
	assert_body(f, "/latest/dynamic/", "instance-identity/");
	assert_body(f, "/latest/dynamic/instance-identity/", "document");
}

static void directories_list_their_names(void **state)
{
	struct fixture *f = *state;
	CLEANUP(freep) char *versions = get(f, "/");
	CLEANUP(freep) char *meta_data = get(f, "/latest/meta-data");

	assert_non_null(versions);
	assert_non_null(meta_data);
	assert_non_null(strstr(versions, "2021-03-23\n"));
	assert_string_equal(versions + strlen(versions) - strlen("\nlatest"), "\nlatest");
	assert_body(f, "/latest/", "dynamic\nmeta-data\nuser-data");
	assert_memory_equal(meta_data, "ami-id\n", 7);
	assert_non_null(strstr(meta_data, "\nnetwork/\nplacement/\n"));
	assert_null(strstr(meta_data, "tags"));
}

static void what_is_not_there_is_404(void **state)
{
	static const char *const paths[] = { "/latest/meta-data/tags/instance",
		"/latest/meta-data/tags", "/latest/meta-data/iam/security-credentials/",
		"/latest/meta-data/instance-id/x", "/latest/meta-dat",
		"/latest/meta-data/inst", "/1999-01-01/meta-data/", "/latestx/meta-data/",
		"/lates", "/latest/dynamic/instance-identity/pkcs7",
		"/latest/dynamic/instance-identity/signature",
		"/latest/../latest/meta-data",
		"/latest/meta-data/public-keys/1/openssh-key", "/latest/api/token/x",
		"/latest//meta-data//instance-id" };
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		CLEANUP(httpd_response_releasep)
		struct httpd_response response = HTTPD_RESPONSE_INIT;
		const char *const headers[] = { token_header, f->token, NULL };
		unsigned int status = ask(f, "GET", paths[i], headers, &response);

		if (status != 404)
			fail_msg("%s: %u", paths[i], status);
	}
}

static void user_data_keeps_every_byte(void **state)
{
	struct fixture *f = *state;
	CLEANUP(httpd_response_releasep)
	struct httpd_response response = HTTPD_RESPONSE_INIT;
	const char *headers[] = { token_header, f->token, NULL };

	assert_int_equal(ask(f, "GET", "/latest/user-data", headers, &response), 200);
	assert_int_equal(response.body.length_bytes, 12);
	assert_memory_equal(response.body.data, "#!/bin/sh\n\0\xff", 12);
}

static void without_key_and_user_data_there_are_none(void **state)
{
	struct fixture *f = *state;

	f->imds = imds_free(f->imds);
	make(f, NULL, NULL, 0);
	assert_null(get(f, "/latest/user-data"));
	assert_null(get(f, "/latest/meta-data/public-keys/"));
	assert_null(get(f, "/latest/meta-data/public-keys/0/openssh-key"));
	assert_body(f, "/latest/", "dynamic\nmeta-data");
}

static void every_launch_key_is_listed(void **state)
{
	static const char *const keys[] = { "ssh-ed25519 A a", "ssh-rsa B b",
		"ssh-rsa C c", NULL };
	struct fixture *f = *state;

	f->imds = imds_free(f->imds);
	make(f, keys, NULL, 0);
	assert_body(f, "/latest/meta-data/public-keys/",
		"0=amiwright\n1=amiwright-1\n2=amiwright-2");
	assert_body(f, "/latest/meta-data/public-keys/0/openssh-key", "ssh-ed25519 A a");
	assert_body(f, "/latest/meta-data/public-keys/2/openssh-key", "ssh-rsa C c");
	assert_null(get(f, "/latest/meta-data/public-keys/3/openssh-key"));
}

/* An agent that tries again, and gets a token for what was refused, finds all. */
static void a_faulty_one_is_late_refuses_and_forgets(void **state)
{
	static const struct {
		bool put;
		unsigned int status;
	} after[] = { { true, 200 }, { false, 200 }, { false, 503 }, { false, 200 },
		{ false, 401 }, { true, 200 }, { false, 200 }, { false, 503 },
		{ false, 200 }, { false, 401 } };
	struct fixture *f = *state;
	const struct imds_spec spec = { .identity = &f->id, .condition = IMDS_FAULTY };
	const char *const ttl[] = { ttl_header, "60", NULL };

	imds_free(f->imds);
	f->imds = imds_new(&spec);
	for (int i = 0; i < 6; i++) {
		CLEANUP(httpd_response_releasep)
		struct httpd_response none = HTTPD_RESPONSE_INIT;

		assert_int_equal(ask(f, "PUT", "/latest/api/token", ttl, &none), 0);
		assert_int_equal(none.body.length_bytes, 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(after); i++) {
		CLEANUP(httpd_response_releasep)
		struct httpd_response response = HTTPD_RESPONSE_INIT;
		const char *const headers[] = { token_header, f->token, NULL };
		const unsigned int status =
			after[i].put ? ask(f, "PUT", "/latest/api/token", ttl, &response)
				     : ask(f, "GET", "/latest/meta-data/instance-id",
					       headers, &response);

		if (status != after[i].status)
			fail_msg("request %zu: %u", i, status);
		if (after[i].put)
			strcpy(f->token, response.body.data);
	}
}

static void the_identity_document_agrees(void **state)
{
	struct fixture *f = *state;
	CLEANUP(freep) char *text = get(f, "/latest/dynamic/instance-identity/document");

	assert_non_null(text);
	assert_non_null(strstr(text, f->id.instance_id));
	assert_non_null(strstr(text, f->id.image_id));
	assert_non_null(strstr(text, "\"pendingTime\": \"2001-09-09T01:46:40Z\""));
	assert_non_null(strstr(text, "\"architecture\": \"x86_64\""));
}

/* The token of before is none, either. */
static void switched_off_it_refuses_all(void **state)
{
	static const struct {
		const char *method, *path;
	} cases[] = {
		{ "PUT", "/latest/api/token" },
		{ "GET", "/latest/meta-data/instance-id" },
		{ "GET", "/" },
		{ "POST", "/latest/api/token" },
	};
	struct fixture *f = *state;
	const char *const headers[] = { ttl_header, "60", token_header, f->token, NULL };
	const struct imds_spec spec = { .identity = &f->id, .condition = IMDS_OFF };

	imds_free(f->imds);
	f->imds = imds_new(&spec);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(httpd_response_releasep)
		struct httpd_response response = HTTPD_RESPONSE_INIT;

		assert_int_equal(
			ask(f, cases[i].method, cases[i].path, headers, &response), 403);
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(tokens_are_given_as_ec2_does),
		TEST(nothing_is_served_without_a_token),
		TEST(a_token_ends_when_it_said),
		TEST(many_tokens_live_at_once),
		TEST(only_a_token_response_says_its_time_to_live),
		TEST(values_are_where_cloud_init_looks),
		TEST(directories_list_their_names),
		TEST(what_is_not_there_is_404),
		TEST(user_data_keeps_every_byte),
		TEST(without_key_and_user_data_there_are_none),
		TEST(every_launch_key_is_listed),
		TEST(switched_off_it_refuses_all),
		TEST(a_faulty_one_is_late_refuses_and_forgets),
		TEST(the_identity_document_agrees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
