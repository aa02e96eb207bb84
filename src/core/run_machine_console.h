/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The terminal as a machine's serial console: raw, until the machine ends or Ctrl-] is
 * typed.
 */
#pragma once

#include "base/error.h"
#include "core/verify_guest.h"

/* What a person has to know before it starts. */
const char *run_console_hint(void);

/*
 * Types at the guest's console what standard input brings; what the guest writes is shown
 * by the console itself. The terminal is as it was afterwards. ERR_INTERRUPTED by
 * SIGTERM.
 */
int run_console(struct guest *g, struct error *err);
