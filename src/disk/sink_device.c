/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/sink.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fd.h"
#include "base/size.h"
#include "base/term.h"
#include "disk/runs.h"

enum {
	ZEROS_BYTES = 1 << 20,
	ASK_FROM_BYTES =
		64 << 10, /* shorter runs of zeros are written: that is quicker */
	STALE_TAIL_BYTES = 1 << 20, /* where another disk's backup table may stand */
};

/* A long stretch is told in pieces, so that an interruption need not wait for all of
 * it. */
#define ASK_PIECE_BYTES (UINT64_C(256) << 20)

struct sink_device {
	struct sink base;
	struct run_handler handler;
	int fd;
	char *name;
	bool cannot_zero; /* the device knows neither way of zeroing */
	void *zeros;
};

static struct sink_device *of_handler(struct run_handler *h)
{
	return (struct sink_device *)((char *)h - offsetof(struct sink_device, handler));
}

static int write_data(struct run_handler *h, uint64_t offset_bytes, const void *bytes,
	size_t length_bytes, struct error *err)
{
	struct sink_device *s = of_handler(h);

	if (fd_pwrite_all(s->fd, bytes, length_bytes, offset_bytes, s->name, err) < 0)
		return -1;
	s->base.written_bytes += length_bytes;
	return 0;
}

static int write_piece_of_zeros(struct sink_device *s, uint64_t offset_bytes,
	uint64_t length_bytes, struct error *err)
{
	uint64_t range[2] = { offset_bytes, length_bytes };

	if (term_check(err) < 0)
		return -1;
	if (!s->cannot_zero && length_bytes >= ASK_FROM_BYTES) {
		if (ioctl(s->fd, BLKZEROOUT, range) == 0)
			return 0;
		if (errno != EOPNOTSUPP && errno != ENOTTY && errno != EINVAL)
			return error_errno(err,
				"zero %" PRIu64 " bytes at %" PRIu64 " of '%s'",
				length_bytes, offset_bytes, s->name);
		s->cannot_zero = true;
	}
	while (length_bytes) {
		const size_t n =
			length_bytes < ZEROS_BYTES ? (size_t)length_bytes : ZEROS_BYTES;

		if (fd_pwrite_all(s->fd, s->zeros, n, offset_bytes, s->name, err) < 0)
			return -1;
		offset_bytes += n;
		length_bytes -= n;
	}
	return 0;
}

static int write_zeros(struct run_handler *h, uint64_t offset_bytes,
	uint64_t length_bytes, struct error *err)
{
	struct sink_device *s = of_handler(h);

	while (length_bytes) {
		uint64_t most = s->cannot_zero ? ZEROS_BYTES : ASK_PIECE_BYTES;
		const uint64_t n = length_bytes < most ? length_bytes : most;

		if (write_piece_of_zeros(s, offset_bytes, n, err) < 0)
			return -1;
		offset_bytes += n;
		length_bytes -= n;
	}
	return 0;
}

static int check_size(struct sink_device *s, uint64_t need_bytes, uint64_t *ret_bytes,
	struct error *err)
{
	const off_t end = lseek(s->fd, 0, SEEK_END);
	char has[16], needs[16];

	if (end < 0)
		return error_errno(err, "ask '%s' for its size", s->name);
	if ((uint64_t)end < need_bytes)
		return error_set(err, ERR_SPACE, 0,
			"'%s' has %s, the disk needs %s; take a larger device, or a "
			"smaller disk size",
			s->name, size_format((uint64_t)end, has),
			size_format(need_bytes, needs));
	*ret_bytes = (uint64_t)end;
	return 0;
}

/* Behind a smaller disk, the backup table of an earlier one would mislead its readers. */
static int clear_tail(
	struct sink_device *s, uint64_t from_bytes, uint64_t end_bytes, struct error *err)
{
	if (end_bytes - from_bytes > STALE_TAIL_BYTES)
		from_bytes = end_bytes - STALE_TAIL_BYTES;
	return write_zeros(&s->handler, from_bytes, end_bytes - from_bytes, err);
}

static int device_write(struct sink *base, const struct blockmap *m, struct progress *p,
	struct error *err)
{
	struct sink_device *s = (struct sink_device *)base;
	const uint64_t size = blockmap_size_bytes(m);
	uint64_t end = 0;

	if (check_size(s, size, &end, err) < 0 || runs_walk(m, &s->handler, p, err) < 0 ||
		clear_tail(s, size, end, err) < 0)
		return -1;
	if (fsync(s->fd) < 0)
		return error_errno(err, "write '%s' to its disk", s->name);
	/* The kernel may go on with the partitions that it knew; not all devices have
	 * any. */
	(void)ioctl(s->fd, BLKRRPART);
	return 0;
}

static void device_free(struct sink *base)
{
	struct sink_device *s = (struct sink_device *)base;

	free(s->zeros);
	free(s->name);
	free(s);
}

static const struct sink_ops device_ops = {
	.name = "device",
	.write = device_write,
	.free = device_free,
};

struct sink *sink_device_new(int fd, const char *name)
{
	struct sink_device *s = xcalloc(1, sizeof(*s));

	s->base.ops = &device_ops;
	s->handler.data = write_data;
	s->handler.zeros = write_zeros;
	s->handler.sink = &s->base;
	s->fd = fd;
	s->name = xstrdup(name);
	s->zeros = xcalloc(1, ZEROS_BYTES);
	return &s->base;
}
