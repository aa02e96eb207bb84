/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Archives from anywhere become a tree or an error. A tree's contents lie within the
 * archive.
 */
#include "tree/tartree.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_contents(const struct filetree *t)
{
	for (uint32_t i = 0; i < filetree_count(t); i++) {
		const struct filetree_node *n = filetree_node(t, i);
		CLEANUP(fd_closep) int fd = -1;
		struct error err = ERROR_INIT;
		struct stat st;

		if (!S_ISREG(n->mode) || filetree_open_content(t, i, &fd, &err) < 0)
			continue;
		if (fstat(fd, &st) < 0 ||
			n->content_offset_bytes + n->size_bytes > (uint64_t)st.st_size)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(filetree_freep) struct filetree *t = NULL;
	struct error err = ERROR_INIT;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || fd_pwrite_all(fd, data, size, 0, "fuzz", &err) < 0)
		abort();
	if (tartree_read(fd, "fuzz", "/tmp", &t, &err) == 0)
		read_contents(t);
	else if (err.code == ERR_NONE)
		abort();
	return 0;
}
