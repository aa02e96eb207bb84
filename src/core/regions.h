/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The regions that an account has enabled.
 */
#pragma once

#include "base/progress.h"
#include "base/strv.h"
#include "core/aws_session.h"

/* Sorted. ERR_FORMAT when the service tells of none. */
int regions_find(
	const struct aws_session_spec *spec, struct strv *ret, struct error *err);
int regions_find_with(
	const struct aws_session *session, struct strv *ret, struct error *err);

/* A warning when AWS is not known to have it, with the nearest one that it has. Where the
 * environment names an endpoint, a region may have any name. */
void regions_doubt(const char *region, struct progress *p);

/* For messages, to be freed: "eu-west-1", or "17 regions" where there are as many. */
char *regions_text(const struct strv *names);

/* Whether an error of a region says that its account is kept out of it, as an
 * organisation's policy does, and not that anything is wrong. */
bool regions_is_denied(const struct error *err);
