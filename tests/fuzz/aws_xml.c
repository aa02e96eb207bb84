/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XML in place of EC2's and S3's answers and of error documents: decoded and released, or
 * refused with a reason; and the same each time.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/ec2.h"
#include "aws/s3.h"
#include "aws/service_error.h"
#include "aws/shape_json.h"
#include "base/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

union answer {
	struct ec2_image_list images;
	struct ec2_snapshot_list snapshots;
	struct s3_object_list objects;
	struct s3_part_list parts;
	struct s3_upload_list uploads;
	struct s3_complete_multipart_upload_answer complete;
};

/* Of one service or the other, whose table the other pointer is not. */
struct action {
	const struct query_action *ec2;
	const struct rest_action *s3;
};

static void decode(
	const struct action *action, const struct http_answer *a, struct strbuf *out)
{
	const struct shape *shape =
		action->ec2 ? action->ec2->answer : action->s3->answer;
	struct error err = ERROR_INIT;
	union answer value;
	int rc;

	rc = action->ec2 ? query_decode(action->ec2, a->body.data, a->body.length_bytes,
				   &value, &err)
			 : rest_decode(action->s3, a, &value, &err);
	if (rc < 0) {
		check(err.code == ERR_FORMAT && *err.msg);
		check(!shape_is_set(shape, &value));
		return;
	}
	shape_to_json(shape, SHAPE_IN_BODY, &value, out);
	shape_release(shape, &value);
	check(!shape_is_set(shape, &value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct action actions[] = {
		{ &ec2_describe_images_action, NULL },
		{ &ec2_describe_snapshots_action, NULL },
		{ NULL, &s3_list_objects_action },
		{ NULL, &s3_list_parts_action },
		{ NULL, &s3_list_multipart_uploads_action },
		{ NULL, &s3_complete_multipart_upload_action },
	};
	CLEANUP(http_answer_releasep) struct http_answer a = HTTP_ANSWER_INIT;
	CLEANUP(service_error_releasep) struct service_error e = SERVICE_ERROR_INIT;

	a.status = 200;
	strbuf_add(&a.body, data, size);
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		CLEANUP(strbuf_releasep) struct strbuf once = STRBUF_INIT;
		CLEANUP(strbuf_releasep) struct strbuf twice = STRBUF_INIT;

		decode(&actions[i], &a, &once);
		decode(&actions[i], &a, &twice);
		check(strcmp(once.data, twice.data) == 0);
		if (actions[i].s3)
			(void)rest_is_refusal(actions[i].s3, &a);
	}
	service_error_from_xml(&a, &e);
	return 0;
}
