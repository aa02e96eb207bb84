/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parameter store of Systems Manager, API version 2014-11-06. Structs and rows only;
 * members are named as in the service's reference.
 */
#pragma once

#include "aws/rest.h"

struct ssm_get_parameter {
	const char *name;
};

struct ssm_parameter {
	char *name, *type, *value, *data_type;
	struct shape_uint version;
};

struct ssm_get_parameter_answer {
	struct ssm_parameter parameter;
};

struct ssm_put_parameter {
	const char *name, *description, *value;
	const char *type; /* "String" */
	const char *data_type; /* "text", "aws:ec2:image" */
	enum shape_bool overwrite;
};

struct ssm_put_parameter_answer {
	struct shape_uint version;
};

extern const struct rest_action ssm_get_parameter_action, /* ssm_get_parameter_answer */
	ssm_put_parameter_action; /* ssm_put_parameter_answer */

/* All of them, ending with NULL. */
extern const struct rest_action *const ssm_actions[];
