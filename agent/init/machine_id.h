/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /etc/machine-id (machine-id(5)) on a copy of a machine. An image that never ran has
 * none, and systemd makes it at its first boot: nothing to do. A copy has that of the
 * machine it was copied from, and gets a new one here.
 */
#pragma once

#include <stdbool.h>

/* What came of it is logged. True also when the file does not exist or is empty. */
bool machine_id_renew(void);
