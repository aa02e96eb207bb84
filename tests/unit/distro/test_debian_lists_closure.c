/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/lists_closure.h"

#include "base/fd.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "unit.h"

#define HASH "SHA256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
#define RECORD(name, fields) "Package: " name "\n" fields HASH "\n"

/* clang-format off */
static const char list_1[] =
	RECORD("init", "Essential: yes\nPre-Depends: pre-1 (>= 2) , pre-2:any\n")
	RECORD("app",
		"Depends: left | right [amd64], virtual (= 1),\n folded\nVersion: 1\n")
	RECORD("left", "Recommends: recommended\nSuggests: suggested\n")
	RECORD("right", "Conflicts: left\nDepends: cycle\n")
	RECORD("real", "Provides: other, virtual (= 1)\n")
	RECORD("cycle", "Depends: app\n")
	RECORD("recommended", "")
	RECORD("suggested", "")
	RECORD("unrelated", "Depends: pre-1\nProvides: nothing\n")
	RECORD("apt", "");
static const char list_2[] =
	RECORD("folded", "Package-Type: deb\n")
	RECORD("pre-1", "")
	RECORD("app", "Version: 2\nDepends: newer\n")
	RECORD("pre-2", "Protected: yes\n")
	RECORD("pre", "")
	"Package: newer\n" HASH; /* and nothing behind it */
/* clang-format on */

static void write_lists(const char *scratch)
{
	CLEANUP(freep) char *partial = path_join(scratch, "from/partial");
	struct error err = ERROR_INIT;

	assert_int_equal(path_make_dirs(partial, 0755, &err), 0);
	unit_write_file(scratch, "from/lock", "");
	unit_write_file(scratch, "from/m_InRelease", "signed\n");
	unit_write_file(scratch, "from/m_1_Packages", list_1);
	unit_write_file(scratch, "from/m_2_Packages", list_2);
}

static bool make(const char *scratch, const char *name)
{
	CLEANUP(freep) char *from = path_join(scratch, "from");
	CLEANUP(freep) char *to = path_join(scratch, "to");
	CLEANUP(strv_releasep) struct strv names = STRV_INIT;
	struct error err = ERROR_INIT;
	bool known;

	strv_add(&names, name);
	assert_int_equal(lists_closure_make(&(struct lists_closure){ from, to, &names },
				 &known, &err),
		0);
	return known;
}

static char *read_file(const char *scratch, const char *name)
{
	CLEANUP(freep) char *path = path_join(scratch, name);
	struct error err = ERROR_INIT;
	char *text;

	assert_int_equal(file_read_all(path, 1 << 16, &text, NULL, &err), 0);
	return text;
}

/* The names of a list's packages, each with a blank behind it. */
static char *packages_of(const char *scratch, const char *list)
{
	CLEANUP(freep) char *text = read_file(scratch, list);
	struct strbuf names = STRBUF_INIT;

	for (const char *at = text; (at = strstr(at, "Package: ")); at++)
		strbuf_addf(&names, "%.*s ", (int)strcspn(at + 9, "\n"), at + 9);
	return strbuf_take(&names);
}

static void what_could_be_installed_is_there_and_nothing_else(void **state)
{
	CLEANUP(freep) char *release = NULL;
	CLEANUP(freep) char *first = NULL;
	CLEANUP(freep) char *second = NULL;

	write_lists(*state);
	assert_true(make(*state, "app"));
	first = packages_of(*state, "to/m_1_Packages");
	second = packages_of(*state, "to/m_2_Packages");
	release = read_file(*state, "to/m_InRelease");
	assert_string_equal(first, "init app left right real cycle apt ");
	assert_string_equal(second, "folded pre-1 app pre-2 newer ");
	assert_string_equal(release, "signed\n");
}

static void records_stay_as_they_are(void **state)
{
	static const char all[] = RECORD("pre-1", "") RECORD("pre-2", "Protected: yes\n");
	CLEANUP(freep) char *text = NULL;

	write_lists(*state);
	assert_true(make(*state, "virtual"));
	text = read_file(*state, "to/m_2_Packages");
	assert_string_equal(text, all);
}

static void a_name_that_nothing_has_is_told(void **state)
{
	CLEANUP(freep) char *to = path_join(*state, "to");

	write_lists(*state);
	assert_false(make(*state, "ap"));
	assert_false(path_exists(to));
	/* One that is only depended on, too. */
	assert_false(make(*state, "suggest"));
}

static void what_cannot_be_written_is_an_error(void **state)
{
	CLEANUP(freep) char *from = path_join(*state, "from");
	CLEANUP(freep) char *to = path_join(*state, "to");
	CLEANUP(strv_releasep) struct strv names = STRV_INIT;
	struct error err = ERROR_INIT;
	bool known;

	write_lists(*state);
	unit_write_file(*state, "to", "a file");
	strv_add(&names, "app");
	assert_int_equal(lists_closure_make(&(struct lists_closure){ from, to, &names },
				 &known, &err),
		-1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(what_could_be_installed_is_there_and_nothing_else),
		SCRATCH_TEST(records_stay_as_they_are),
		SCRATCH_TEST(a_name_that_nothing_has_is_told),
		SCRATCH_TEST(what_cannot_be_written_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
