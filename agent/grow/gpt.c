/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "grow/gpt.h"

#include "grow/mbr.h"
#include "rt/string.h"

/* The usual first sector of the primary's array. */
enum { HOME_SECTOR = GPT_PRIMARY_SECTOR + 1 };

static int read_copy(const struct disk *d, struct gpt_copy *c, uint64_t sector)
{
	int error = disk_read(d, sector, c->header, d->sector_bytes);

	c->state = TABLE_DAMAGED;
	if (error < 0)
		return error;
	c->state = gpt_header_parse(d, c, sector);
	if (c->state != TABLE_OK)
		return 0;
	if (c->entries_sector >= d->sectors ||
		gpt_entries_sectors(d, c) > d->sectors - c->entries_sector) {
		c->state = TABLE_DAMAGED;
		return 0;
	}
	error = disk_read(d, c->entries_sector, c->entries, gpt_entries_bytes(d, c));
	if (error < 0 || !gpt_entries_fit(c))
		c->state = TABLE_DAMAGED;
	return error;
}

/* A backup that cannot be read is a damaged one. */
static bool read_backup(const struct disk *d, struct gpt_copy *c, uint64_t sector)
{
	c->state = TABLE_DAMAGED;
	if (sector > GPT_PRIMARY_SECTOR && sector < d->sectors)
		(void)read_copy(d, c, sector);
	return c->state != TABLE_DAMAGED;
}

enum table_result gpt_read(
	const struct disk *d, const uint8_t *first, struct gpt_work *w, int *ret_error)
{
	struct gpt_copy *p = &w->primary, *b = &w->backup;

	memset(p->header, 0, sizeof(p->header));
	memset(b->header, 0, sizeof(b->header));
	if (d->sectors <= HOME_SECTOR)
		return TABLE_SHORT_DISK;
	*ret_error = read_copy(d, p, GPT_PRIMARY_SECTOR);
	if (*ret_error < 0)
		return TABLE_IO;
	if (p->state == TABLE_ODD)
		return TABLE_ODD;
	if (p->state == TABLE_OK) {
		(void)read_backup(d, b, p->other_sector);
		return TABLE_OK;
	}
	/* On a disk that grew the backup is where the disk's end was: the protective
	 * partition ends there. */
	if (!read_backup(d, b, d->sectors - 1))
		(void)read_backup(d, b, mbr_protective_sectors(first));
	return b->state;
}

/* What is to be, derived from the copy that is believed. */
struct goal {
	const struct gpt_copy *good;
	uint64_t backup_sector; /* where the backup is now */
	uint64_t home_sector; /* of the primary's array */
	uint64_t end_entries_sector; /* of the backup's, at the end of the disk */
	uint64_t last_usable;
};

static enum table_result set_goal(
	const struct disk *d, const struct gpt_work *w, struct goal *g)
{
	bool is_primary = w->primary.state == TABLE_OK;
	const struct gpt_copy *c = is_primary ? &w->primary : &w->backup;
	uint64_t sectors = gpt_entries_sectors(d, c);

	g->good = c;
	g->backup_sector = is_primary ? c->other_sector : c->sector;
	g->home_sector = HOME_SECTOR;
	if (g->backup_sector >= d->sectors || c->last_usable >= d->sectors)
		return TABLE_SHORT_DISK;
	/* The array of a primary is before the partitions, or, where a run was cut off,
	 * behind them. */
	if (is_primary && c->entries_sector < c->first_usable)
		g->home_sector = c->entries_sector;
	else if (c->entries_sector <= c->last_usable)
		return TABLE_ODD;
	if (g->home_sector < HOME_SECTOR || c->first_usable < g->home_sector + sectors)
		return TABLE_ODD;
	if (d->sectors < c->first_usable + sectors + 2)
		return TABLE_SHORT_DISK;
	g->end_entries_sector = d->sectors - 1 - sectors;
	g->last_usable = g->end_entries_sector - 1;
	return TABLE_OK;
}

static enum table_result check_entries(const struct goal *g)
{
	const struct gpt_copy *c = g->good;

	for (unsigned int i = 0; i < c->entry_count; i++) {
		struct gpt_entry a = gpt_entry_get(c->entries, i);

		if (!a.used)
			continue;
		if (a.start > a.end || a.start < c->first_usable ||
			a.end > c->last_usable || a.end > g->last_usable)
			return TABLE_OVERLAP;
		for (unsigned int j = 0; j < i; j++) {
			struct gpt_entry b = gpt_entry_get(c->entries, j);

			if (b.used && a.start <= b.end && b.start <= a.end)
				return TABLE_OVERLAP;
		}
	}
	return TABLE_OK;
}

