/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scripts of distro/debian/steps/, embedded.
 */
#pragma once

#include "distro/step.h"

extern const struct step debian_steps[];
