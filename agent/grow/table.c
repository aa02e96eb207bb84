/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "grow/table.h"

#include "grow/mbr.h"
#include "grow/table_work.h"

enum { ALIGNMENT_BYTES = 1 << 20 };

const char *table_result_text(enum table_result result)
{
	switch (result) {
	case TABLE_OK:
		return "it is as large as it can be";
	case TABLE_IO:
		return "the disk cannot be read or written";
	case TABLE_NONE:
		return "the disk has no partition table that is known here";
	case TABLE_DAMAGED:
		return "both copies of the partition table are damaged";
	case TABLE_HYBRID:
		return "the partition table is a hybrid of GPT and MBR";
	case TABLE_ODD:
		return "the partition table has a form that is not known here";
	case TABLE_SHORT_DISK:
		return "the disk is smaller than its partition table says";
	case TABLE_MISMATCH:
		return "the partition table and the kernel disagree about the partition";
	case TABLE_OVERLAP:
		return "partitions overlap each other or the partition table";
	case TABLE_NOT_LAST:
		return "another partition follows it on the disk";
	case TABLE_LOGICAL:
		return "it is a logical partition";
	}
	return "";
}

void table_plan_add(
	struct table_plan *plan, uint64_t sector, const uint8_t *data, size_t bytes)
{
	plan->writes[plan->count++] =
		(struct table_write){ .sector = sector, .data = data, .bytes = bytes };
}

uint64_t table_aligned_end(const struct disk *d, uint64_t last)
{
	uint64_t unit = ALIGNMENT_BYTES / d->sector_bytes;

	return last + 1 < unit ? last : (last + 1) / unit * unit - 1;
}

static enum table_result plan_any(const struct disk *d, const struct table_request *want,
	struct table_work *work, struct table_plan *plan)
{
	enum table_result result;

	if ((d->sector_bytes != 512 && d->sector_bytes != DISK_SECTOR_MOST_BYTES) ||
		d->sectors == 0 || d->sectors > UINT64_MAX / d->sector_bytes)
		return TABLE_ODD;
	plan->error = disk_read(d, 0, work->first, d->sector_bytes);
	if (plan->error < 0)
		return TABLE_IO;
	switch (mbr_kind(work->first)) {
	case MBR_NONE:
		return TABLE_NONE;
	case MBR_HYBRID:
		return TABLE_HYBRID;
	case MBR_PARTITIONS:
		return mbr_plan(d, want, work->first, plan);
	case MBR_PROTECTIVE:
		break;
	}
	result = gpt_read(d, work->first, &work->gpt, &plan->error);
	if (result != TABLE_OK)
		return result;
	return gpt_plan(d, want, work->first, &work->gpt, plan);
}

enum table_result table_plan_make(const struct disk *d, const struct table_request *want,
	struct table_work *work, struct table_plan *ret)
{
	enum table_result result;

	*ret = (struct table_plan){ 0 };
	result = plan_any(d, want, work, ret);
	if (result != TABLE_OK)
		ret->count = 0;
	return result;
}

enum table_result table_plan_write(const struct disk *d, struct table_plan *plan)
{
	for (unsigned int i = 0; i < plan->count; i++) {
		const struct table_write *w = &plan->writes[i];

		plan->error = d->write(
			d->userdata, w->sector * d->sector_bytes, w->data, w->bytes);
		if (plan->error == 0)
			plan->error = d->flush(d->userdata);
		if (plan->error < 0)
			return TABLE_IO;
	}
	return TABLE_OK;
}
