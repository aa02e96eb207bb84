/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables made by sfdisk and sgdisk, disks that grew, and the power failing everywhere:
 * after each write and within each that has several sectors. Judges are gpt_judge.py,
 * which knows what Linux and firmware accept, and of what comes out in the end sfdisk
 * and sgdisk.
 */
#include "support.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "data/crc32.h"
#include "data/le.h"
#include "power_disk.h"

enum { MIB = 1 << 20 };

/* The image of an amiwright disk, small: BIOS boot, ESP, root. */
#define OURS                                                                           \
	"truncate -s 6M disk; printf 'label: "                                         \
	"gpt\\nstart=2048,size=2048,type=21686148-6449-"                               \
	"6E6F-744E-656564454649\\nstart=4096,size=2048,type=U\\nstart=6144,size=4096," \
	"type=L,name=root\\n' | sfdisk -q disk"

#define JUDGE "python3 " GPT_JUDGE " judge "

/* A small one without gaps to align to; its table is as long as any. */
#define SMALL(script, grown)                                                \
	"truncate -s 1M disk; printf 'label: gpt\\nfirst-lba: 34\\n" script \
	"' | sfdisk -q disk; truncate -s " grown " disk; "

/* One partition to the end of what 3 MiB allow. */
#define FULL                                                                    \
	"truncate -s 3M disk; printf 'label: gpt\\nstart=2048,size=2048\\n' | " \
	"sfdisk -q disk; "

static const struct scenario {
	const char *name;
	const char *make; /* leaves the disk as it is found in `disk`, grown already */
	uint32_t sector_bytes;
	unsigned int number;
	uint64_t start, old_end, new_end;
} scenarios[] = {
	{ "ours", OURS "; truncate -s 7M disk", 512, 3, 6144, 10239, 12287 },
	{ "first partition behind the array, not aligned",
		SMALL("start=34,size=7\\nstart=41,size=1000\\n", "3M"), 512, 2, 41, 1040,
		4095 },
	{ "number 1 is the last on the disk",
		"truncate -s 1M disk; sgdisk -a1 -n14:64:127 -n15:128:999 -n1:1000:1100 "
		"disk; truncate -s 3M disk",
		512, 1, 1000, 1100, 4095 },
	{ "room on the disk as it was",
		"truncate -s 4M disk; printf 'label: gpt\\nstart=2048,size=2048\\n' | "
		"sfdisk -q disk",
		512, 1, 2048, 4095, 6143 },
	{ "grown by less than the table is long",
		SMALL("start=64,size=1000\\n", "$(((2048 + 10) * 512))"), 512, 1, 64,
		1063, 2024 },
	{ "sizes that are not whole MiB",
		"truncate -s 1000001 disk; printf 'label: gpt\\nfirst-lba: 34\\n"
		"start=64,size=937\\n' | sfdisk -q disk; "
		"truncate -s $((5000001 & -512)) disk",
		512, 1, 64, 1000, 8191 },
	{ "primary header lost, backup where the end was",
		SMALL("start=64,size=1000\\n", "3M") "dd if=/dev/zero of=disk bs=512 "
						     "seek=1 count=1 conv=notrunc",
		512, 1, 64, 1063, 4095 },
	{ "primary array damaged, backup at the end",
		"truncate -s 4M disk; printf 'label: gpt\\nstart=2048,size=2048\\n' | "
		"sfdisk -q disk; printf x | dd of=disk bs=1 seek=1100 conv=notrunc",
		512, 1, 2048, 4095, 6143 },
	{ "primary damaged, nothing to grow",
		FULL "printf x | dd of=disk bs=1 seek=600 conv=notrunc", 512, 1, 2048,
		4095, 4095 },
	{ "backup lost, nothing to grow",
		FULL "printf x | dd of=disk bs=1 seek=$(((3 << 20) - 512)) conv=notrunc",
		512, 1, 2048, 4095, 4095 },
	{ "backup says something else",
		FULL
		"tail -c 16896 disk >old; printf 'label: gpt\\nstart=2048,size=2047\\n' "
		"| sfdisk -q disk; "
		"dd if=old of=disk bs=512 seek=$((6144 - 33)) conv=notrunc",
		512, 1, 2048, 4094, 4095 },
	{ "protective size alone is wrong",
		FULL "printf '\\1' | dd of=disk bs=1 seek=460 conv=notrunc", 512, 1, 2048,
		4095, 4095 },
	{ "table of 256 entries",
		"truncate -s 1M disk; printf 'label: gpt\\nfirst-lba: 66\\ntable-length: "
		"256\\n130:start=99,size=901\\n' | sfdisk -q disk; truncate -s 3M disk",
		512, 130, 99, 999, 4095 },
	{ "sectors of 4096 bytes",
		"python3 " GPT_JUDGE " make 4096 256 64-99 100-200 >disk; "
		"truncate -s 3M disk",
		4096, 2, 100, 200, 511 },
};

