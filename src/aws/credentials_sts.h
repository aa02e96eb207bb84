/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Asking STS for the keys of a role.
 */
#pragma once

#include "aws/credentials_source.h"

/*
 * Call an action of STS (API 2011-06-15) with `parameters` besides Action and Version,
 * signed by `signer_keys`, or not signed where that is NULL.
 */
int credentials_ask_sts(const struct credentials_context *c, const char *action,
	const struct sigv4_pair *parameters, size_t count,
	const struct aws_credentials *signer_keys, const char *source,
	struct aws_credentials **ret, struct error *err);
