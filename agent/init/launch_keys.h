/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The instance's launch keys, all of them, in the configured user's
 * ~/.ssh/authorized_keys. The home is the user's: nothing in it is trusted, see file.h.
 */
#pragma once

#include <stdbool.h>

#include "imds/imds.h"
#include "init/config.h"

/* Fetch and install; what came of it is logged. False: the user may lack keys. */
bool launch_keys_install(const struct config *c, struct imds *m);
