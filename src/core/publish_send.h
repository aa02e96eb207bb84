/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An image's blocks to the regions that they are sent to: fetched once, then sent to
 * several regions at once.
 */
#pragma once

#include "core/publish_sending.h"

/*
 * The images of those copies that are sent, have begun, and have none yet. Each failure
 * goes into errors[i], whose code is ERR_NONE else; -1 when there is no way to a region.
 */
int publish_send(struct publish_sending *s, struct image_copy *const *copies,
	size_t count, struct error *errors, struct error *err);
