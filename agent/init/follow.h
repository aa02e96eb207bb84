/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copy what grows at the end of a file onto the console while a process runs: woken by
 * the file (inotify(7)) and by the process's end, never by a clock.
 */
#pragma once

#include <stdint.h>

/* `fd` is open for reading at `offset`; returns when process `pid` has ended. Not waited
 * for. */
void follow_file(int fd, const char *path, uint64_t offset, int pid);
