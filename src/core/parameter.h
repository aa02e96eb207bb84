/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A parameter of Systems Manager that has the id of an image: launch templates and stacks
 * name it instead of the image.
 */
#pragma once

#include "aws/client.h"

/*
 * 1 when it was changed or made, 0 when it had the id already. ERR_TARGET when there is
 * one of that name that is another kind of parameter.
 */
int parameter_set_image(struct aws_client *ssm, const char *name, const char *image_id,
	struct error *err);

/*
 * The id, which the caller frees. `name` may end with ":VERSION" or ":LABEL". ERR_FETCH
 * when there is no such parameter, ERR_FORMAT when it has no id of an image.
 */
int parameter_get_image(
	struct aws_client *ssm, const char *name, char **ret_id, struct error *err);
