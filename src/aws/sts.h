/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * STS's API, version 2011-06-15: who the caller is. (The keys of roles are asked for by
 * credentials_sts.h, before there is a client.)
 */
#pragma once

#include "aws/query.h"

struct sts_get_caller_identity { /* asks for nothing */
	char nothing;
};

struct sts_caller {
	char *account, *arn, *user_id;
};

struct sts_caller_answer {
	struct sts_caller result;
};

extern const struct query_action sts_get_caller_identity_action;
