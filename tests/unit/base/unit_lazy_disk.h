/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A disk whose pieces come from another file when they are asked for, and not before.
 */
#pragma once

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "disk/source.h"

struct lazy_disk {
	int from; /* the whole disk; borrowed */
	int fd;
	uint64_t size_bytes, piece_bytes;
	bool *brought; /* each piece */
	size_t count; /* of them */
};

static inline int lazy_disk_bring(
	void *userdata, uint64_t offset_bytes, uint64_t length_bytes, struct error *err)
{
	struct lazy_disk *d = userdata;
	char *piece = malloc(d->piece_bytes);

	(void)err;
	for (uint64_t i = offset_bytes / d->piece_bytes;
		i * d->piece_bytes < offset_bytes + length_bytes &&
		i * d->piece_bytes < d->size_bytes;
		i++) {
		const off_t at = (off_t)(i * d->piece_bytes);
		const ssize_t got = pread(d->from, piece, d->piece_bytes, at);

		if (d->brought[i])
			continue;
		if (got < 0 || pwrite(d->fd, piece, (size_t)got, at) != got)
			abort();
		d->brought[i] = true;
		d->count++;
	}
	free(piece);
	return 0;
}

static inline void lazy_disk_release(struct lazy_disk *d)
{
	free(d->brought);
	(void)close(d->fd);
}

static inline struct disk_source lazy_disk_open(
	struct lazy_disk *d, int from, uint64_t piece_bytes)
{
	*d = (struct lazy_disk){ .from = from, .piece_bytes = piece_bytes };
	d->size_bytes = (uint64_t)lseek(from, 0, SEEK_END);
	d->fd = open("/tmp", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	d->brought = calloc(d->size_bytes / piece_bytes + 1, sizeof(*d->brought));
	if (d->fd < 0 || ftruncate(d->fd, (off_t)d->size_bytes) < 0)
		abort();
	return (struct disk_source){ d->fd, lazy_disk_bring, d };
}
