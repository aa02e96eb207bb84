/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A directory on disk, read into a filetree. Run it where the files' owners are to be
 * seen as they shall be in the image: inside the sandbox that made them.
 */
#pragma once

#include "base/error.h"
#include "base/filetree.h"

/*
 * Everything beneath `root`, sealed; content stays where it is. Extended attributes are
 * kept but for those that belong to the machine and not to the tree: labels of a security
 * module, integrity measurements, and the notes of overlayfs.
 *
 * ERR_FORMAT when something is mounted beneath `root`: what a mount hides or shows is not
 * part of the tree.
 */
int dirtree_read(const char *root, struct filetree **ret, struct error *err);