static struct table_request request_of(const struct scenario *s)
{
	return (struct table_request){ .number = s->number, .start_sector = s->start };
}

static void judge_final(const char *dir, const struct scenario *s)
{
	CLEANUP(freep) char *dump = NULL, *line = NULL, *verify = NULL, *gdisk = NULL;

	if (s->sector_bytes != 512)
		return;
	verify = run_in(dir, "sfdisk --verify final");
	assert_non_null(strstr(verify, "No errors detected."));
	dump = run_in(dir, "sfdisk -d final");
	line = xasprintf("final%u : start=%12" PRIu64 ", size=%12" PRIu64 ",", s->number,
		s->start, s->new_end - s->start + 1);
	if (!strstr(dump, line))
		fail_msg("%s: no '%s' in\n%s", s->name, line, dump);
	gdisk = run_in(dir, "sgdisk -v final");
	if (!strstr(gdisk, "No problems found"))
		fail_msg("%s: %s", s->name, gdisk);
}

/* The whole run from `initial`; its end is `final`, as a file as well. */
static void run_whole(const char *dir, const struct scenario *s, const uint8_t *initial,
	size_t size_bytes, struct power_disk *final, struct table_plan *plan)
{
	const struct table_request want = request_of(s);
	struct table_plan again;

	power_disk_init(final, s->sector_bytes, initial, size_bytes);
	assert_int_equal(power_disk_grow(final, &want, plan), TABLE_OK);
	assert_int_equal(plan->old_end_sector, s->old_end);
	assert_int_equal(plan->new_end_sector, s->new_end);
	assert_true(plan->count > 0);
	assert_false(final->unflushed);
	assert_false(final->dirty);
	power_disk_save(final, dir, "final");
	judge_final(dir, s);
	/* Grown already: nothing is written. */
	assert_int_equal(power_disk_grow(final, &want, &again), TABLE_OK);
	assert_int_equal(again.count, 0);
	assert_int_equal(again.new_end_sector, s->new_end);
}

/* The power fails during write number `writes`, and later a second run heals. */
static void run_cut(const struct scenario *s, struct power_disk *p,
	const struct power_disk *final, unsigned int writes)
{
	const struct table_request want = request_of(s);
	struct power_disk second;
	struct table_plan plan;

	p->writes_left = writes;
	assert_int_equal(power_disk_grow(p, &want, &plan), TABLE_IO);
	power_disk_init(&second, s->sector_bytes, p->bytes, p->size_bytes);
	assert_int_equal(power_disk_grow(&second, &want, &plan), TABLE_OK);
	assert_int_equal(plan.new_end_sector, s->new_end);
	if (memcmp(second.bytes, final->bytes, final->size_bytes) != 0)
		fail_msg("%s: cut in write %u, the second run ends otherwise", s->name,
			writes);
	power_disk_release(&second);
}

