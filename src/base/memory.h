/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How much memory there is for more.
 */
#pragma once

#include <stdint.h>

/*
 * What can be used without swapping and without meeting a limit: MemAvailable of
 * proc_meminfo(5), and what the control groups of this process leave (memory.max of
 * cgroup v2, see the kernel's admin-guide/cgroup-v2.rst). 0: it cannot be read.
 */
uint64_t memory_available_bytes(void);

/* The same below other directories than /proc and /sys/fs/cgroup, for tests. */
uint64_t memory_available_below(const char *proc, const char *cgroups);
