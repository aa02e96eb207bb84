/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The termination flag: set by SIGINT and SIGTERM (and SIGHUP), looked at wherever the
 * program waits. It is the one piece of global state beside the log level. Cleaning up
 * stays the work of ordinary code: the wait that notices the flag returns
 * ERR_INTERRUPTED.
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"

/* Install the handlers; call once in main. A second signal of the kind does not kill:
 * killing is for SIGKILL, and loses nothing either. */
void term_install(void);

bool term_requested(void);

/* A descriptor that becomes readable when the flag is set, for poll(); -1 before install.
 */
int term_fd(void);

/* -1 with ERR_INTERRUPTED when the flag is set, else 0: `if (term_check(err) < 0) return
 * -1;` */
int term_check(struct error *err);

/*
 * While held, the flag reads as not set: cleaning up after a signal must not be cut short
 * by the signal that brought it about. Calls nest.
 */
void term_hold(void);
void term_resume(void);

/* For a forked child that starts its own life: flag cleared, handlers reinstalled. */
void term_reset_in_child(void);
