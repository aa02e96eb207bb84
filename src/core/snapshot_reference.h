/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What names a snapshot: its id, or the image (core/image_reference.h) whose root volume
 * is made of it.
 */
#pragma once

#include <stdbool.h>

#include "base/progress.h"
#include "core/aws_session.h"

bool snapshot_reference_is_one(const char *text);
/* ERR_USAGE when it is none. */
int snapshot_reference_check(const char *text, struct error *err);

/*
 * The id, which the caller frees; no call for what is one already. ERR_FETCH: there is no
 * such image. ERR_FORMAT: its root volume is made of no snapshot.
 */
int snapshot_reference_resolve(const struct aws_session *session, const char *text,
	struct progress *p, char **ret_id, struct error *err);
