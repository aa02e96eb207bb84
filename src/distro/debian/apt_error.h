/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What apt-get's output (in the C locale) says of why it failed, as an error: which file,
 * which class of failure. apt itself has one exit code for all.
 */
#pragma once

#include "base/error.h"

/* `err` is how the command failed (ERR_CHILD, output attached); it is rewritten in place.
 */
void apt_error_explain(struct error *err);

/* The package that apt does not know, or NULL; the caller frees. */
char *apt_error_unknown_package(const char *output);
