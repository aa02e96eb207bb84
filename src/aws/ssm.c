/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/ssm.h"

#include <stddef.h>

static const struct shape_field get_fields[] = {
	{ "Name", offsetof(struct ssm_get_parameter, name), SHAPE_STRING, NULL },
};
static const struct shape get = SHAPE_OF(struct ssm_get_parameter, get_fields);

#define AT(member) offsetof(struct ssm_parameter, member)
static const struct shape_field parameter_fields[] = {
	{ "Name", AT(name), SHAPE_STRING, NULL },
	{ "Type", AT(type), SHAPE_STRING, NULL },
	{ "Value", AT(value), SHAPE_STRING, NULL },
	{ "DataType", AT(data_type), SHAPE_STRING, NULL },
	{ "Version", AT(version), SHAPE_UINT, NULL },
};
#undef AT
static const struct shape parameter = SHAPE_OF(struct ssm_parameter, parameter_fields);

static const struct shape_field get_answer_fields[] = {
	{ "Parameter", offsetof(struct ssm_get_parameter_answer, parameter), SHAPE_STRUCT,
		&parameter },
};
static const struct shape get_answer =
	SHAPE_OF(struct ssm_get_parameter_answer, get_answer_fields);

const struct rest_action ssm_get_parameter_action = {
	.name = "GetParameter",
	.method = "POST",
	.path = "/",
	.target = "AmazonSSM.GetParameter",
	.request = &get,
	.answer = &get_answer,
};

#define AT(member) offsetof(struct ssm_put_parameter, member)
static const struct shape_field put_fields[] = {
	{ "Name", AT(name), SHAPE_STRING, NULL },
	{ "Description", AT(description), SHAPE_STRING, NULL },
	{ "Value", AT(value), SHAPE_STRING, NULL },
	{ "Type", AT(type), SHAPE_STRING, NULL },
	{ "DataType", AT(data_type), SHAPE_STRING, NULL },
	{ "Overwrite", AT(overwrite), SHAPE_BOOL, NULL },
};
#undef AT
static const struct shape put = SHAPE_OF(struct ssm_put_parameter, put_fields);

static const struct shape_field put_answer_fields[] = {
	{ "Version", offsetof(struct ssm_put_parameter_answer, version), SHAPE_UINT,
		NULL },
};
static const struct shape put_answer =
	SHAPE_OF(struct ssm_put_parameter_answer, put_answer_fields);

const struct rest_action ssm_put_parameter_action = {
	.name = "PutParameter",
	.method = "POST",
	.path = "/",
	.target = "AmazonSSM.PutParameter",
	.request = &put,
	.answer = &put_answer,
};

const struct rest_action *const ssm_actions[] = {
	&ssm_get_parameter_action,
	&ssm_put_parameter_action,
	NULL,
};
