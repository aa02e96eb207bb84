/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What can be refused before anything is made: a spec that could not work, tools that are
 * missing.
 */
#pragma once

#include "base/error.h"
#include "distro/distro.h"

int debian_check(const struct distro_spec *spec, struct error *err);
