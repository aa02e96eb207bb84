/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Query protocol of EC2 and STS: XML comes back (xml.h), and a request is a form of
 * Action, Version and the members of a struct, nested ones by their path:
 * BlockDeviceMapping.1.Ebs.VolumeSize=8.
 *
 * Names of requests begin with a capital. Members whose name in answers does not (EC2's
 * deviceName) stand in the table under that one, so that one table serves both ways.
 */
#pragma once

#include "aws/shape.h"
#include "base/error.h"
#include "base/strbuf.h"

enum query_lists {
	QUERY_LISTS_FLAT = 0, /* EC2: Owner.1 */
	QUERY_LISTS_OF_MEMBERS, /* STS: Tags.member.1 */
};

struct query_service {
	const char *version; /* of the API */
	enum query_lists lists;
};

/* An action: what a request and its answer look like. */
struct query_action {
	const char *name;
	const struct query_service *service;
	const struct shape *request;
	const struct shape *answer; /* of the answer's root element; NULL: nothing kept */
};

/* Append the form: application/x-www-form-urlencoded. */
void query_encode(
	const struct query_action *action, const void *request, struct strbuf *to);

/*
 * An answer's body: <NAMEResponse>, whose members are action->answer's. *value is zeroed
 * first and released again on failure (ERR_FORMAT); it may be NULL when the action keeps
 * nothing of its answer.
 */
int query_decode(const struct query_action *action, const void *xml, size_t length_bytes,
	void *value, struct error *err);
