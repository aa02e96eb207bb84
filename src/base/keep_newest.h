/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bound for a directory that is a cache: entries are dated when they are used.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Remove all entries of `dir` but the `most` that were modified last. What cannot be
 * removed is tried again the next time. A directory that is not there is fine. Unfinished
 * files (atomic_file.h) do not count, and go when they are a day old: whoever wrote them
 * was killed.
 */
void keep_newest(const char *dir, size_t most);

/* The same for files that are large: of those, too, only as many as have `most_bytes`
 * together, but always the newest. */
void keep_newest_bytes(const char *dir, size_t most, uint64_t most_bytes);
