/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run begins: its journal says where, so that another process finds the place again. A
 * run is in one region: that of `ec2`.
 */
#pragma once

#include "base/progress.h"
#include "core/aws_session.h"
#include "core/run_journal.h"

int run_begin(const char *command, const struct aws_session *session,
	const struct aws_client *ec2, struct run_journal **ret, struct error *err);

/*
 * The number of the account that the session's credentials are of; freed by the caller.
 * RUN_ACCOUNT_UNKNOWN where STS does not tell: in a network that has no way to it, the
 * other services are used all the same. -1 with ERR_INTERRUPTED alone.
 */
int run_account(const struct aws_session *session, char **ret, struct error *err);

/* The same, and the ARN of the user or role that they are of; NULL where STS does not
 * tell. */
int run_caller(const struct aws_session *session, char **ret_account, char **ret_arn,
	struct error *err);

/* Warn of what is there for `cleanup`: the journals of runs that died on this machine. */
void run_mention_dead(struct progress *p);
