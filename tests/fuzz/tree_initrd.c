/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An initramfs from anywhere is a list of files, or an error.
 */
#include "tree/initrd.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(void *userdata, const char *path, const void *content, size_t bytes)
{
	/* All of it is there. */
	*(size_t *)userdata += strlen(path);
	if (bytes > INITRD_CONTENT_MOST_BYTES || (bytes && !content))
		abort();
	for (size_t i = 0; i < bytes; i++)
		*(size_t *)userdata += ((const uint8_t *)content)[i];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error err = ERROR_INIT;
	size_t sum = 0;

	if (initrd_read(data, size, look, &sum, &err) < 0 && err.code == ERR_NONE)
		abort();
	return 0;
}
