/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/runs.h"

#include <stdbool.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/term.h"
#include "disk/zero.h"

enum { CHUNK_BYTES = 1 << 20 };

struct walk {
	struct run_handler *handler;
	uint64_t zeros_from_bytes; /* up to here, everything was handed out */
};

static size_t unit_at(size_t at, size_t length_bytes)
{
	return length_bytes - at < RUN_UNIT_BYTES ? length_bytes - at : RUN_UNIT_BYTES;
}

static int zeros_before(struct walk *w, uint64_t offset_bytes, struct error *err)
{
	const uint64_t from = w->zeros_from_bytes;

	w->zeros_from_bytes = offset_bytes;
	if (offset_bytes == from || !w->handler->zeros)
		return 0;
	return w->handler->zeros(w->handler, from, offset_bytes - from, err);
}

static int hand_out_chunk(struct walk *w, uint64_t offset_bytes, const uint8_t *bytes,
	size_t length_bytes, struct error *err)
{
	for (size_t at = 0; at < length_bytes;) {
		const size_t start = at;

		while (at < length_bytes &&
			!bytes_are_zero(bytes + at, unit_at(at, length_bytes)))
			at += unit_at(at, length_bytes);
		if (at > start) {
			if (zeros_before(w, offset_bytes + start, err) < 0)
				return -1;
			if (w->handler->data(w->handler, offset_bytes + start,
				    bytes + start, at - start, err) < 0)
				return -1;
			w->zeros_from_bytes = offset_bytes + at;
		}
		if (at < length_bytes)
			at += unit_at(at, length_bytes);
	}
	return 0;
}

/*
 * Where the next chunk has to begin. Looked for nearby first: a stretch of data is as
 * long as it is, and to measure all of it for each chunk would be quadratic.
 */
static bool next_chunk(const struct blockmap *m, uint64_t from_bytes, uint64_t *ret_bytes)
{
	uint64_t start, length;

	if (!blockmap_next_data(
		    m, from_bytes, from_bytes + CHUNK_BYTES, &start, &length) &&
		!blockmap_next_data(m, from_bytes, UINT64_MAX, &start, &length))
		return false;
	*ret_bytes = start - start % RUN_UNIT_BYTES;
	return true;
}

static void settle(const struct run_handler *h, uint64_t bytes)
{
	if (h->sink && h->sink->settled)
		h->sink->settled(h->sink->userdata, bytes);
}

int runs_walk(const struct blockmap *m, struct run_handler *h, struct progress *p,
	struct error *err)
{
	CLEANUP(blockmap_reader_freep)
	struct blockmap_reader *reader = blockmap_reader_new(m);
	CLEANUP(freep) uint8_t *chunk = xmalloc_pages(CHUNK_BYTES);
	const uint64_t size = blockmap_size_bytes(m), total = blockmap_data_bytes(m);
	struct walk w = { .handler = h };
	uint64_t at = 0, done = 0;

	/* Whole chunks, across the gaps in them: few large writes, whatever the extents
	 * are. */
	while (next_chunk(m, at, &at)) {
		const size_t length =
			(size_t)(size - at < CHUNK_BYTES ? size - at : CHUNK_BYTES);

		if (term_check(err) < 0 ||
			blockmap_read(reader, at, chunk, length, err) < 0 ||
			hand_out_chunk(&w, at, chunk, length, err) < 0)
			return -1;
		at += length;
		settle(h, w.zeros_from_bytes);
		done = done + length < total ? done + length : total;
		progress_amount(p, "written", done, total);
	}
	return zeros_before(&w, size, err);
}
