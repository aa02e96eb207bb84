/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The root partition and its file system, grown to the volume: at each boot, as a volume
 * may have been enlarged. */
#pragma once

#include <stdbool.h>

/* What came of it is logged. */
bool module_grow(void);
