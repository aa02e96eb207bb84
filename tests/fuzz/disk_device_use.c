/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of /proc/self/mountinfo and /proc/swaps: what is accepted is whole. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "disk/device_use.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = xstrndup((const char *)data, size);
	char *swap = xstrndup((const char *)data, size);
	const size_t length = strlen(line);
	struct mount_entry entry = { 0 };

	if (mount_entry_parse(line, &entry) &&
		(strlen(entry.mount_point) > length || strlen(entry.source) > length))
		abort();
	if (swap_entry_parse(swap) && strlen(swap) > length)
		abort();
	free(swap);
	free(line);
	return 0;
}
