/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where libext2fs puts its metadata: memory instead of a device. Only blocks that hold a
 * byte other than zero are kept, so that an empty file system of any size costs nothing.
 */
#pragma once

#include <et/com_err.h>
#include <ext2fs/ext2fs.h>

#include "disk/blockmap.h"

/* Give it to ext2fs_initialize(); each channel that it opens is a store of its own. */
extern struct struct_io_manager ext4_io_manager;

/* Move all that stands in the store of `io` into `m`; the store is empty afterwards. */
void ext4_io_hand_over(io_channel io, struct blockmap *m);
