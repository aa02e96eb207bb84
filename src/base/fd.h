/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole reads and writes on file descriptors: short counts and EINTR are dealt with here.
 * `what` names the file in error messages. All descriptors made in the program are
 * O_CLOEXEC.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

/* Fills `buf` as far as the input goes; *ret_bytes < length_bytes only at its end. */
int fd_read(int fd, void *buf, size_t length_bytes, size_t *ret_bytes, const char *what,
	struct error *err);
int fd_pread(int fd, void *buf, size_t length_bytes, uint64_t offset_bytes,
	size_t *ret_bytes, const char *what, struct error *err);

int fd_write_all(int fd, const void *buf, size_t length_bytes, const char *what,
	struct error *err);
int fd_pwrite_all(int fd, const void *buf, size_t length_bytes, uint64_t offset_bytes,
	const char *what, struct error *err);

/*
 * The whole of a small file or pipe, at most `most_bytes` (more is ERR_FORMAT). *ret_data
 * is NUL-terminated and freed by the caller. ret_length_bytes may be NULL.
 */
int fd_read_all(int fd, size_t most_bytes, char **ret_data, size_t *ret_length_bytes,
	const char *what, struct error *err);
int file_read_all(const char *path, size_t most_bytes, char **ret_data,
	size_t *ret_length_bytes, struct error *err);

/* Create or replace a file whose half-written state does not matter (a scratch file). */
int file_write_all(const char *path, const void *data, size_t length_bytes, mode_t mode,
	struct error *err);

/* A pipe, both ends O_CLOEXEC: ends[0] reads, ends[1] writes. */
int fd_pipe(int ends[2], struct error *err);
