/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of doctor_account() that asks services without DryRun.
 */
#pragma once

#include "core/doctor.h"
#include "core/plan_account.h"

/*
 * Whether EBS direct can be reached, what of it, of Systems Manager and of the keys the
 * caller may use, as far as that changes nothing. -1 with ERR_INTERRUPTED alone.
 */
int doctor_services(const struct aws_session *s, const struct plan_account *plan,
	struct doctor_report *ret, struct error *err);
