/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The boots of a verification: one with each firmware that the image is for, as many at
 * once as this machine has processors and memory for.
 */
#pragma once

#include "base/error.h"
#include "base/progress.h"
#include "core/verify.h"
#include "core/verify_setup.h"

/*
 * All run to their end, whatever becomes of the others; when several fail, the error is
 * the first one's, and the rest are warnings. The consoles stand in the log one after
 * the other.
 */
int verify_boots_run(const struct verify_setup *setup, struct progress *progress,
	struct verify_report *report, struct error *err);
