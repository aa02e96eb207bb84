/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/lint_sshd.h"

#include <fnmatch.h>

#include "unit.h"

/* Files of a case; the first is sshd_config itself. */
struct source_file {
	const char *path, *text;
};

struct table_source {
	struct sshd_source source; /* first */
	const struct source_file *files;
};

static int include(struct sshd_source *s, const char *pattern,
	int (*read)(void *reader, const char *path, char *text, struct error *err),
	void *reader, struct error *err)
{
	const struct source_file *f = ((struct table_source *)s)->files;

	for (; f->path; f++) {
		CLEANUP(freep) char *text = NULL;

		if (fnmatch(pattern, f->path, FNM_PATHNAME) != 0)
			continue;
		text = xstrdup(f->text);
		if (read(reader, f->path, text, err) < 0)
			return -1;
	}
	return 0;
}

static int read_files(
	const struct source_file *files, struct sshd_config *c, struct error *err)
{
	struct table_source source = { { include }, files };
	CLEANUP(freep) char *text = xstrdup(files[0].text);

	return sshd_config_read(c, files[0].path, text, &source.source, err);
}

#define CONFIG "/etc/ssh/sshd_config"

static void the_value_that_counts(void **state)
{
	static const struct {
		struct source_file files[4];
		const char *value; /* of PermitRootLogin; NULL: not set */
		unsigned int line;
	} cases[] = {
		{ { { CONFIG, "" } }, NULL, 0 },
		{ { { CONFIG, "#PermitRootLogin yes\n" } }, NULL, 0 },
		{ { { CONFIG, "PermitRootLogin yes\nPermitRootLogin no\n" } }, "yes", 1 },
		{ { { CONFIG, "\tpermitROOTlogin=\"no\" # no\r\n" } }, "no", 1 },
		{ { { CONFIG, "PermitRootLogin = without-password" } },
			"without-password", 1 },
		{ { { CONFIG, "Match User x\nPermitRootLogin yes\n" } }, NULL, 0 },
		{ { { CONFIG, "PermitRootLogin no\nMatch all\nPermitRootLogin yes\n" } },
			"yes", 3 },
		{ { { CONFIG, "Include sshd_config.d/*.conf\nPermitRootLogin no\n" },
			  { "/etc/ssh/sshd_config.d/a.conf", "PermitRootLogin yes\n" } },
			"yes", 1 },
		{ { { CONFIG, "PermitRootLogin no\nInclude /etc/ssh/sshd_config.d/*\n" },
			  { "/etc/ssh/sshd_config.d/a.conf", "PermitRootLogin yes\n" } },
			"no", 1 },
		/* A Match ends with the file that it stands in. */
		{ { { CONFIG, "Include /x\nPermitRootLogin no\n" },
			  { "/x", "Match User y\nX11Forwarding no\n" } },
			"no", 2 },
		/* What is included behind a Match holds for it alone. */
		{ { { CONFIG, "Match User y\nInclude /x\n" },
			  { "/x", "PermitRootLogin yes\n" } },
			NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(sshd_config_releasep) struct sshd_config c = { 0 };
		const struct sshd_setting *s;
		struct error err = ERROR_INIT;

		assert_int_equal(read_files(cases[i].files, &c, &err), 0);
		s = sshd_config_effective(&c, "permitrootlogin");
		if (!s != !cases[i].value ||
			(s && (strcmp(s->value, cases[i].value) != 0 ||
				      s->line != cases[i].line)))
			fail_msg("case %zu: %s", i, s ? s->value : "not set");
	}
}

static void conditions_are_kept(void **state)
{
	static const struct source_file files[] = {
		{ CONFIG, "Match  Group wheel \n PasswordAuthentication yes\n" }, { NULL }
	};
	CLEANUP(sshd_config_releasep) struct sshd_config c = { 0 };
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(read_files(files, &c, &err), 0);
	assert_int_equal(c.count, 1);
	assert_string_equal(c.settings[0].match, "Group wheel");
	assert_string_equal(c.settings[0].path, CONFIG);
	assert_int_equal(c.settings[0].line, 2);
}

static void an_older_name_is_the_same_keyword(void **state)
{
	static const struct source_file files[] = {
		{ CONFIG, "ChallengeResponseAuthentication no\n" }, { NULL }
	};
	CLEANUP(sshd_config_releasep) struct sshd_config c = { 0 };
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(read_files(files, &c, &err), 0);
	assert_non_null(sshd_config_effective(&c, "kbdinteractiveauthentication"));
}

static void files_that_include_each_other_are_refused(void **state)
{
	static const struct source_file files[] = { { CONFIG,
							    "Include /x\nInclude /x\n" },
		{ "/x", "Include /x\nInclude /x\n" }, { NULL } };
	CLEANUP(sshd_config_releasep) struct sshd_config c = { 0 };
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(read_files(files, &c, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "included in each other");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_value_that_counts),
		cmocka_unit_test(conditions_are_kept),
		cmocka_unit_test(an_older_name_is_the_same_keyword),
		cmocka_unit_test(files_that_include_each_other_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