/* Every state in which the power may have failed, as files; each is healed. */
static void save_cuts(const char *dir, const struct scenario *s, const uint8_t *initial,
	const struct power_disk *final, const struct table_plan *plan)
{
	for (unsigned int cut = 0; cut <= plan->count; cut++) {
		bool one_sector =
			cut == 0 || plan->writes[cut - 1].bytes == s->sector_bytes;

		for (enum tear tear = TEAR_NONE; tear < (one_sector ? 1 : TEARS);
			tear++) {
			CLEANUP(freep) char *name = xasprintf("state-%u-%u", cut, tear);
			struct power_disk p;

			power_disk_init(&p, s->sector_bytes, initial, final->size_bytes);
			p.tear = tear;
			run_cut(s, &p, final, cut);
			power_disk_save(&p, dir, name);
			power_disk_release(&p);
		}
	}
}

static void test_power(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(scenarios); i++) {
		const struct scenario *s = &scenarios[i];
		CLEANUP(freep) char *said = run_in(*state, s->make), *initial = NULL;
		CLEANUP(freep) char *line = NULL, *judgement = NULL, *removed = NULL;
		struct power_disk final;
		struct table_plan plan;
		size_t size;

		initial = scratch_read(*state, "disk", &size);
		run_whole(*state, s, (uint8_t *)initial, size, &final, &plan);
		save_cuts(*state, s, (uint8_t *)initial, &final, &plan);
		line = xasprintf(JUDGE "%u disk final state-*", s->sector_bytes);
		judgement = run_in(*state, line);
		power_disk_release(&final);
		removed = run_in(*state, "rm disk final state-*");
	}
}

/* A cut at any write, another disk size at the next start, a cut there: still healed. */
static void cut_again(const char *dir, unsigned int first, struct power_disk *p,
	size_t size_bytes, const struct table_request *want)
{
	struct table_plan plan;

	for (unsigned int second = 0; second <= TABLE_WRITES_MOST; second++) {
		for (enum tear tear = TEAR_NONE; tear < TEARS; tear++) {
			CLEANUP(freep)
			char *name = xasprintf("state-%u-%u-%u", first, second, tear);
			struct power_disk q;

			power_disk_init(&q, 512, p->bytes, size_bytes);
			q.writes_left = second;
			q.tear = tear;
			(void)power_disk_grow(&q, want, &plan);
			power_disk_save(&q, dir, name);
			q.off = false;
			q.writes_left = FOREVER;
			assert_int_equal(power_disk_grow(&q, want, &plan), TABLE_OK);
			assert_int_equal(plan.new_end_sector, 2047);
			power_disk_release(&q);
		}
	}
}

static void test_twice_grown(void **state)
{
	const struct table_request want = { .number = 1, .start_sector = 64 };
	CLEANUP(freep) char *said = NULL, *initial = NULL, *judgement = NULL;
	struct power_disk final;
	struct table_plan plan;
	size_t size, larger;

	said = run_in(*state, SMALL("start=64,size=1000\\n", "1536K"));
	initial = scratch_read(*state, "disk", &size);
	larger = size + (size_t)5 * 512;
	initial = xreallocarray(initial, 1, larger);
	memset(initial + size, 0, larger - size);
	power_disk_init(&final, 512, (uint8_t *)initial, larger);
	assert_int_equal(power_disk_grow(&final, &want, &plan), TABLE_OK);
	power_disk_save(&final, *state, "final");
	power_disk_release(&final);
	for (unsigned int first = 0; first <= 6; first++) {
		struct power_disk p;

		power_disk_init(&p, 512, (uint8_t *)initial, size);
		p.writes_left = first;
		assert_int_equal(power_disk_grow(&p, &want, &plan), TABLE_IO);
		p.bytes = xreallocarray(p.bytes, 1, larger);
		memset(p.bytes + size, 0, larger - size);
		cut_again(*state, first, &p, larger, &want);
		power_disk_release(&p);
	}
	judgement = run_in(*state,
		"truncate -s $(stat -c %s final) disk; " JUDGE "512 disk final state-*");
}

