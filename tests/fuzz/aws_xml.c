/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XML in place of EC2's answers and of error documents: decoded and released, or refused
 * with a reason; and the same each time.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/ec2.h"
#include "aws/service_error.h"
#include "aws/shape_json.h"
#include "base/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void decode(const struct query_action *action, const uint8_t *data, size_t size,
	struct strbuf *out)
{
	union {
		struct ec2_image_list images;
		struct ec2_snapshot_list snapshots;
	} value;
	struct error err = ERROR_INIT;

	if (query_decode(action, data, size, &value, &err) < 0) {
		check(err.code == ERR_FORMAT && *err.msg);
		check(!shape_is_set(action->answer, &value));
		return;
	}
	shape_to_json(action->answer, SHAPE_IN_BODY, &value, out);
	shape_release(action->answer, &value);
	check(!shape_is_set(action->answer, &value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct query_action *const actions[] = { &ec2_describe_images_action,
		&ec2_describe_snapshots_action };
	CLEANUP(http_answer_releasep) struct http_answer a = HTTP_ANSWER_INIT;
	CLEANUP(service_error_releasep) struct service_error e = SERVICE_ERROR_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		CLEANUP(strbuf_releasep) struct strbuf once = STRBUF_INIT;
		CLEANUP(strbuf_releasep) struct strbuf twice = STRBUF_INIT;

		decode(actions[i], data, size, &once);
		decode(actions[i], data, size, &twice);
		check(strcmp(once.data, twice.data) == 0);
	}
	strbuf_add(&a.body, data, size);
	service_error_from_xml(&a, &e);
	return 0;
}
