/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debian binary packages (deb(5)): an ar archive that holds data.tar, compressed in one
 * of several ways.
 */
#pragma once

#include "base/error.h"

/*
 * Unpack the package's files beneath `root_fd`, as tree/place.h puts them; no script is
 * run and no record is kept. ERR_FORMAT with the file's name when it is not a whole
 * package.
 */
int deb_unpack(const char *deb, int root_fd, struct error *err);
