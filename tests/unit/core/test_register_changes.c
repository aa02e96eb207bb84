/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/register_changes.h"

#include "core/run_tags.h"
#include "unit.h"

static struct ec2_tag has[] = {
	{ "Team", "base" },
	{ "Empty", NULL },
	{ "Theirs", "1" },
	{ RUN_TAG_FAMILY, "web" },
};
static const struct ec2_image made = { .description = (char *)"A web server",
	.tags = { has, ARRAY_SIZE(has) } };

static void what_was_not_asked_for_stays(void **state)
{
	static const struct register_image wanted = { .name = "web-1" };
	struct register_changes c = { 0 };

	(void)state;
	register_changes_find(&wanted, &made, &c);
	assert_null(c.description);
	assert_null(c.family);
	assert_int_equal(c.tag_count, 0);
	register_changes_release(&c);
}

static void what_is_so_already_stays(void **state)
{
	static const struct ec2_tag tags[] = { { "Team", "base" }, { "Empty", "" } };
	static const struct register_image wanted = { .description = "A web server",
		.family = "web",
		.tags = tags,
		.tag_count = ARRAY_SIZE(tags) };
	static const struct register_image undescribed = { .description = "" };
	static const struct ec2_image plain = { .image_id = NULL };
	struct register_changes c = { 0 };

	(void)state;
	register_changes_find(&wanted, &made, &c);
	assert_null(c.description);
	assert_null(c.family);
	assert_int_equal(c.tag_count, 0);
	register_changes_release(&c);
	register_changes_find(&undescribed, &plain, &c);
	assert_null(c.description);
	register_changes_release(&c);
}

static void what_differs_is_changed(void **state)
{
	static const struct ec2_tag tags[] = { { "Team", "web" }, { "Empty", "" },
		{ "Stage", "live" } };
	static const struct register_image wanted = { .description = "Of the web",
		.family = "fleet",
		.tags = tags,
		.tag_count = ARRAY_SIZE(tags) };
	struct register_changes c = { 0 };

	(void)state;
	register_changes_find(&wanted, &made, &c);
	assert_string_equal(c.description, "Of the web");
	assert_string_equal(c.family, "fleet");
	assert_int_equal(c.tag_count, 2);
	assert_string_equal(c.tags[0].value, "web");
	assert_string_equal(c.tags[1].key, "Stage");
	register_changes_release(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_not_asked_for_stays),
		cmocka_unit_test(what_is_so_already_stays),
		cmocka_unit_test(what_differs_is_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
