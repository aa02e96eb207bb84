/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/s3.h"

#include <signal.h>

#include "client_support.h"
#include "oracle.h"

#define ANSWER(root, members) "{\"body\": \"<" root ">" members "</" root ">\"}"
#define LATE          \
	"{\"body\": " \
	"\"<Error><Code>InternalError</Code><Message>late</Message></Error>\"}"

static void call(struct world *w, const struct rest_action *action, const void *request,
	const char *data, struct aws_result *ret)
{
	const struct aws_call call = { .action = { .rest = action,
					       .request = request,
					       .data = data,
					       .data_bytes = data ? strlen(data) : 0 } };
	struct error err = ERROR_INIT;

	if (aws_client_call(w->client, &call, ret, &err) < 0)
		fail_msg("%s", err.msg);
}

static void assert_sent(const struct world *w, unsigned int n, const char *first,
	const char *header, const char *body)
{
	CLEANUP(freep) char *sent = fake_request(w->fake, n);

	if (strncmp(sent, first, strlen(first)) != 0 || !strstr(sent, header))
		fail_msg("request %u: %s", n, sent);
	assert_string_equal(strstr(sent, "\r\n\r\n") + 4, body);
}

static void an_object_goes_out_in_parts(void **state)
{
	struct world w = { 0 };
	const struct s3_create_multipart_upload create = { .bucket = "images",
		.key = "a b/part\xc3\xa4",
		.acl = "aws-exec-read",
		.checksum_algorithm = "SHA256" };
	const struct s3_upload_part part = { .bucket = "images",
		.key = create.key,
		.upload_id = "u+1",
		.part_number = SHAPE_UINT_OF(1),
		.checksum_sha256 = "c=" };
	struct s3_part parts[] = { { .part_number = SHAPE_UINT_OF(1),
					   .etag = (char *)"\"e&1\"",
					   .checksum_sha256 = (char *)"c=" },
		{ .part_number = SHAPE_UINT_OF(2), .etag = (char *)"\"e2\"" } };
	const struct s3_complete_multipart_upload complete = { .bucket = "images",
		.key = create.key,
		.upload_id = "u+1",
		.parts.parts = { parts, 2 } };
	CLEANUP(aws_result_releasep) struct aws_result made = AWS_RESULT_INIT;
	CLEANUP(aws_result_releasep) struct aws_result sent = AWS_RESULT_INIT;
	CLEANUP(aws_result_releasep) struct aws_result done = AWS_RESULT_INIT;

	use_keys(state);
	world_start(&w, state, AWS_S3,
		"{\"answers\": [" ANSWER("InitiateMultipartUploadResult",
			"<UploadId>u+1</UploadId>") ", "
						    "{\"headers\": {\"ETag\": "
						    "\"\\\"e&1\\\"\"}}, " LATE
						    ", " ANSWER("CompleteMultipartUploadR"
								"esult",
							    "<ETag>&quot;e-2&quot;</"
							    "ETag>") "]}");
	call(&w, &s3_create_multipart_upload_action, &create, NULL, &made);
	assert_string_equal(((const struct s3_upload *)made.answer)->upload_id, "u+1");
	assert_sent(&w, 1, "POST /images/a%20b/part%C3%A4?uploads= HTTP/1.1\r\n",
		"\r\nx-amz-acl: aws-exec-read\r\n", "");
	call(&w, &s3_upload_part_action, &part, "bytes", &sent);
	assert_string_equal(
		((const struct s3_upload_part_answer *)sent.answer)->etag, "\"e&1\"");
	assert_sent(&w, 2,
		"PUT /images/a%20b/part%C3%A4?partNumber=1&uploadId=u%2B1 HTTP/1.1\r\n",
		"\r\nx-amz-checksum-sha256: c=\r\n", "bytes");
	/* Refused after it had said that all was well: it is asked for again. */
	call(&w, &s3_complete_multipart_upload_action, &complete, NULL, &done);
	assert_int_equal(done.attempts, 2);
	assert_string_equal(
		((const struct s3_complete_multipart_upload_answer *)done.answer)->etag,
		"\"e-2\"");
	assert_sent(&w, 4, "POST /images/a%20b/part%C3%A4?uploadId=u%2B1 HTTP/1.1\r\n",
		"\r\nX-Amz-Content-Sha256: ",
		"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber>"
		"<ETag>&quot;e&amp;1&quot;</ETag><ChecksumSHA256>c=</ChecksumSHA256>"
		"</Part><Part><PartNumber>2</PartNumber><ETag>&quot;e2&quot;</ETag>"
		"</Part></CompleteMultipartUpload>");
	assert_signed(&w, "s3", "", 4);
	world_release(&w);
}

