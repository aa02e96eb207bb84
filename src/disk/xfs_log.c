/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/alloc.h"
#include "disk/xfs_fs.h"

/* The only operation in the log: that the file system was unmounted. */
struct unmount {
	uint32_t transaction;
	uint32_t bytes; /* big-endian, of what follows the header */
	uint8_t client;
	uint8_t flags;
	uint16_t reserved;
	/* As the machine has it that wrote the log: little-endian. */
	uint16_t magic;
	uint16_t pad[3];
};
static_assert(sizeof(struct unmount) == 20, "record of unmounting");

enum {
	CLIENT_LOG = 0xaa,
	UNMOUNT_MAGIC = 0x556e,
	UNMOUNT_BYTES = 8,
	UNMOUNT_TRANSACTION = 0xb0c0d0d0,
	FIRST_CYCLE = 1,
	BUFFER_BYTES = 32 << 10,
};

/*
 * A log that was written once, and only this: a record in cycle 1 that says "unmounted".
 * All behind it is zero, which is cycle 0, so its end is known; a log of zeros alone is
 * taken for a damaged one.
 */
void xfs_log_put(struct xfs_fs *x)
{
	const struct xfs_space *s = x->space;
	uint8_t *bytes =
		xfs_block_new(x, xfs_space_block(s, s->log_ag, XFS_AG_HEAD_BLOCKS));
	struct xfs_log_record *r = (struct xfs_log_record *)bytes;
	struct unmount *u = (struct unmount *)(bytes + XFS_SECTOR_BYTES);

	r->magic = htobe32(XFS_LOG_MAGIC);
	r->cycle = htobe32(FIRST_CYCLE);
	r->version = htobe32(XFS_LOG_VERSION);
	r->bytes = htobe32(XFS_SECTOR_BYTES);
	r->lsn = r->tail_lsn = htobe64((uint64_t)FIRST_CYCLE << 32);
	r->previous = htobe32(XFS_NO_BLOCK);
	r->operations = htobe32(1);
	r->format = htobe32(XFS_LOG_FORMAT_LINUX_LE);
	r->buffer_bytes = htobe32(BUFFER_BYTES);
	memcpy(r->uuid, x->spec->uuid, sizeof(r->uuid));
	/* Each sector begins with its cycle; what stood there is kept in the header. */
	r->cycle_data[0] = htobe32(UNMOUNT_TRANSACTION);
	u->transaction = htobe32(FIRST_CYCLE);
	u->bytes = htobe32(UNMOUNT_BYTES);
	u->client = CLIENT_LOG;
	u->flags = XFS_LOG_UNMOUNT;
	u->magic = htole16(UNMOUNT_MAGIC);
}
