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

static int make_dir(const char *path)
{
	int fd;

	if (mkdir(path, 0755) < 0)
		abort();
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		abort();
	return fd;
}

static void place(const struct deb *d, int stage_fd, int root_fd)
{
	CLEANUP(place_releasep) struct place p;
	struct error err = ERROR_INIT;

	place_init(&p, root_fd);
	for (size_t i = 0; i < d->entry_count; i++)
		if (deb_place(&d->entries[i], stage_fd, d->entries[i].path, &p, &err) < 0)
			return;
}

static void unpack(int memory_fd, const char *root, const char *stage)
{
	CLEANUP(fd_closep) int root_fd = make_dir(root);
	CLEANUP(fd_closep) int stage_fd = make_dir(stage);
	CLEANUP(deb_releasep) struct deb d = DEB_INIT;
	struct error err = ERROR_INIT;
	char file[32];

	(void)snprintf(file, sizeof(file), "/proc/self/fd/%d", memory_fd);
	if (deb_read(file, stage_fd, NULL, &d, &err) == 0)
		place(&d, stage_fd, root_fd);
	else if (err.code == ERR_NONE)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(fd_closep) int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct error err = ERROR_INIT;
	char dir[] = "/tmp/amiwright-fuzz.XXXXXX", root[sizeof(dir) + 8],
	     beside[sizeof(dir) + 8], stage[sizeof(dir) + 8];

	if (fd < 0 || !mkdtemp(dir) || fd_pwrite_all(fd, data, size, 0, "fuzz", &err) < 0)
		abort();
	(void)snprintf(root, sizeof(root), "%s/root", dir);
	(void)snprintf(beside, sizeof(beside), "%s/beside", dir);
	(void)snprintf(stage, sizeof(stage), "%s/stage", dir);
	if (mkdir(beside, 0755) < 0)
		abort();
	unpack(fd, root, stage);
	/* rmdir() fails for a directory that is not empty. */
	if (rmdir(beside) < 0 || remove_tree(root, &err) < 0 ||
		remove_tree(stage, &err) < 0 || rmdir(dir) < 0)
		abort();
	return 0;
}
