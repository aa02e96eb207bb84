/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What names a key of the Key Management Service: its ARN, its id, or an alias. EBS
 * direct takes ARNs of keys alone.
 */
#pragma once

#include "core/aws_session.h"

/* ERR_USAGE when it can be none. */
int kms_key_check(const char *name, struct error *err);

/* Whether it is the ARN of a key, and not of an alias. */
bool kms_key_is_arn(const char *name);

/* The ARN of a region's key, which the caller frees; no call for what is one. ERR_FETCH:
 * there is no such key, or these credentials lack kms:DescribeKey for it. */
int kms_key_find_arn(const struct aws_session *session, const char *region,
	const char *name, char **ret_arn, struct error *err);
