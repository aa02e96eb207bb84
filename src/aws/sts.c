/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/sts.h"

#include <stddef.h>

static const struct query_service sts = { "2011-06-15", QUERY_LISTS_OF_MEMBERS };

static const struct shape get_caller_identity = {
	.size_bytes = sizeof(struct sts_get_caller_identity)
};

#define AT(member) offsetof(struct sts_caller, member)
static const struct shape_field caller_fields[] = {
	{ "Account", AT(account), SHAPE_STRING, NULL },
	{ "Arn", AT(arn), SHAPE_STRING, NULL },
	{ "UserId", AT(user_id), SHAPE_STRING, NULL },
};
#undef AT
static const struct shape caller = SHAPE_OF(struct sts_caller, caller_fields);

static const struct shape_field answer_fields[] = {
	{ "GetCallerIdentityResult", offsetof(struct sts_caller_answer, result),
		SHAPE_STRUCT, &caller },
};
static const struct shape answer = SHAPE_OF(struct sts_caller_answer, answer_fields);

const struct query_action sts_get_caller_identity_action = { "GetCallerIdentity", &sts,
	&get_caller_identity, &answer };
