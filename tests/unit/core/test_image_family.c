/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/image_family.h"

#include "core/run_tags.h"
#include "unit.h"

enum { IMAGES_MOST = 9 };

static const struct ec2_tag finished[] = { { RUN_TAG_ID, "r" },
	{ RUN_TAG_STATE, RUN_STATE_FINISHED } };
static const struct ec2_tag unfinished[] = { { RUN_TAG_ID, "r" },
	{ RUN_TAG_STATE, RUN_STATE_UNFINISHED } };
static const struct ec2_tag copied[] = { { RUN_TAG_ID, "r" },
	{ RUN_TAG_STATE, RUN_STATE_FINISHED }, { RUN_TAG_SOURCE, "eu-west-1/ami-1" } };
static const struct ec2_tag foreign[] = { { RUN_TAG_STATE, RUN_STATE_FINISHED } };

struct told {
	const char *id, *created, *architecture;
	const struct ec2_tag *tags;
	const char *state;
	const char *copy_of; /* an image in eu-west-1, as the service says */
};

/* A list, sorted; it does not move. */
struct images {
	struct ec2_image images[IMAGES_MOST];
	const void *items[IMAGES_MOST];
	struct ec2_list list;
};

static void fill(const struct told *told, size_t count, struct images *ret)
{
	struct ec2_image *images = ret->images;

	assert_true(count <= IMAGES_MOST);
	*ret = (struct images){ 0 };
	ret->list = (struct ec2_list){ .items = ret->items, .count = count };
	for (size_t i = 0; i < count; i++) {
		images[i].image_id = (char *)told[i].id;
		images[i].creation_date = (char *)told[i].created;
		images[i].architecture = (char *)told[i].architecture;
		images[i].state = (char *)told[i].state;
		images[i].tags =
			(struct shape_list){ told[i].tags, told[i].tags == foreign  ? 1
							   : told[i].tags == copied ? 3
										    : 2 };
		images[i].source_image_id = (char *)told[i].copy_of;
		images[i].source_image_region = (char *)"eu-west-1";
		ret->items[i] = &images[i];
	}
	image_list_sort(&ret->list);
}

/* "b a": the ids of what is too many, in order. */
static char *too_many(const struct told *told, size_t count, uint64_t keep)
{
	struct strbuf text = STRBUF_INIT;
	struct images all;

	fill(told, count, &all);
	image_list_drop_newest(&all.list, keep);
	for (size_t i = 0; i < all.list.count; i++)
		strbuf_addf(&text, "%s%s", i ? " " : "",
			ec2_image_at(&all.list, i)->image_id);
	return strbuf_take(&text);
}

static void the_newest_stay(void **state)
{
	static const struct told told[] = {
		{ "b", "2026-02-01T00:00:00.000Z", "x86_64", finished },
		{ "d", "2026-04-01T00:00:00.000Z", "x86_64", finished },
		{ "a", "2026-01-01T00:00:00.000Z", "x86_64", finished },
		{ "c", "2026-03-01T00:00:00.000Z", "x86_64", finished },
		{ "arm", "2025-01-01T00:00:00.000Z", "arm64", finished },
		{ "left", "2024-01-01T00:00:00.000Z", "x86_64", unfinished },
		{ "new", "2026-05-01T00:00:00.000Z", "x86_64", unfinished },
		{ "other", "2024-01-01T00:00:00.000Z", "x86_64", foreign },
		{ "gone", "2024-01-01T00:00:00.000Z", "x86_64", finished,
			"deregistered" },
	};
	static const struct {
		uint64_t keep;
		const char *wanted;
	} cases[] = { { 1, "c b a" }, { 2, "b a" }, { 3, "a" }, { 4, "" },
		{ UINT64_MAX, "" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep)
		char *got = too_many(told, ARRAY_SIZE(told), cases[i].keep);

		assert_string_equal(got, cases[i].wanted);
	}
}

static void those_of_one_moment_all_stay(void **state)
{
	static const struct told told[] = {
		{ "a", "2026-01-01T00:00:00.000Z", "x86_64", finished },
		{ "b", "2026-01-01T00:00:00.000Z", "x86_64", finished },
		{ "c", NULL, "x86_64", finished },
	};
	CLEANUP(freep) char *got = too_many(told, ARRAY_SIZE(told), 1);

	(void)state;
	assert_string_equal(got, "c");
}

static void those_that_are_newer_are_counted(void **state)
{
	static const struct told told[] = {
		{ "a", "2026-03-01T00:00:00.000Z", "x86_64", finished },
		{ "arm", "2026-02-01T00:00:00.000Z", "arm64", finished },
		{ "b", "2026-01-01T00:00:00.000Z", "x86_64", finished },
		{ "c", "2026-01-01T00:00:00.000Z", "x86_64", finished },
		{ "d", NULL, "x86_64", finished },
	};
	static const uint64_t newer[] = { 0, 0, 1, 1, 3 };
	struct images all;

	(void)state;
	fill(told, ARRAY_SIZE(told), &all);
	for (size_t i = 0; i < ARRAY_SIZE(newer); i++)
		assert_int_equal(image_list_newer_than(&all.list, i), newer[i]);
	assert_true(image_is_alike(&all.images[0], &all.images[2]));
	assert_false(image_is_alike(&all.images[0], &all.images[1]));
}

/* Somebody has copied one of ours with all of its tags. */
static void what_others_have_copied_is_none_of_them(void **state)
{
	static const struct told told[] = {
		{ "new", "2026-05-01T00:00:00.000Z", "x86_64", finished },
		{ "theirs", "2026-04-01T00:00:00.000Z", "x86_64", finished, NULL,
			"ami-1" },
		{ "ours", "2026-03-01T00:00:00.000Z", "x86_64", copied, NULL, "ami-1" },
		{ "of-ours", "2026-02-01T00:00:00.000Z", "x86_64", copied, NULL,
			"ami-2" },
		{ "sent", "2026-01-01T00:00:00.000Z", "x86_64", copied },
	};
	CLEANUP(freep) char *got = too_many(told, ARRAY_SIZE(told), 1);

	(void)state;
	assert_string_equal(got, "ours sent");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_stay),
		cmocka_unit_test(those_of_one_moment_all_stay),
		cmocka_unit_test(those_that_are_newer_are_counted),
		cmocka_unit_test(what_others_have_copied_is_none_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
