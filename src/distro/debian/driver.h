/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debian: trees made by this machine's apt as resolver and the tree's own dpkg as
 * installer.
 */
#pragma once

#include "distro/distro.h"

extern const struct distro_driver debian_driver;
