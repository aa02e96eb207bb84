/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/size.h"
#include "disk/xfs_reader_fs.h"

/* Of an operation: transaction, length, client, flags. */
enum { OPERATION_FLAGS_AT = 9 };
/* A header is good for so many bytes of its record; large records have several. */
enum { HEADER_COVERS_BYTES = 32 << 10 };
/* A record of unmounting has one sector, padded to a stripe of 256 KiB at most. */
enum { LOOK_BACK_SECTORS = (256 << 10) / XFS_SECTOR_BYTES + 16 };

/* The log as a ring of sectors. */
struct ring {
	struct xfs_reader *r;
	uint64_t at_bytes, sectors;
};

static int read_sector(const struct ring *g, uint64_t n,
	uint8_t to[static XFS_SECTOR_BYTES], struct error *err)
{
	return xfs_reader_bytes(g->r, g->at_bytes + n % g->sectors * XFS_SECTOR_BYTES, to,
		XFS_SECTOR_BYTES, err);
}

/* How often the log had been written around when the sector was: its first word, but for
 * the sector that a record begins with. */
static int read_cycle(const struct ring *g, uint64_t n, uint32_t *ret, struct error *err)
{
	uint8_t bytes[XFS_SECTOR_BYTES];

	if (read_sector(g, n, bytes, err) < 0)
		return -1;
	*ret = xfs_get_32(bytes);
	if (*ret == XFS_LOG_MAGIC)
		*ret = xfs_get_32(bytes + offsetof(struct xfs_log_record, cycle));
	return 0;
}

/* Behind what was written last: from there on cycles are older. */
static int find_head(const struct ring *g, uint64_t *ret, struct error *err)
{
	uint64_t low = 1, high = g->sectors;
	uint32_t first, cycle;

	if (read_cycle(g, 0, &first, err) < 0)
		return -1;
	while (low < high) {
		const uint64_t middle = low + (high - low) / 2;

		if (read_cycle(g, middle, &cycle, err) < 0)
			return -1;
		if (cycle == first)
			low = middle + 1;
		else
			high = middle;
	}
	*ret = low;
	return 0;
}

static uint64_t header_sectors(const struct xfs_log_record *h)
{
	const uint64_t size = be32toh(h->buffer_bytes);

	if (be32toh(h->version) < XFS_LOG_VERSION || size <= HEADER_COVERS_BYTES)
		return 1;
	return round_up(size, HEADER_COVERS_BYTES) / HEADER_COVERS_BYTES;
}

/* Whether the record at sector `n` ends at `head` and is one of unmounting. */
static int is_unmount(const struct ring *g, const uint8_t *header, uint64_t n,
	uint64_t head, bool *ret, struct error *err)
{
	const struct xfs_log_record *h = (const struct xfs_log_record *)header;
	const uint64_t content = n + header_sectors(h);
	const uint64_t end = content + round_up(be32toh(h->bytes), XFS_SECTOR_BYTES) /
					       XFS_SECTOR_BYTES;
	uint8_t bytes[XFS_SECTOR_BYTES];

	*ret = false;
	if (be32toh(h->operations) != 1 || end != head)
		return 0;
	if (read_sector(g, content, bytes, err) < 0)
		return -1;
	*ret = bytes[OPERATION_FLAGS_AT] & XFS_LOG_UNMOUNT;
	return 0;
}

/* The last record is looked for backwards. */
static int look(const struct ring *g, struct error *err)
{
	_Alignas(8) uint8_t bytes[XFS_SECTOR_BYTES];
	uint64_t head;

	if (find_head(g, &head, err) < 0)
		return -1;
	/* Sectors are counted around, so that a record may begin before the first one. */
	head += g->sectors * LOOK_BACK_SECTORS;
	for (uint64_t n = head - 1; n > head - LOOK_BACK_SECTORS; n--) {
		if (read_sector(g, n, bytes, err) < 0)
			return -1;
		if (xfs_get_32(bytes) == XFS_LOG_MAGIC)
			return is_unmount(g, bytes, n, head, &g->r->clean, err);
	}
	return 0;
}

int xfs_reader_log(struct xfs_reader *r, struct error *err)
{
	struct ring g = { .r = r };
	uint64_t block;

	/* A log on another disk is not here to be looked at. */
	r->clean = !r->log_start;
	if (!r->log_start)
		return 0;
	if (!r->log_blocks ||
		!xfs_reader_find_blocks(r, r->log_start, r->log_blocks, &block))
		return xfs_reader_damaged(r, "its log stands outside of it", err);
	g.at_bytes = block << r->block_log;
	g.sectors = (uint64_t)r->log_blocks << (r->block_log - XFS_SECTOR_LOG);
	return look(&g, err);
}
