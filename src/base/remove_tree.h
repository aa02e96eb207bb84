/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rm -rf by several threads: unlinking mostly waits for the disk, and who interrupted a
 * build waits for it too.
 */
#pragma once

#include "base/error.h"

/*
 * Remove a file or a directory with all that is in it, not following symbolic links. A
 * mount inside, be it of the same file system, is not entered, and an error. Missing is
 * fine. Directories that do not let their owner in are made to. The threads it starts
 * have ended when it returns; after an error, what could not be removed is still there.
 */
int remove_tree(const char *path, struct error *err);
