/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where readers have the bytes of a disk from: a file or device, which may be one that
 * its bytes are brought to when somebody wants to read them. By value, nothing to
 * release.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct disk_source {
	int fd; /* borrowed */
	/* Sees to it that these bytes are in `fd`; NULL: all are. What lies behind the
	 * end is nobody's. */
	int (*bring)(void *userdata, uint64_t offset_bytes, uint64_t length_bytes,
		struct error *err);
	void *userdata;
};

/* A file that has all its bytes; for a call, &DISK_SOURCE(fd). */
#define DISK_SOURCE(file)      \
	((struct disk_source){ \
		.fd = (file),  \
	})

int disk_source_bring(const struct disk_source *s, uint64_t offset_bytes,
	uint64_t length_bytes, struct error *err);

/* As fd_pread(): *ret_got is less than length_bytes only at the end. */
int disk_source_read(const struct disk_source *s, void *buf, size_t length_bytes,
	uint64_t offset_bytes, size_t *ret_got, const char *what, struct error *err);
