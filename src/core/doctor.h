/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is missing for a recipe: on this machine, and in the account where its image would
 * go. Each thing is tried, as far as that changes nothing, and what is missing has its
 * remedy.
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/json.h"
#include "base/progress.h"
#include "base/strbuf.h"
#include "core/aws_session.h"
#include "core/recipe.h"

/* The remedy for a permission that is missing. */
#define DOCTOR_GIVE_POLICY \
	"give the caller the policy that 'amiwright plan --policy' prints"

/* The remedy for a web server, or whatever else there is. */
#define DOCTOR_NOT_AWS                                                           \
	"what answers there is no such service: name another --endpoint-url or " \
	"AWS_ENDPOINT_URL, or none"

enum doctor_verdict {
	DOCTOR_GOOD = 0,
	DOCTOR_WEAK, /* it works without, or it could not be told */
	DOCTOR_MISSING,
};

struct doctor_finding {
	enum doctor_verdict verdict;
	char *what; /* "tool qemu-system-x86_64" */
	char *found; /* one line; or NULL */
	char *remedy; /* of what is not good; or NULL */
};

/* By value: zeroes, doctor_report_release(). */
struct doctor_report {
	struct doctor_finding *items;
	size_t count, room;
	size_t missing;
};

void doctor_report_release(struct doctor_report *r);
static inline void doctor_report_releasep(struct doctor_report *r)
{
	doctor_report_release(r);
}

/* `found` and `remedy` may be NULL. */
void doctor_add(struct doctor_report *r, enum doctor_verdict verdict, const char *what,
	const char *found, const char *remedy);

/* Add what is known of a permission; `why` is what was said when neither is. */
void doctor_add_permission(struct doctor_report *r, const char *what, bool is_allowed,
	bool is_denied, const struct error *why);

/* Whether the service has answered as one of AWS's does: it did what it was asked for, or
 * refused with a code. `why` is what was said when it did not. */
bool doctor_is_service(const struct aws_result *r, const struct error *why);

/* Tools, namespaces, firmware, KVM: what build and verify use. */
void doctor_machine(
	const struct recipe *r, struct progress *p, struct doctor_report *ret);

/* Credentials, region, network, permissions, quotas: what upload, register and publish
 * use. -1 with ERR_INTERRUPTED alone. */
int doctor_account(const struct aws_session_spec *spec, const struct recipe *r,
	struct doctor_report *ret, struct error *err);

/* The members of the document of --json, into an object of `j`. */
void doctor_json(const struct doctor_report *r, struct json *j);
void doctor_text(const struct doctor_report *r, struct strbuf *to);
