/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The snapshots that an image is to be made of: that of its root volume, and those of the
 * others.
 */
#pragma once

#include "base/progress.h"
#include "core/ec2_calls.h"
#include "core/register_request.h"

/* Until all of them are completed, `most_s` at most. ERR_FETCH when one is not there or
 * has failed, ERR_USAGE when the root's does not go into the volume. */
int register_snapshots_await(struct aws_client *ec2, const struct register_image *image,
	uint64_t most_s, struct progress *p, struct error *err);