static void a_refusal_that_comes_late_is_one(void **state)
{
	struct world w = { 0 };
	const struct s3_complete_multipart_upload complete = {
		.bucket = "images", .key = "key", .upload_id = "u"
	};
	const struct aws_call call = {
		.action = { .rest = &s3_complete_multipart_upload_action,
			.request = &complete }
	};
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	struct error err = ERROR_INIT;

	use_keys(state);
	assert_int_equal(setenv("AWS_MAX_ATTEMPTS", "2", 1), 0);
	world_start(&w, state, AWS_S3, "{\"answers\": [" LATE ", " LATE "]}");
	assert_int_equal(aws_client_call(w.client, &call, &r, &err), -1);
	assert_non_null(strstr(
		err.msg, "CompleteMultipartUpload was refused: late (InternalError"));
	world_release(&w);
}

static void what_is_there_is_told(void **state)
{
	struct world w = { 0 };
	const struct s3_get_object object = { .bucket = "images", .key = "key" };
	const struct s3_object gone = { "images", "key" };
	const struct s3_list_objects list = { .bucket = "images", .prefix = "a/" };
	CLEANUP(aws_result_releasep) struct aws_result head = AWS_RESULT_INIT;
	CLEANUP(aws_result_releasep) struct aws_result got = AWS_RESULT_INIT;
	CLEANUP(aws_result_releasep) struct aws_result listed = AWS_RESULT_INIT;
	CLEANUP(aws_result_releasep) struct aws_result removed = AWS_RESULT_INIT;
	const struct s3_object_list *objects;

	use_keys(state);
	world_start(&w, state, AWS_S3,
		"{\"answers\": [{\"headers\": {\"ETag\": \"e\"}}, "
		"{\"body\": \"<Error><Code>mine</Code></Error>\"}, " ANSWER(
			"ListBucketResult",
			"<Name>images</Name><Contents><Key>a/1</Key>"
			"<Size>7</Size></Contents><KeyCount>2</KeyCount><Contents><Key>a/"
			"2</Key>"
			"</Contents><IsTruncated>false</IsTruncated>") ", {\"status\": "
								       "204}]}");
	call(&w, &s3_head_object_action, &object, NULL, &head);
	assert_string_equal(((const struct s3_object_answer *)head.answer)->etag, "e");
	/* Whatever an object has: it is one. */
	call(&w, &s3_get_object_action, &object, NULL, &got);
	assert_string_equal(got.content.data, "<Error><Code>mine</Code></Error>");
	call(&w, &s3_list_objects_action, &list, NULL, &listed);
	objects = listed.answer;
	assert_int_equal(objects->objects.count, 2);
	assert_string_equal(
		((const struct s3_listed_object *)objects->objects.items)[1].key, "a/2");
	assert_int_equal(objects->is_truncated, SHAPE_FALSE);
	call(&w, &s3_delete_object_action, &gone, NULL, &removed);
	assert_null(removed.answer);
	assert_sent(&w, 1, "HEAD /images/key HTTP/1.1\r\n", "", "");
	assert_sent(&w, 3, "GET /images?list-type=2&prefix=a%2F HTTP/1.1\r\n", "", "");
	assert_sent(&w, 4, "DELETE /images/key HTTP/1.1\r\n", "", "");
	assert_signed(&w, "s3", "", 4);
	world_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(an_object_goes_out_in_parts),
		SCRATCH_TEST(a_refusal_that_comes_late_is_one),
		SCRATCH_TEST(what_is_there_is_told),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