/* Makes both headers' checksums right again after their contents were changed. */
static void reseal(uint8_t *disk, size_t size_bytes)
{
	const size_t places[] = { 512, size_bytes - 512 };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		uint8_t *h = disk + places[i];
		uint64_t entries = le64_get(h + 72) * 512;
		uint64_t bytes = (uint64_t)le32_get(h + 80) * le32_get(h + 84);

		if (entries < size_bytes && bytes <= size_bytes - entries)
			le32_put(h + 88, crc32_add(0, disk + entries, bytes));
		le32_put(h + 16, 0);
		le32_put(h + 16, crc32_add(0, h, le32_get(h + 12)));
	}
}

static void both_put32(uint8_t *disk, size_t size_bytes, size_t at, uint32_t value)
{
	le32_put(disk + 512 + at, value);
	le32_put(disk + size_bytes - 512 + at, value);
	reseal(disk, size_bytes);
}

static void entry_size_256(uint8_t *disk, size_t size_bytes)
{
	both_put32(disk, size_bytes, 84, 256);
}

static void no_entries(uint8_t *disk, size_t size_bytes)
{
	both_put32(disk, size_bytes, 80, 0);
}

static void many_entries(uint8_t *disk, size_t size_bytes)
{
	both_put32(disk, size_bytes, 80, 257);
}

static void array_among_partitions(uint8_t *disk, size_t size_bytes)
{
	memcpy(disk + 7000 * 512, disk + 1024, 16384);
	both_put32(disk, size_bytes, 72, 7000);
}

static void first_usable_low(uint8_t *disk, size_t size_bytes)
{
	both_put32(disk, size_bytes, 40, 33);
}

static void last_usable_first(uint8_t *disk, size_t size_bytes)
{
	both_put32(disk, size_bytes, 48, 40);
}

static void last_usable_low(uint8_t *disk, size_t size_bytes)
{
	both_put32(disk, size_bytes, 48, 10238);
}

static void entry_put32(uint8_t *disk, size_t size_bytes, size_t at, uint32_t value)
{
	le32_put(disk + 1024 + at, value);
	le32_put(disk + size_bytes - 33 * 512 + at, value);
	reseal(disk, size_bytes);
}

static void overlap(uint8_t *disk, size_t size_bytes)
{
	entry_put32(disk, size_bytes, 128 + 40, 6144);
}

static void backwards(uint8_t *disk, size_t size_bytes)
{
	entry_put32(disk, size_bytes, 128 + 40, 4095);
}

static void beyond_usable(uint8_t *disk, size_t size_bytes)
{
	entry_put32(disk, size_bytes, 256 + 40, (uint32_t)(size_bytes / 512 - 33));
}

static void below_usable(uint8_t *disk, size_t size_bytes)
{
	entry_put32(disk, size_bytes, 32, 33);
}

static void both_damaged(uint8_t *disk, size_t size_bytes)
{
	disk[600] ^= 1;
	disk[size_bytes - 500] ^= 1;
}

static void no_protection(uint8_t *disk, size_t size_bytes)
{
	(void)size_bytes;
	disk[450] = 0x83;
	disk[446 + 8] = 9;
}

static void empty_mbr(uint8_t *disk, size_t size_bytes)
{
	(void)size_bytes;
	disk[450] = 0;
}

static void no_signature(uint8_t *disk, size_t size_bytes)
{
	(void)size_bytes;
	disk[510] = 0;
}

static void hybrid(uint8_t *disk, size_t size_bytes)
{
	(void)size_bytes;
	disk[446 + 16 + 4] = 0x83;
	le32_put(disk + 446 + 16 + 8, 2048);
	le32_put(disk + 446 + 16 + 12, 2048);
}

