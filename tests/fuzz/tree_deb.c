/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packages from anywhere are unpacked into a directory, or are an error. What is unpacked
 * stays beneath that directory: the one beside it is empty afterwards.
 */
#include "tree/deb.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/remove_tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void unpack(int memory_fd, const char *root)
{
	CLEANUP(fd_closep) int root_fd = -1;
	struct error err = ERROR_INIT;
	char deb[32];

	if (mkdir(root, 0755) < 0)
		abort();
	root_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	(void)snprintf(deb, sizeof(deb), "/proc/self/fd/%d", memory_fd);
	if (root_fd < 0 || (deb_unpack(deb, root_fd, &err) < 0 && err.code == ERR_NONE))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(fd_closep) int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct error err = ERROR_INIT;
	char dir[] = "/tmp/amiwright-fuzz.XXXXXX", root[sizeof(dir) + 8],
	     beside[sizeof(dir) + 8];

	if (fd < 0 || !mkdtemp(dir) || fd_pwrite_all(fd, data, size, 0, "fuzz", &err) < 0)
		abort();
	(void)snprintf(root, sizeof(root), "%s/root", dir);
	(void)snprintf(beside, sizeof(beside), "%s/beside", dir);
	if (mkdir(beside, 0755) < 0)
		abort();
	unpack(fd, root);
	/* rmdir() fails for a directory that is not empty. */
	if (rmdir(beside) < 0 || remove_tree(root, &err) < 0 || rmdir(dir) < 0)
		abort();
	return 0;
}
