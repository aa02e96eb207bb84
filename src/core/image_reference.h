/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What names an image: its id, or "resolve:ssm:NAME" as EC2 itself has it in launch
 * templates: the parameter NAME of Systems Manager has the id. ":VERSION" or ":LABEL"
 * behind it means an earlier one.
 */
#pragma once

#include <stdbool.h>

#include "base/progress.h"
#include "core/aws_session.h"

bool image_reference_is_one(const char *text);
/* ERR_USAGE when it is none. */
int image_reference_check(const char *text, struct error *err);

/*
 * The id, which the caller frees; no call for what is an id already. When the parameter
 * is refused and is one of core/public_images.h, what that finds is taken, with a
 * warning. ERR_FETCH: there is no such parameter. ERR_FORMAT: it has no id of an image.
 */
int image_reference_resolve(const struct aws_session *session, const char *text,
	struct progress *p, char **ret_id, struct error *err);
