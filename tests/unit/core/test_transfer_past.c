/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/transfer_past.h"

#include "core/record.h"
#include "unit.h"

#define DIGEST "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define FIRST "amiwright-transfer 1 1000 -5 7"
#define START "start 20261121t090113z-4f0c9a21be 1763715700"
#define SNAPSHOT "snapshot snap-0123456789abcdef0"

/* Records, and how many of them are believed. */
static const struct {
	const char *records[8];
	size_t good;
	size_t blocks;
} cases[] = {
	{ { NULL }, 0, 0 },
	{ { FIRST, START, SNAPSHOT, "block 3 " DIGEST, "block 1 " DIGEST, "completing" },
		6, 2 },
	{ { FIRST, START, SNAPSHOT, "block 3 " DIGEST, "block 3 " DIGEST }, 5, 1 },
	/* Not one of ours, or of another version. */
	{ { START, SNAPSHOT }, 0, 0 },
	{ { "amiwright-transfer 2 1000 5 7", START }, 0, 0 },
	{ { "amiwright-transfer 1 1000 5", START }, 0, 0 },
	{ { "amiwright-transfer 1 1000 5 7 9", START }, 0, 0 },
	/* Records that say too little, too much, or come too early. */
	{ { FIRST, SNAPSHOT }, 1, 0 },
	{ { FIRST, START, "block 3 " DIGEST }, 2, 0 },
	{ { FIRST, START, "completing" }, 2, 0 },
	{ { FIRST, START, START }, 2, 0 },
	{ { FIRST, "start  1763715700" }, 1, 0 },
	{ { FIRST, "start token" }, 1, 0 },
	{ { FIRST, "start token now" }, 1, 0 },
	{ { FIRST, "start 20261121t090113z-4f0c9a21be0 1763715700" }, 1, 0 },
	{ { FIRST, START, "snapshot " }, 2, 0 },
	{ { FIRST, START, SNAPSHOT, SNAPSHOT }, 3, 0 },
	{ { FIRST, START, SNAPSHOT, "block x " DIGEST }, 3, 0 },
	{ { FIRST, START, SNAPSHOT, "block 3 " DIGEST "0" }, 3, 0 },
	{ { FIRST, START, SNAPSHOT, "block 3 00" }, 3, 0 },
	{ { FIRST, START, SNAPSHOT, "blocks" }, 3, 0 },
};

static void records_are_believed_up_to_the_first_wrong_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(transfer_past_releasep) struct transfer_past past = { 0 };
		CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
		size_t good = 0;

		for (size_t k = 0; cases[i].records[k]; k++) {
			record_add(&text, cases[i].records[k]);
			if (k + 1 == cases[i].good)
				good = text.length_bytes;
		}
		assert_int_equal(
			transfer_past_parse(text.data, text.length_bytes, &past), good);
		assert_int_equal(past.count, cases[i].blocks);
	}
}

static void a_whole_one_gives_back_what_was_written(void **state)
{
	CLEANUP(transfer_past_releasep) struct transfer_past past = { 0 };
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

	(void)state;
	for (size_t k = 0; cases[1].records[k]; k++)
		record_add(&text, cases[1].records[k]);
	(void)transfer_past_parse(text.data, text.length_bytes, &past);
	assert_int_equal(past.file.size_bytes, 1000);
	assert_int_equal(past.file.modified_ns, -5);
	assert_int_equal(past.file.changed_ns, 7);
	assert_string_equal(past.token, "20261121t090113z-4f0c9a21be");
	assert_int_equal(past.begun_at_s, 1763715700);
	assert_string_equal(past.snapshot_id, "snap-0123456789abcdef0");
	assert_int_equal(past.blocks[0].index, 1);
	assert_int_equal(past.blocks[1].index, 3);
	assert_int_equal(past.blocks[1].digest[2], 0x22);
	assert_true(past.is_completing);
}

/* Cut anywhere, or with any byte changed, it never says what was not written. */
static void damage_only_shortens_it(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

	(void)state;
	for (size_t k = 0; cases[1].records[k]; k++)
		record_add(&text, cases[1].records[k]);
	for (size_t at = 0; at < text.length_bytes; at++) {
		CLEANUP(transfer_past_releasep) struct transfer_past cut = { 0 };
		CLEANUP(transfer_past_releasep) struct transfer_past changed = { 0 };

		assert_true(transfer_past_parse(text.data, at, &cut) <= at);
		text.data[at] ^= 1;
		assert_true(transfer_past_parse(text.data, text.length_bytes, &changed) <=
			    at);
		text.data[at] ^= 1;
		assert_true(changed.count <= 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_believed_up_to_the_first_wrong_one),
		cmocka_unit_test(a_whole_one_gives_back_what_was_written),
		cmocka_unit_test(damage_only_shortens_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
