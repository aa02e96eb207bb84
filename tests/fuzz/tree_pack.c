/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any index becomes a tree or an error, though its digest is right. A tree's contents lie
 * within the file. The first byte says how many bytes of content there are.
 */
#include "tree/pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int write_pack(const uint8_t *index, size_t size, uint8_t contents_bytes)
{
	const int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct error err = ERROR_INIT;
	char trailer[128];
	pack_digest digest;
	int length;

	hash_bytes(index, size, digest);
	length = snprintf(
		trailer, sizeof(trailer), "amiwright tree 2 %016zx %s\n", size, digest);
	if (fd < 0 || ftruncate(fd, contents_bytes) < 0 ||
		fd_pwrite_all(fd, index, size, contents_bytes, "fuzz", &err) < 0 ||
		fd_pwrite_all(fd, trailer, (size_t)length, contents_bytes + size, "fuzz",
			&err) < 0)
		abort();
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(pack_releasep) struct pack p = { 0 };
	CLEANUP(fd_closep) int fd = -1;
	struct error err = ERROR_INIT;

	if (!size)
		return 0;
	fd = write_pack(data + 1, size - 1, data[0]);
	if (pack_read(fd, "fuzz", &p, &err) < 0) {
		if (err.code == ERR_NONE)
			abort();
		return 0;
	}
	for (uint32_t i = 0; i < filetree_count(p.tree); i++) {
		const struct filetree_node *n = filetree_node(p.tree, i);

		if (S_ISREG(n->mode) && n->content_offset_bytes + n->size_bytes > data[0])
			abort();
	}
	return 0;
}
