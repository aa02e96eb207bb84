/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libfdisk reads a disk by itself: what it reads of one is brought before.
 */
#pragma once

#include "base/error.h"
#include "disk/source.h"

/*
 * The first sectors; both copies of a GPT, with their entries, wherever they say that
 * these are; an MBR's chain of extended partitions. Nothing is checked but what the
 * places are taken from. `name` is for messages.
 */
int table_bring(const struct disk_source *disk, const char *name, struct error *err);
