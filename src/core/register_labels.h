/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an image is called, for people and for keeping order: its description, family and
 * tags. It is the image that was asked for whatever they say.
 */
#pragma once

#include "base/strbuf.h"
#include "core/ec2_calls.h"
#include "core/register_request.h"

/* Each that was asked for otherwise: "its description is 'a' and not 'b', it has no tag
 * Team". Nothing is appended when all are as asked for. */
void register_labels_differ(const struct register_image *wanted,
	const struct ec2_image *image, struct strbuf *ret);
