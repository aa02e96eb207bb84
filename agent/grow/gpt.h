/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Growing a partition of a GUID partition table, and moving the table's backup to the
 * new end of the disk.
 *
 * A kernel looks at the primary copy only, unless it is told otherwise on its command
 * line, so that one has to be valid at every moment; but its entries fill many sectors
 * and its checksums stand in another. The way out: its header may point to any array.
 * First the backup is written in its new place. Then one write of one sector makes the
 * primary header a new one that uses the backup's array. With its own array out of use
 * that is written, and another write of the one sector makes the header point to it
 * again.
 *
 *  sector 0 protective MBR: the new size end the new array end the backup header, for
 * it sector 1 the primary header, for the array at the end: from here on it is grown
 * sector 2… the new array sector 1 the primary header, for the array behind it
 *
 * Where a copy is damaged, or an earlier run was cut off, the primary is first made
 * whole with what it said before.
 */
#pragma once

#include "grow/gpt_copy.h"

enum { GPT_HEADERS = 4 };

struct gpt_work {
	struct gpt_copy primary, backup; /* as read */
	/* To be written. */
	uint8_t entries[GPT_ENTRIES_ROOM];
	uint8_t headers[GPT_HEADERS][DISK_SECTOR_MOST_BYTES];
};

/* Both copies; `first` is sector 0. TABLE_OK when there is a valid one to start from. */
enum table_result gpt_read(
	const struct disk *d, const uint8_t *first, struct gpt_work *w, int *ret_error);

/* From what gpt_read() has read. Changes `first` to what is to be written. */
enum table_result gpt_plan(const struct disk *d, const struct table_request *want,
	uint8_t *first, struct gpt_work *w, struct table_plan *plan);
