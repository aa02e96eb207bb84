/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/rest.h"

#include "unit.h"

#include "aws/ebs.h"
#include "aws/service_error.h"

static void paths_cannot_be_left(void **state)
{
	static const struct {
		const char *snapshot_id, *path; /* NULL: refused */
	} cases[] = {
		{ "snap-1", "/snapshots/snap-1/blocks/7" },
		{ "a/../b?c#d e", "/snapshots/a%2F..%2Fb%3Fc%23d%20e/blocks/7" },
		{ "...", "/snapshots/.../blocks/7" },
		{ "..", NULL },
		{ ".", NULL },
		{ "", NULL },
		{ NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct ebs_put_block put = { .snapshot_id = cases[i].snapshot_id,
			.block_index = SHAPE_UINT_OF(7) };
		CLEANUP(rest_call_releasep) struct rest_call call = REST_CALL_INIT;
		struct error err = ERROR_INIT;
		int rc = rest_encode(&ebs_put_block_action, &put, &call, &err);

		assert_int_equal(rc, cases[i].path ? 0 : -1);
		if (cases[i].path)
			assert_string_equal(call.path.data, cases[i].path);
		else
			unit_assert_error(&err, ERR_USAGE, "needs a snapshotId");
	}
}

static void strange_answers_are_refused(void **state)
{
	static const struct {
		const char *body, *said; /* NULL: taken */
	} cases[] = {
		{ "{}", NULL },
		{ "{\"Blocks\": [], \"More\": {\"x\": [1]}}", NULL },
		{ "{\"Blocks\": null, \"NextToken\": null}", NULL },
		{ "{\"ExpiryTime\": 1576308931.973, \"VolumeSize\": 8}", NULL },
		{ "", "no JSON" },
		{ "<html/>", "no JSON" },
		{ "[]", "a JSON object was expected" },
		{ "{\"Blocks\": {}}", "'Blocks' of the answer is no array" },
		{ "{\"Blocks\": [1]}", "a JSON object was expected" },
		{ "{\"Blocks\": [{\"BlockIndex\": -1}]}", "'BlockIndex'" },
		{ "{\"Blocks\": [{\"BlockIndex\": \"1\"}]}", "'BlockIndex'" },
		{ "{\"VolumeSize\": 1e300}", "'VolumeSize'" },
		{ "{\"VolumeSize\": 99999999999999999999}", "no JSON" },
		{ "{\"NextToken\": 1}", "'NextToken' of the answer is no string" },
		{ "{\"NextToken\": \"a\\u0000b\"}", "no JSON" },
		{ "{} x", "no JSON" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(http_answer_releasep) struct http_answer a = HTTP_ANSWER_INIT;
		struct ebs_block_list list;
		struct error err = ERROR_INIT;
		int rc;

		strbuf_add_str(&a.body, cases[i].body);
		rc = rest_decode(&ebs_list_blocks_action, &a, &list, &err);
		if (rc != (cases[i].said ? -1 : 0))
			fail_msg("%s: %s", cases[i].body, err.msg);
		if (cases[i].said)
			unit_assert_error(&err, ERR_FORMAT, cases[i].said);
		shape_release(ebs_list_blocks_action.answer, &list);
	}
}

static void headers_are_members(void **state)
{
	static const struct {
		const char *length;
		bool good;
	} cases[] = { { "524288", true }, { "-1", false }, { "", false },
		{ "5x", false } };
	const char *names[8];

	(void)state;
	assert_int_equal(rest_answer_headers(&ebs_get_block_action, names, 8), 3);
	assert_string_equal(names[0], "x-amz-Data-Length");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(http_answer_releasep) struct http_answer a = HTTP_ANSWER_INIT;
		struct ebs_get_block_answer got;
		struct error err = ERROR_INIT;
		int rc;

		a.fields[0] = (struct http_field){ names[0], xstrdup(cases[i].length) };
		a.fields[1] = (struct http_field){ names[1], xstrdup("sum") };
		a.field_count = 2;
		rc = rest_decode(&ebs_get_block_action, &a, &got, &err);
		assert_int_equal(rc == 0, cases[i].good);
		if (rc == 0) {
			assert_int_equal(got.data_length_bytes.value, 524288);
			assert_string_equal(got.checksum, "sum");
		}
		shape_release(ebs_get_block_action.answer, &got);
	}
}

/* compare_botocore.py has those that services really send. */
static void errors_that_cannot_be_read_are_no_errors(void **state)
{
	static const char *const bodies[] = { "", "x", "[]", "{\"__type\": 5}", "<Error>",
		"<html/>", "{\"__type\": \"\"}" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
		CLEANUP(http_answer_releasep) struct http_answer a = HTTP_ANSWER_INIT;
		CLEANUP(service_error_releasep)
		struct service_error xml = SERVICE_ERROR_INIT, json = SERVICE_ERROR_INIT;
		struct error err = ERROR_INIT;

		strbuf_add_str(&a.body, bodies[i]);
		service_error_from_xml(&a, &xml);
		service_error_from_json(&a, &json);
		assert_null(xml.code);
		assert_null(json.code);
		assert_int_equal(
			service_error_set(&json, "StartSnapshot", 502, &err), -1);
		assert_string_equal(err.msg,
			"StartSnapshot was refused: the service says no more "
			"(no error code, status 502)");
		service_error_release(&xml);
	}
}

static void a_refusal_shows_nothing_of_the_request(void **state)
{
	static const struct {
		const char *message, *shown;
	} cases[] = {
		{ "no such volume", "X was refused: no such volume (C, status 403)" },
		{ "It does not match.\n\nThe Canonical String should have been\n"
		  "'POST\nx-amz-security-token:TOKEN'",
			"X was refused: It does not match. (C, status 403)" },
		{ "wanted host;X-Amz-Security-Token:TOKEN",
			"X was refused: wanted host; (C, status 403)" },
		{ "\nTOKEN", "X was refused: the service says no more (C, status 403)" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char code[] = "C";
		CLEANUP(freep) char *message = xstrdup(cases[i].message);
		const struct service_error e = { .code = code, .message = message };
		struct error err = ERROR_INIT;

		assert_int_equal(service_error_set(&e, "X", 403, &err), -1);
		assert_string_equal(err.msg, cases[i].shown);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_cannot_be_left),
		cmocka_unit_test(strange_answers_are_refused),
		cmocka_unit_test(headers_are_members),
		cmocka_unit_test(errors_that_cannot_be_read_are_no_errors),
		cmocka_unit_test(a_refusal_shows_nothing_of_the_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
