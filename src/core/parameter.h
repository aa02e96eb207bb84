/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A parameter of Systems Manager that has the id of an image: launch templates and stacks
 * name it instead of the image.
 */
#pragma once

#include "aws/client.h"

/*
 * The id that it has, which the caller frees, or NULL: there is none of that name.
 * ERR_TARGET when there is one that is not for images: another kind of parameter, or one
 * that has something else.
 */
int parameter_find_image(
	struct aws_client *ssm, const char *name, char **ret_id, struct error *err);

/* Gives it that id; one that `is_there` loses what it has. */
int parameter_set_image(struct aws_client *ssm, const char *name, const char *image_id,
	bool is_there, struct error *err);

/*
 * The id, which the caller frees. `name` may end with ":VERSION" or ":LABEL". ERR_FETCH
 * when there is no such parameter, ERR_FORMAT when it has no id of an image.
 */
int parameter_get_image(
	struct aws_client *ssm, const char *name, char **ret_id, struct error *err);
