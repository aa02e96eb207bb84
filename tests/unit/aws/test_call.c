/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/call.h"

#include "aws/s3.h"
#include "oracle.h"

static const char *header(const struct call_attempt *a, const char *name)
{
	for (size_t i = 0; i < a->header_count; i++)
		if (strcmp(a->headers[i].name, name) == 0)
			return a->headers[i].value;
	return NULL;
}

/* The request for `bucket`, and for an object in it where `key` is told. */
static void sign(const struct endpoint *e, const char *bucket, const char *key,
	struct call_attempt *ret)
{
	const struct s3_object object = { bucket, key };
	const struct s3_head_bucket head = { bucket };
	const struct call_spec spec = {
		.rest = key ? &s3_delete_object_action : &s3_head_bucket_action,
		.request = key ? (const void *)&object : &head,
	};
	struct aws_credentials keys = { .access_key_id = "AKID",
		.secret_access_key = "SECRET" };
	CLEANUP(sigv4_signer_freep) struct sigv4_signer *signer = sigv4_signer_new();
	const struct call_signing signing = { .signer = signer,
		.credentials = &keys,
		.endpoint = e,
		.region = "eu-west-1",
		.attempt = 1,
		.attempts_most = 1 };
	struct error err = ERROR_INIT;
	struct call call;

	if (call_init(&spec, &call, &err) < 0)
		fail_msg("%s", err.msg);
	call_sign(&call, &signing, ret);
	call_release(&call);
}

static void a_bucket_is_a_host_of_aws(void **state)
{
#define AWS "s3.eu-west-1.amazonaws.com"
	static const struct {
		const char *endpoint; /* NULL: AWS's own */
		const char *bucket, *key, *url, *host;
	} cases[] = {
		{ NULL, "images", "a/b c", "https://images." AWS "/a/b%20c",
			"images." AWS },
		{ NULL, "images", NULL, "https://images." AWS "/", "images." AWS },
		/* What no certificate of AWS has a name for. */
		{ NULL, "my.images", "k", "https://" AWS "/my.images/k", AWS },
		{ NULL, "Images", "k", "https://" AWS "/Images/k", AWS },
		{ NULL, "-images", "k", "https://" AWS "/-images/k", AWS },
		{ NULL, "images-", "k", "https://" AWS "/images-/k", AWS },
		{ NULL, "ab", "k", "https://" AWS "/ab/k", AWS },
		{ NULL, "evil/../x", "k", "https://" AWS "/evil%2F..%2Fx/k", AWS },
		{ "http://127.0.0.1:9000/s3", "images", "k",
			"http://127.0.0.1:9000/s3/images/k", "127.0.0.1:9000" },
		{ "http://127.0.0.1:9000", "images", NULL, "http://127.0.0.1:9000/images",
			"127.0.0.1:9000" },
	};
#undef AWS

	oracle_clear_environment();
	assert_int_equal(setenv("AWS_CONFIG_FILE", "/nonexistent", 1), 0);
	assert_int_equal(setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent", 1), 0);
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(aws_config_freep) struct aws_config *config = NULL;
		CLEANUP(endpoint_releasep) struct endpoint e = { 0 };
		CLEANUP(call_attempt_releasep) struct call_attempt a = { 0 };
		struct error err = ERROR_INIT;

		if (aws_config_load(NULL, &config, &err) < 0 ||
			(cases[i].endpoint ? endpoint_at(cases[i].endpoint,
						     "the endpoint", AWS_S3, &e, &err)
					   : endpoint_resolve(config, AWS_S3, "eu-west-1",
						     &e, &err)) < 0)
			fail_msg("%s", err.msg);
		sign(&e, cases[i].bucket, cases[i].key, &a);
		assert_string_equal(a.url, cases[i].url);
		assert_string_equal(header(&a, "Host"), cases[i].host);
		assert_non_null(header(&a, "X-Amz-Content-Sha256"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bucket_is_a_host_of_aws),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
