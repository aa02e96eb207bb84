/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/disk_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/proc.h"
#include "core/work_dir.h"
#include "vm/scratch.h"
#include "vm/vm_image.h"

/* QEMU's tools write holes where there is nothing. */
static int unpack(int fd, enum vm_image_format format, int *ret_fd, struct error *err)
{
	CLEANUP(work_dir_freep) struct work_dir *work = NULL;
	CLEANUP(fd_closep) int dir = -1, out = -1;
	char from[40], to[40];
	const char *const argv[] = { "qemu-img", "convert", "-f",
		vm_image_format_name(format), "-O", "raw", from, to, NULL };
	int fds[2];
	const struct proc_spec proc = {
		.argv = argv, .pass_fds = fds, .pass_fd_count = 2
	};

	if (work_dir_create(&work, err) < 0)
		return -1;
	dir = open(work_dir_path(work), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return error_errno(err, "open '%s'", work_dir_path(work));
	if (scratch_file_open(dir, "the unpacked disk", &out, err) < 0)
		return -1;
	fds[0] = fd;
	fds[1] = out;
	(void)snprintf(from, sizeof(from), "/proc/self/fd/%d", fd);
	(void)snprintf(to, sizeof(to), "/proc/self/fd/%d", out);
	if (proc_run(&proc, NULL, err) < 0)
		return -1;
	*ret_fd = TAKE_FD(out);
	return 0;
}

int disk_file_raw(int fd, const char *name, int *ret_raw_fd, uint64_t *ret_size_bytes,
	struct error *err)
{
	CLEANUP(fd_closep) int raw = -1;
	struct vm_image image;

	if (vm_image_read(fd, name, &image, err) < 0)
		return -1;
	if (image.format == VM_IMAGE_RAW) {
		raw = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		if (raw < 0)
			return error_errno(err, "open '%s'", name);
	} else if (unpack(fd, image.format, &raw, err) < 0) {
		return error_context(err, "unpack '%s'", name);
	}
	*ret_raw_fd = TAKE_FD(raw);
	*ret_size_bytes = image.virtual_bytes;
	return 0;
}
