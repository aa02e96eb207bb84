/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attributes of an image that no list of images shows.
 */
#pragma once

#include "core/ec2_calls.h"

/* The keys of Secure Boot and the like in base64, which no list of images shows: the
 * caller frees them. NULL when it was registered without. `made_at_ms` as in aws_call. */
int image_uefi_data(struct aws_client *ec2, const char *id, uint64_t made_at_ms,
	char **ret, struct error *err);
