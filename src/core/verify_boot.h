/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One emulated instance: started, waited for, checked, rebooted, checked again.
 */
#pragma once

#include "base/error.h"
#include "base/progress.h"
#include "core/verify.h"
#include "core/verify_setup.h"

/*
 * Fails with ERR_VERIFY when it does not come up, or not again; checks that fail are only
 * noted in `report`, which was zero and has after a failure, too, what was found. The
 * console goes to `log_fd`, which is borrowed.
 * Several may run at once, each in a thread.
 */
int verify_boot_run(const struct verify_setup *setup, enum vm_firmware firmware,
	int log_fd, struct progress *progress, struct verify_boot *report,
	struct error *err);

void verify_boot_release(struct verify_boot *b);