/* Nothing overlaps, so what starts later is behind it. */
static enum table_result check_ours(
	const struct gpt_copy *c, const struct table_request *want, uint64_t *ret_end)
{
	struct gpt_entry ours;

	if (want->number == 0 || want->number > c->entry_count)
		return TABLE_MISMATCH;
	ours = gpt_entry_get(c->entries, want->number - 1);
	if (!ours.used || ours.start != want->start_sector)
		return TABLE_MISMATCH;
	for (unsigned int i = 0; i < c->entry_count; i++) {
		struct gpt_entry e = gpt_entry_get(c->entries, i);

		if (e.used && e.start > ours.start)
			return TABLE_NOT_LAST;
	}
	*ret_end = ours.end;
	return TABLE_OK;
}

/* Is the backup at the end of the disk, and does it say what the primary says? */
static bool is_backup_right(const struct disk *d, struct gpt_work *w)
{
	const struct gpt_copy *p = &w->primary, *b = &w->backup;
	const struct gpt_place place = { .sector = d->sectors - 1,
		.other_sector = GPT_PRIMARY_SECTOR,
		.entries_sector = b->entries_sector,
		.last_usable = p->last_usable };
	uint8_t *expected = w->headers[0];

	if (p->state != TABLE_OK || b->state != TABLE_OK || b->sector != d->sectors - 1 ||
		b->entry_count != p->entry_count || b->entries_sector <= p->last_usable)
		return false;
	gpt_header_make(expected, p, &place, p->entries);
	return memcmp(expected, b->header, p->header_bytes) == 0 &&
	       memcmp(p->entries, b->entries, (size_t)p->entry_count * GPT_ENTRY_BYTES) ==
		       0;
}

/* The primary with what it said before, and its array where it belongs. */
static void add_repair(const struct disk *d, struct gpt_work *w, const struct goal *g,
	struct table_plan *plan)
{
	const struct gpt_copy *c = g->good;
	const struct gpt_place place = { .sector = GPT_PRIMARY_SECTOR,
		.other_sector = g->backup_sector,
		.entries_sector = g->home_sector,
		.last_usable = c->last_usable };

	gpt_header_make(w->headers[0], c, &place, c->entries);
	table_plan_add(plan, g->home_sector, c->entries, gpt_entries_bytes(d, c));
	table_plan_add(plan, GPT_PRIMARY_SECTOR, w->headers[0], d->sector_bytes);
}

/* `entries_change`: the primary's array is to be written as well. */
static void add_growth(const struct disk *d, struct gpt_work *w, const struct goal *g,
	bool entries_change, struct table_plan *plan)
{
	const struct gpt_copy *c = g->good;
	struct gpt_place place = { .sector = d->sectors - 1,
		.other_sector = GPT_PRIMARY_SECTOR,
		.entries_sector = g->end_entries_sector,
		.last_usable = g->last_usable };
	size_t bytes = gpt_entries_bytes(d, c);

	gpt_header_make(w->headers[1], c, &place, w->entries);
	table_plan_add(plan, g->end_entries_sector, w->entries, bytes);
	table_plan_add(plan, place.sector, w->headers[1], d->sector_bytes);

	place.sector = GPT_PRIMARY_SECTOR;
	place.other_sector = d->sectors - 1;
	if (entries_change) {
		gpt_header_make(w->headers[2], c, &place, w->entries);
		table_plan_add(plan, place.sector, w->headers[2], d->sector_bytes);
		table_plan_add(plan, g->home_sector, w->entries, bytes);
	}
	place.entries_sector = g->home_sector;
	gpt_header_make(w->headers[3], c, &place, w->entries);
	table_plan_add(plan, place.sector, w->headers[3], d->sector_bytes);
}

enum table_result gpt_plan(const struct disk *d, const struct table_request *want,
	uint8_t *first, struct gpt_work *w, struct table_plan *plan)
{
	enum table_result result;
	uint64_t end = 0, new_end;
	struct goal g;
	bool right;

	result = set_goal(d, w, &g);
	if (result == TABLE_OK)
		result = check_entries(&g);
	if (result == TABLE_OK)
		result = check_ours(g.good, want, &end);
	if (result != TABLE_OK)
		return result;
	new_end = table_aligned_end(d, g.last_usable);
	if (new_end < end)
		new_end = end;
	plan->old_end_sector = end;
	plan->new_end_sector = new_end;
	memcpy(w->entries, g.good->entries, sizeof(w->entries));
	gpt_entry_set_end(w->entries, want->number - 1, new_end);

	right = is_backup_right(d, w) && new_end == end;
	if (w->primary.state != TABLE_OK || w->primary.entries_sector != g.home_sector)
		add_repair(d, w, &g, plan);
	if (mbr_protective_grow(first, d->sectors))
		table_plan_add(plan, 0, first, d->sector_bytes);
	if (!right)
		add_growth(d, w, &g, new_end != end, plan);
	return TABLE_OK;
}
