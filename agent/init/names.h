/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's name, from the metadata into the kernel, /etc/hostname and /etc/hosts. */
#pragma once

#include <stdbool.h>

#include "imds/imds.h"
#include "init/config.h"

/* What came of it is logged. */
bool names_set(const struct config *c, struct imds *m);
