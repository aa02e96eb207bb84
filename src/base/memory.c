/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/size.h"

enum { FILE_MOST_BYTES = 65536 };

/* The number behind the line's `name`, in a file of a directory. */
static bool read_number(
	const char *dir, const char *file, const char *name, uint64_t *ret)
{
	CLEANUP(freep) char *path = path_join(dir, file);
	CLEANUP(freep) char *text = NULL;
	struct error ignored = ERROR_INIT;
	const char *at;
	char *end;

	if (file_read_all(path, FILE_MOST_BYTES, &text, NULL, &ignored) < 0)
		return false;
	for (at = text; strncmp(at, name, strlen(name)) != 0; at++)
		if (!(at = strchr(at, '\n')))
			return false;
	*ret = strtoull(at + strlen(name), &end, 10);
	return end != at + strlen(name); /* "max" is no number */
}

/* What one control group leaves; UINT64_MAX when it has no limit. */
static uint64_t left_in(const char *group)
{
	uint64_t most, current, reclaimable = 0;

	if (!read_number(group, "memory.max", "", &most) ||
		!read_number(group, "memory.current", "", &current))
		return UINT64_MAX;
	(void)read_number(group, "memory.stat", "inactive_file ", &reclaimable);
	if (current > reclaimable)
		most = most + reclaimable > current ? most + reclaimable - current : 0;
	return most;
}

/* In this process's control group and all above it: a limit holds for all below. */
static uint64_t left_in_groups(const char *proc, const char *cgroups)
{
	static const char unified[] = "0::/";
	CLEANUP(freep) char *path = path_join(proc, "self/cgroup");
	CLEANUP(freep) char *text = NULL;
	CLEANUP(freep) char *group = NULL;
	struct error ignored = ERROR_INIT;
	uint64_t least = UINT64_MAX;
	const char *line;

	if (file_read_all(path, FILE_MOST_BYTES, &text, NULL, &ignored) < 0)
		return least;
	line = strstr(text, unified);
	if (!line)
		return least;
	line += strlen(unified);
	group = xasprintf("%s/%.*s", cgroups, (int)strcspn(line, "\n"), line);
	for (;;) {
		const uint64_t left = left_in(group);
		char *slash = strrchr(group + strlen(cgroups), '/');

		if (left < least)
			least = left;
		if (!slash)
			return least;
		*slash = '\0';
	}
}

uint64_t memory_available_below(const char *proc, const char *cgroups)
{
	const uint64_t left = left_in_groups(proc, cgroups);
	uint64_t available_kib;

	if (!read_number(proc, "meminfo", "MemAvailable:", &available_kib))
		return 0;
	return available_kib * KIB < left ? available_kib * KIB : left;
}

uint64_t memory_available_bytes(void)
{
	return memory_available_below("/proc", "/sys/fs/cgroup");
}
