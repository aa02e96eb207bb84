/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Partition tables of anyone's making are partitions on the disk, or an error; and what
 * stands at the begin of each can be asked for.
 */
#include "disk/gpt.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "disk/fs_probe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(fd_closep) int fd = memfd_create("fuzz", MFD_CLOEXEC);
	CLEANUP(partition_table_release) struct partition_table t = { 0 };
	struct error err = ERROR_INIT;

	if (fd < 0 || fd_pwrite_all(fd, data, size, 0, "fuzz", &err) < 0)
		abort();
	if (partition_table_read(&DISK_SOURCE(fd), "fuzz", &t, &err) < 0) {
		if (err.code == ERR_NONE)
			abort();
		return 0;
	}
	for (size_t i = 0; i < t.count; i++) {
		const struct partition *p = &t.items[i];
		enum fs_kind kind;

		if (p->start_bytes > size || p->size_bytes > size - p->start_bytes)
			abort();
		if (fs_probe(&DISK_SOURCE(fd), "fuzz", p->start_bytes, &kind, &err) < 0)
			abort();
	}
	return 0;
}
