/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/sink.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fd.h"
#include "disk/runs.h"

/* How much is written before the kernel is told to begin with the disk. */
#define WRITEBACK_BYTES (UINT64_C(32) << 20)

struct sink_file {
	struct sink base;
	struct run_handler handler;
	int fd;
	char *name;
	uint64_t begun_bytes; /* of written_bytes, what the disk was begun with */
};

static struct sink_file *of_handler(struct run_handler *h)
{
	return (struct sink_file *)((char *)h - offsetof(struct sink_file, handler));
}

static int write_data(struct run_handler *h, uint64_t offset_bytes, const void *bytes,
	size_t length_bytes, struct error *err)
{
	struct sink_file *s = of_handler(h);

	if (fd_pwrite_all(s->fd, bytes, length_bytes, offset_bytes, s->name, err) < 0)
		return -1;
	s->base.written_bytes += length_bytes;
	/* What goes out meanwhile need not be waited for at the end. A hint: it may fail.
	 */
	if (s->base.written_bytes - s->begun_bytes >= WRITEBACK_BYTES) {
		(void)sync_file_range(s->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
		s->begun_bytes = s->base.written_bytes;
	}
	return 0;
}

static int file_write(struct sink *base, const struct blockmap *m, struct progress *p,
	struct error *err)
{
	struct sink_file *s = (struct sink_file *)base;

	/* The size comes first: what is never written is a hole, and reads as zero. */
	if (ftruncate(s->fd, (off_t)blockmap_size_bytes(m)) < 0)
		return error_errno(err, "set the size of '%s'", s->name);
	if (runs_walk(m, &s->handler, p, err) < 0)
		return -1;
	if (fdatasync(s->fd) < 0)
		return error_errno(err, "write '%s' to its disk", s->name);
	return 0;
}

static void file_free(struct sink *base)
{
	struct sink_file *s = (struct sink_file *)base;

	free(s->name);
	free(s);
}

static const struct sink_ops file_ops = {
	.name = "file",
	.write = file_write,
	.free = file_free,
};

struct sink *sink_file_new(int fd, const char *name)
{
	struct sink_file *s = xcalloc(1, sizeof(*s));

	s->base.ops = &file_ops;
	s->handler.data = write_data;
	s->handler.sink = &s->base;
	s->fd = fd;
	s->name = xstrdup(name);
	return &s->base;
}
