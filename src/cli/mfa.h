/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The code of an MFA device, asked for at the terminal that the program runs on.
 */
#pragma once

#include "base/error.h"

/*
 * For aws_session_ask_codes(): asks at /dev/tty, without echo, as the AWS command line
 * does. `userdata` is a struct progress_view **, of a view (or NULL) that is held
 * meanwhile. ERR_TOOL for an empty answer, ERR_INTERRUPTED.
 */
int mfa_ask(const char *serial, char **ret_code, void *userdata, struct error *err);
