/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/block_list.h"

#include <signal.h>

#include "service_support.h"
#include "unit.h"

#define BLOCK(n) "{\\\"BlockIndex\\\": " #n ", \\\"BlockToken\\\": \\\"t" #n "\\\"}"
#define FACTS "\\\"VolumeSize\\\": 1, \\\"BlockSize\\\": 524288"
#define PAGE(rest) "{\"body\": \"{" rest "}\"}"
#define MORE ", \\\"NextToken\\\": \\\"a/b\\\""
#define FIRST_PAGE PAGE(FACTS ", \\\"Blocks\\\": [" BLOCK(3) "]" MORE)

/* Read a list to its end: the indices, as text. */
static int read_list(struct service *s, struct strbuf *to, struct error *err)
{
	CLEANUP(block_list_freep) struct block_list *l = NULL;
	bool more = true;

	if (block_list_open(s->ebs, "snap-1", &l, err) < 0)
		return -1;
	while (more) {
		const struct ebs_block *b;

		for (; (b = block_list_next(l)); block_list_advance(l))
			strbuf_addf(
				to, "%d:%s ", (int)b->block_index.value, b->block_token);
		if (block_list_turn(l, &more, err) < 0)
			return -1;
	}
	assert_int_equal(block_list_volume_bytes(l), GIB);
	assert_string_equal(block_list_snapshot(l), "snap-1");
	return 0;
}

static void pages_are_turned(void **state)
{
	static const char script[] = "{\"answers\": [" FIRST_PAGE ", " PAGE(
		FACTS ", \\\"Blocks\\\": []" MORE) ", " PAGE(FACTS
		", \\\"Blocks\\\": [" BLOCK(4) ", " BLOCK(2047) "]") "]}";
	static const char *const asked[] = {
		"GET /snapshots/snap-1/blocks?maxResults=10000&startingBlockIndex=0 ",
		"GET /snapshots/snap-1/blocks?maxResults=10000&startingBlockIndex=4 ",
		/* To what lies behind an empty page only its token leads. */
		"GET /snapshots/snap-1/blocks?maxResults=10000&pageToken=a%2Fb ",
	};
	CLEANUP(service_releasep) struct service s = { 0 };
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	struct error err = ERROR_INIT;

	service_start(&s, *state, script);
	if (read_list(&s, &text, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(text.data, "3:t3 4:t4 2047:t2047 ");
	for (unsigned int i = 0; i < ARRAY_SIZE(asked); i++) {
		CLEANUP(freep) char *request = fake_request(s.fake, i + 1);

		assert_non_null(request);
		if (strncmp(request, asked[i], strlen(asked[i])) != 0)
			fail_msg("request %u is %s", i + 1, request);
	}
}

static void lists_that_lie_are_refused(void **state)
{
	static const struct {
		const char *answers;
		enum err_code code;
		const char *message;
	} cases[] = {
		{ PAGE(FACTS ", \\\"Blocks\\\": [" BLOCK(4) ", " BLOCK(3) "]"),
			ERR_FORMAT, "not in order" },
		{ PAGE(FACTS ", \\\"Blocks\\\": [" BLOCK(3) ", " BLOCK(3) "]"),
			ERR_FORMAT, "not in order" },
		{ FIRST_PAGE ", " FIRST_PAGE, ERR_FORMAT, "not in order" },
		{ PAGE(FACTS ", \\\"Blocks\\\": [" BLOCK(2048) "]"), ERR_FORMAT,
			"behind the end of its volume" },
		{ PAGE(FACTS ", \\\"Blocks\\\": [" BLOCK(9223372036854775807) "]"),
			ERR_FORMAT, "behind the end of its volume" },
		{ PAGE(FACTS ", \\\"Blocks\\\": [{\\\"BlockIndex\\\": 3}]"), ERR_FORMAT,
			"not in order" },
		{ PAGE(FACTS ", \\\"Blocks\\\": [{\\\"BlockToken\\\": \\\"t\\\"}]"),
			ERR_FORMAT, "not in order" },
		{ PAGE("\\\"VolumeSize\\\": 1, \\\"BlockSize\\\": 4096"), ERR_FORMAT,
			"blocks of 4096 bytes" },
		{ PAGE("\\\"Blocks\\\": []"), ERR_FORMAT, "the size of its volume" },
		{ PAGE("\\\"VolumeSize\\\": 0"), ERR_FORMAT, "the size of its volume" },
		{ PAGE("\\\"VolumeSize\\\": 65537"), ERR_FORMAT,
			"the size of its volume" },
		{ FIRST_PAGE ", " PAGE("\\\"VolumeSize\\\": 2"), ERR_FORMAT,
			"the size of its volume" },
		{ "{\"times\": 0, \"body\": \"{" FACTS MORE "}\"}", ERR_FORMAT,
			"has no end" },
		{ "{\"body\": \"[]\"}", ERR_FORMAT, "ListSnapshotBlocks" },
		{ "{\"status\": 404, \"headers\": {\"x-amzn-ErrorType\": "
		  "\"ResourceNotFoundException\"}, \"body\": \"{\\\"Message\\\": \\\"no "
		  "such\\\"}\"}",
			ERR_FETCH,
			"list the blocks of snap-1: ListSnapshotBlocks was refused: no "
			"such" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(service_releasep) struct service s = { 0 };
		CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
		CLEANUP(freep)
		char *script = xasprintf("{\"answers\": [%s]}", cases[i].answers);
		struct error err = ERROR_INIT;

		service_start(&s, *state, script);
		if (read_list(&s, &text, &err) == 0)
			fail_msg("not refused: %s", cases[i].answers);
		unit_assert_error(&err, cases[i].code, cases[i].message);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(pages_are_turned),
		SCRATCH_TEST(lists_that_lie_are_refused),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
