/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bound for a directory that is a cache: entries are dated when they are used.
 */
#pragma once

#include <stddef.h>

/*
 * Remove all entries of `dir` but the `most` that were modified last. What cannot be
 * removed is tried again the next time. A directory that is not there is fine.
 */
void keep_newest(const char *dir, size_t most);
