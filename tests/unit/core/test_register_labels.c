/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/register_labels.h"

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
static const struct ec2_image plain = { .image_id = NULL };

static void assert_difference(const struct register_image *wanted,
	const struct ec2_image *image, const char *expected)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

	register_labels_differ(wanted, image, &text);
	assert_string_equal(text.data ? text.data : "", expected);
}

static void what_was_not_asked_for_is_nobodys_matter(void **state)
{
	static const struct register_image wanted = { .name = "web-1" };

	(void)state;
	assert_difference(&wanted, &made, "");
	assert_difference(&wanted, &plain, "");
}

static void what_is_as_asked_for_is_not_told(void **state)
{
	static const struct ec2_tag tags[] = { { "Team", "base" }, { "Empty", "" } };
	static const struct register_image wanted = { .description = "A web server",
		.family = "web",
		.tags = tags,
		.tag_count = ARRAY_SIZE(tags) };
	static const struct register_image undescribed = { .description = "" };

	(void)state;
	assert_difference(&wanted, &made, "");
	assert_difference(&undescribed, &plain, "");
}

static void what_is_otherwise_is_told(void **state)
{
	static const struct ec2_tag tags[] = { { "Team", "web" }, { "Empty", "" },
		{ "Stage", "live" } };
	static const struct register_image wanted = { .description = "Of the web",
		.family = "fleet",
		.tags = tags,
		.tag_count = ARRAY_SIZE(tags) };

	(void)state;
	assert_difference(&wanted, &made,
		"its description is 'A web server' and not 'Of the web', "
		"its family is 'web' and not 'fleet', "
		"its tag Team is 'base' and not 'web', it has no tag Stage");
	assert_difference(&wanted, &plain,
		"its description is '' and not 'Of the web', it has no family, "
		"it has no tag Team, it has no tag Empty, it has no tag Stage");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_not_asked_for_is_nobodys_matter),
		cmocka_unit_test(what_is_as_asked_for_is_not_told),
		cmocka_unit_test(what_is_otherwise_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