/* What is not understood is refused, and nothing is written. */
static void test_refused(void **state)
{
	static const struct {
		const char *name;
		void (*spoil)(uint8_t *disk, size_t size_bytes);
		unsigned int number;
		uint64_t start;
		size_t cut_bytes; /* off the disk's end */
		enum table_result result;
	} cases[] = {
		{ "entries of 256 bytes", entry_size_256, 3, 6144, 0, TABLE_ODD },
		{ "no entries", no_entries, 3, 6144, 0, TABLE_ODD },
		{ "257 entries", many_entries, 3, 6144, 0, TABLE_ODD },
		{ "array among the partitions", array_among_partitions, 3, 6144, 0,
			TABLE_ODD },
		{ "array in usable sectors", first_usable_low, 3, 6144, 0, TABLE_ODD },
		{ "last usable before first", last_usable_first, 3, 6144, 0, TABLE_ODD },
		{ "end beyond what is usable", last_usable_low, 3, 6144, 0,
			TABLE_OVERLAP },
		{ "overlap", overlap, 3, 6144, 0, TABLE_OVERLAP },
		{ "end before start", backwards, 3, 6144, 0, TABLE_OVERLAP },
		{ "end in the backup", beyond_usable, 3, 6144, 0, TABLE_OVERLAP },
		{ "start in the array", below_usable, 3, 6144, 0, TABLE_OVERLAP },
		{ "both damaged", both_damaged, 3, 6144, 0, TABLE_DAMAGED },
		{ "no protective MBR", no_protection, 3, 6144, 0, TABLE_MISMATCH },
		{ "empty MBR", empty_mbr, 3, 6144, 0, TABLE_NONE },
		{ "no MBR", no_signature, 3, 6144, 0, TABLE_NONE },
		{ "hybrid", hybrid, 3, 6144, 0, TABLE_HYBRID },
		{ "not last", NULL, 2, 4096, 0, TABLE_NOT_LAST },
		{ "unused", NULL, 4, 0, 0, TABLE_MISMATCH },
		{ "number 0", NULL, 0, 6144, 0, TABLE_MISMATCH },
		{ "number beyond", NULL, 129, 6144, 0, TABLE_MISMATCH },
		{ "another start", NULL, 3, 6145, 0, TABLE_MISMATCH },
		{ "a sector missing", NULL, 3, 6144, 512, TABLE_SHORT_DISK },
		{ "half of it missing", NULL, 3, 6144, 3 * MIB, TABLE_SHORT_DISK },
		{ "nothing but the first", NULL, 3, 6144, 6 * MIB - 512,
			TABLE_SHORT_DISK },
	};
	CLEANUP(freep) char *said = run_in(*state, OURS), *good = NULL;
	size_t size;

	good = scratch_read(*state, "disk", &size);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct table_request want = { .number = cases[i].number,
			.start_sector = cases[i].start };
		CLEANUP(freep) uint8_t *bytes = xmemdup(good, size);
		size_t left = size - cases[i].cut_bytes;
		struct power_disk p;
		struct table_plan plan;
		enum table_result result;

		if (cases[i].spoil)
			cases[i].spoil(bytes, size);
		power_disk_init(&p, 512, bytes, left);
		result = power_disk_grow(&p, &want, &plan);
		if (result != cases[i].result)
			fail_msg("%s: %d, %s", cases[i].name, result,
				table_result_text(result));
		assert_int_equal(plan.count, 0);
		assert_memory_equal(p.bytes, bytes, left);
		power_disk_release(&p);
	}
}

/* Sector sizes and disk sizes that no disk has. */
static void test_odd_disks(void **state)
{
	static const struct {
		uint64_t sectors;
		uint32_t sector_bytes;
	} cases[] = { { 12288, 513 }, { 12288, 1024 }, { 12288, 8192 }, { 0, 512 },
		{ UINT64_MAX, 512 } };
	const struct table_request want = { .number = 3, .start_sector = 6144 };
	CLEANUP(freep) char *said = run_in(*state, OURS), *good = NULL;
	struct power_disk p;
	struct table_plan plan;
	size_t size;

	good = scratch_read(*state, "disk", &size);
	power_disk_init(&p, 512, (uint8_t *)good, size);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		p.disk.sectors = cases[i].sectors;
		p.disk.sector_bytes = cases[i].sector_bytes;
		assert_int_equal(power_disk_grow(&p, &want, &plan), TABLE_ODD);
	}
	power_disk_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_power),
		SCRATCH_TEST(test_twice_grown),
		SCRATCH_TEST(test_refused),
		SCRATCH_TEST(test_odd_disks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
