/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Key Management Service, API version 2014-11-01, as far as keys are looked at.
 * Structs and rows only; members are named as in the service's reference.
 */
#pragma once

#include "aws/rest.h"

struct kms_describe_key {
	const char *key_id; /* an id, an alias, or the ARN of either */
};

struct kms_key {
	char *arn, *key_id;
	char *state; /* "Enabled" */
	char *usage; /* "ENCRYPT_DECRYPT" */
	char *spec; /* "SYMMETRIC_DEFAULT" */
};

struct kms_describe_key_answer {
	struct kms_key key;
};

extern const struct rest_action kms_describe_key_action; /* kms_describe_key_answer */

/* All of them, ending with NULL. */
extern const struct rest_action *const kms_actions[];
