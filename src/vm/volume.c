/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/volume.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/proc.h"
#include "base/size.h"
#include "vm/scratch.h"

enum { VARS_MOST_BYTES = 128 << 20 };

uint64_t volume_size(uint64_t image_bytes)
{
	return round_up(image_bytes, GIB) + GIB;
}

int volume_create(int dir_fd, uint64_t size_bytes, int *ret_fd, struct error *err)
{
	CLEANUP(fd_closep) int fd = -1;
	char path[32];
	char size[32];
	const char *const argv[] = { "qemu-img", "create", "-q", "-f", "qcow2", path,
		size, NULL };
	struct proc_spec proc = { .argv = argv, .pass_fds = &fd, .pass_fd_count = 1 };

	if (scratch_file_open(dir_fd, "the volume", &fd, err) < 0)
		return -1;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	(void)snprintf(size, sizeof(size), "%llu", (unsigned long long)size_bytes);
	if (proc_run(&proc, NULL, err) < 0)
		return error_context(err, "make the machine's volume");
	*ret_fd = TAKE_FD(fd);
	return 0;
}

int volume_copy_vars(int dir_fd, const char *path, int *ret_fd, struct error *err)
{
	CLEANUP(fd_closep) int fd = -1;
	CLEANUP(freep) char *data = NULL;
	size_t length;

	if (file_read_all(path, VARS_MOST_BYTES, &data, &length, err) < 0 ||
		scratch_file_open(dir_fd, "the firmware's variables", &fd, err) < 0 ||
		fd_write_all(fd, data, length, "the firmware's variables", err) < 0)
		return -1;
	*ret_fd = TAKE_FD(fd);
	return 0;
}
