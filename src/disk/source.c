/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/source.h"

#include "base/fd.h"

int disk_source_bring(const struct disk_source *s, uint64_t offset_bytes,
	uint64_t length_bytes, struct error *err)
{
	if (!s->bring || !length_bytes)
		return 0;
	return s->bring(s->userdata, offset_bytes, length_bytes, err);
}

int disk_source_read(const struct disk_source *s, void *buf, size_t length_bytes,
	uint64_t offset_bytes, size_t *ret_got, const char *what, struct error *err)
{
	if (disk_source_bring(s, offset_bytes, length_bytes, err) < 0)
		return -1;
	return fd_pread(s->fd, buf, length_bytes, offset_bytes, ret_got, what, err);
}
