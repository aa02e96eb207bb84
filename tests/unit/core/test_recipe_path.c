/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/recipe_path.h"

#include <sys/stat.h>

#include "unit.h"

/*
 *	<scratch>/outside.sh      <scratch>/dir/in.sh
 *	<scratch>/dir/sub/        <scratch>/dir/near -> in.sh
 *	<scratch>/dir/far -> ../outside.sh
 *	<scratch>/dir/etc -> /etc
 *	<scratch>/dir/loop -> loop
 */
static char *make_files(const char *scratch)
{
	char *dir = path_join(scratch, "dir");
	CLEANUP(freep)
	char *sub = path_join(dir, "sub"), *near = path_join(dir, "near"),
	     *far = path_join(dir, "far"), *etc = path_join(dir, "etc"),
	     *loop = path_join(dir, "loop");

	assert_int_equal(mkdir(dir, 0755), 0);
	assert_int_equal(mkdir(sub, 0755), 0);
	unit_write_file(dir, "in.sh", "x");
	unit_write_file(scratch, "outside.sh", "x");
	assert_int_equal(symlink("in.sh", near), 0);
	assert_int_equal(symlink("../outside.sh", far), 0);
	assert_int_equal(symlink("/etc", etc), 0);
	assert_int_equal(symlink("loop", loop), 0);
	return dir;
}

static void links_may_not_lead_out(void **state)
{
	static const struct {
		const char *path;
		bool directory;
		const char *why; /* NULL: it is fine */
	} cases[] = {
		{ "in.sh", false, NULL },
		{ "./in.sh", false, NULL },
		{ "sub/../in.sh", false, NULL },
		{ "sub", true, NULL },
		{ "sub/", true, NULL },
		{ ".", true, NULL },
		{ "near", false, NULL },
		{ "../outside.sh", false, NULL },
		{ "../dir/in.sh", false, NULL },
		{ "far", false, "leads through a symbolic link to " },
		{ "etc/passwd", false, "leads through a symbolic link to /etc/passwd" },
		{ "etc", true, "leads through a symbolic link to /etc" },
		{ "../dir/etc/passwd", false,
			"leads through a symbolic link to /etc/passwd" },
		{ "./etc/passwd", false, "leads through a symbolic link to /etc/passwd" },
		{ "/etc/passwd", false, NULL },
		{ "loop", false, "cannot be found: Too many levels of symbolic links" },
		{ "nothing", false, "is not there; looked for " },
		{ "in.sh/x", false, "cannot be found: Not a directory" },
		{ "sub", false, "is a directory; a file is wanted" },
		{ "in.sh", true, "is not a directory" },
		{ "/dev/null", false, "is not a regular file" },
	};
	CLEANUP(freep) char *dir = make_files(*state);
	const struct recipe_base base = { dir, true };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_releasep) struct strbuf why = STRBUF_INIT;
		CLEANUP(freep) char *path = NULL;
		int r = recipe_path_resolve(
			&base, cases[i].path, cases[i].directory, &path, &why);

		if (!cases[i].why && (r < 0 || path[0] != '/'))
			fail_msg("%s: %s", cases[i].path, why.data);
		if (cases[i].why && (r == 0 || strncmp(why.data, cases[i].why,
						       strlen(cases[i].why)) != 0))
			fail_msg("%s: %s", cases[i].path, r ? why.data : "was taken");
	}
}

/* What a person types means what it says. */
static void without_confinement_links_are_followed(void **state)
{
	CLEANUP(freep) char *dir = make_files(*state);
	const struct recipe_base base = { dir, false };
	CLEANUP(strbuf_releasep) struct strbuf why = STRBUF_INIT;
	CLEANUP(freep) char *path = NULL;

	assert_int_equal(recipe_path_resolve(&base, "etc/passwd", false, &path, &why), 0);
	assert_string_equal(path, "/etc/passwd");
}

/* A directory beside the recipe's, whose name only starts like it, is not inside it. */
static void a_sibling_of_like_name_is_outside(void **state)
{
	CLEANUP(freep)
	char *dir = make_files(*state), *sibling = path_join(*state, "dir-2"),
	     *link = path_join(dir, "sibling");
	const struct recipe_base base = { dir, true };
	CLEANUP(strbuf_releasep) struct strbuf why = STRBUF_INIT;
	char *path = NULL;

	assert_int_equal(mkdir(sibling, 0755), 0);
	assert_int_equal(symlink(sibling, link), 0);
	assert_int_equal(recipe_path_resolve(&base, "sibling", true, &path, &why), -1);
	assert_null(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(links_may_not_lead_out),
		SCRATCH_TEST(without_confinement_links_are_followed),
		SCRATCH_TEST(a_sibling_of_like_name_is_outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
