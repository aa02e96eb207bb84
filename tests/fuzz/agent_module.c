/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel modules, as quick-tools sees them: each value is a string inside the file. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "quick/module.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_value(const char *value, const char *file, size_t size)
{
	if (value < file || value >= file + size ||
		!memchr(value, 0, (size_t)(file + size - value)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* In memory of its own, whose end is seen. */
	CLEANUP(freep) char *file = xmemdup(data, size);
	struct module_info info;
	const char *value;

	if (!module_info_find((const unsigned char *)file, size, &info))
		return 0;
	while ((value = module_info_next(&info, "firmware")))
		check_value(value, file, size);
	return 0;
}
