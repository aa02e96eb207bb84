/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The descriptor of a VMDK: what comes out has our values, and fits. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "disk/vmdk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const size_t room = size + 4;
	char *text = xcalloc(1, room + 1);
	struct error err = ERROR_INIT;

	memcpy(text, data, size);
	if (vmdk_fix_text(text, room, 42, &err) == 0 &&
		(!strstr(text, "CID=0000002a") || !strstr(text, "\"disk.vmdk\"")))
		abort();
	free(text);
	return 0;
}
