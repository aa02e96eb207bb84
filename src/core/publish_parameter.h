/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parameter of a publication, in one region: it has the id that the image has there.
 */
#pragma once

#include "core/aws_session.h"
#include "core/change_tell.h"

/* ERR_TARGET when there is one that is not for images. */
int publish_parameter_check(const struct aws_session *session, const char *region,
	const char *name, struct error *err);

/*
 * 1 when it was changed or made, 0 when it had the id already. A dry run changes nothing;
 * then `image_id` may be NULL: of an image that would be made.
 */
int publish_parameter_set(const struct aws_session *session, const char *region,
	const char *name, const char *image_id, const struct change_teller *teller,
	struct error *err);
