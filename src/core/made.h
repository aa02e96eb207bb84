/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What runs have made in EC2. For two minutes it may not be visible: whoever asks for it
 * then says when it was made, as aws_call has it, and only what is older is gone when it
 * is not found.
 */
#pragma once

#include "aws/client.h"
#include "base/progress.h"
#include "core/run_past.h"

/* A moment that this machine has noted, in seconds since 1970, on clock_now_ms(); 0: long
 * ago. */
uint64_t made_at_seconds(int64_t at_s);
/* The same of one that the service tells, as EC2 writes it, by the service's clock: to be
 * asked for behind an answer. What is no moment, or NULL, is long ago. */
uint64_t made_at_text(const struct aws_client *ec2, const char *iso);

/* The image or snapshot of a RUN_MADE goes. An image's snapshots stay. Not longer than
 * `most_ms`; what is gone already is fine. */
int made_remove(struct aws_client *ec2, const struct run_deed *made, uint64_t most_ms,
	struct error *err);

/* Until all that the run has made shows, or is old enough to be gone. */
int made_await(struct aws_client *ec2, const struct run_past *past, struct progress *p,
	struct error *err);
