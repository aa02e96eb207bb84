/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON in place of EBS's answers and errors: decoded and released, or refused with a
 * reason; and what was decoded, written as JSON, decodes to the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/ebs.h"
#include "aws/service_error.h"
#include "aws/shape_json.h"
#include "base/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* False when it was refused. */
static bool decode(const struct rest_action *action, const void *data, size_t size,
	struct strbuf *out)
{
	CLEANUP(http_answer_releasep) struct http_answer a = HTTP_ANSWER_INIT;
	union {
		struct ebs_snapshot snapshot;
		struct ebs_block_list blocks;
	} value;
	struct error err = ERROR_INIT;

	strbuf_add(&a.body, data, size);
	if (rest_decode(action, &a, &value, &err) < 0) {
		check(err.code == ERR_FORMAT && *err.msg);
		check(!shape_is_set(action->answer, &value));
		return false;
	}
	shape_to_json(action->answer, SHAPE_IN_BODY, &value, out);
	shape_release(action->answer, &value);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct rest_action *const actions[] = { &ebs_start_snapshot_action,
		&ebs_list_blocks_action };
	CLEANUP(http_answer_releasep) struct http_answer a = HTTP_ANSWER_INIT;
	CLEANUP(service_error_releasep) struct service_error e = SERVICE_ERROR_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		CLEANUP(strbuf_releasep) struct strbuf once = STRBUF_INIT;
		CLEANUP(strbuf_releasep) struct strbuf twice = STRBUF_INIT;

		if (!decode(actions[i], data, size, &once))
			continue;
		check(decode(actions[i], once.data, once.length_bytes, &twice));
		check(strcmp(once.data, twice.data) == 0);
	}
	strbuf_add(&a.body, data, size);
	service_error_from_json(&a, &e);
	return 0;
}
