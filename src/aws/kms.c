/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/kms.h"

#include <stddef.h>

static const struct shape_field describe_fields[] = {
	{ "KeyId", offsetof(struct kms_describe_key, key_id), SHAPE_STRING, NULL },
};
static const struct shape describe = SHAPE_OF(struct kms_describe_key, describe_fields);

#define AT(member) offsetof(struct kms_key, member)
static const struct shape_field key_fields[] = {
	{ "Arn", AT(arn), SHAPE_STRING, NULL },
	{ "KeyId", AT(key_id), SHAPE_STRING, NULL },
	{ "KeyState", AT(state), SHAPE_STRING, NULL },
	{ "KeyUsage", AT(usage), SHAPE_STRING, NULL },
	{ "KeySpec", AT(spec), SHAPE_STRING, NULL },
};
#undef AT
static const struct shape key = SHAPE_OF(struct kms_key, key_fields);

static const struct shape_field describe_answer_fields[] = {
	{ "KeyMetadata", offsetof(struct kms_describe_key_answer, key), SHAPE_STRUCT,
		&key },
};
static const struct shape describe_answer =
	SHAPE_OF(struct kms_describe_key_answer, describe_answer_fields);

const struct rest_action kms_describe_key_action = {
	.name = "DescribeKey",
	.method = "POST",
	.path = "/",
	.target = "TrentService.DescribeKey",
	.request = &describe,
	.answer = &describe_answer,
};

const struct rest_action *const kms_actions[] = {
	&kms_describe_key_action,
	NULL,
};
