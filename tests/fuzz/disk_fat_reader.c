/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FAT file systems of anyone's making are a tree whose contents can be read, or an error;
 * either soon.
 */
#include "disk/fat_reader.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/fd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_contents(struct fat_reader *r, const struct filetree *t)
{
	char bytes[4096];

	for (uint32_t i = 0; i < filetree_count(t); i++) {
		const struct filetree_node *n = filetree_node(t, i);
		struct error err = ERROR_INIT;
		size_t got;

		if (S_ISREG(n->mode) &&
			fat_reader_read(r, n->content_offset_bytes, n->size_bytes, bytes,
				sizeof(bytes), &got, &err) < 0 &&
			err.code == ERR_NONE)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(fd_closep) int fd = memfd_create("fuzz", MFD_CLOEXEC);
	CLEANUP(fat_reader_freep) struct fat_reader *r = NULL;
	struct error err = ERROR_INIT;
	struct filetree *t;

	if (fd < 0 || fd_pwrite_all(fd, data, size, 0, "fuzz", &err) < 0)
		abort();
	if (fat_reader_open(&DISK_SOURCE(fd), "fuzz", 0, size, &r, &err) < 0 ||
		fat_reader_list(r, &t, &err) < 0) {
		if (err.code == ERR_NONE)
			abort();
		return 0;
	}
	read_contents(r, t);
	filetree_free(t);
	return 0;
}
