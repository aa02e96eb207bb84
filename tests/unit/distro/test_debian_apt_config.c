/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/apt_config.h"

#include <stdbool.h>

#include "base/proc.h"
#include "unit.h"

static const char host[] =
	"APT::Get::AllowUnauthenticated \"true\";\n"
	"DPkg::Pre-Install-Pkgs:: \"/bin/evil\";\n"
	"APT::Update::Post-Invoke:: \"/bin/evil\";\n"
	"Acquire \"\";\n"
	"Acquire::AllowInsecureRepositories \"true\";\n"
	"Acquire::AllowWeakRepositories \"true\";\n"
	"Acquire::gpgv::Options:: \"--ignore-time-conflict\";\n"
	"Acquire::Check-Valid-Until \"false\";\n"
	"Acquire::Languages:: \"de\";\n"
	"Acquire::Retries \"7\";\n"
	"Acquire::Retries::Delay \"true\";\n"
	"Acquire::http \"\";\n"
	"Acquire::http::Proxy \"http://user:pass@proxy:3128/\";\n"
	"Acquire::https::Verify-Peer \"true\";\n"
	"Acquire::IndexTargets::deb::DEP-11::DefaultEnabled \"true\";\n";

static void only_how_to_fetch_is_carried_over(void **state)
{
	static const char *const wanted[] = {
		"Acquire::Check-Valid-Until \"false\";\n",
		"Acquire::Retries \"7\";\n",
		"Acquire::http::Proxy \"http://user:pass@proxy:3128/\";\n",
		"Acquire::https::Verify-Peer \"true\";\n",
		"Dir \"/some/dir\";\n",
		"APT::Architecture \"arm64\";\n",
	};
	static const char *const unwanted[] = { "evil", "Unauthenticated",
		"AllowInsecureRepositories \"true\"", "AllowWeakRepositories \"true\"",
		"gpgv::Options", "\"de\"", "DEP-11", "Delay \"true\"" };
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(apt_config_format("/some/dir", "arm64", host, &text, &err), 0);
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		if (!strstr(text.data, wanted[i]))
			fail_msg("lacks %s", wanted[i]);
	for (size_t i = 0; i < ARRAY_SIZE(unwanted); i++)
		if (strstr(text.data, unwanted[i]))
			fail_msg("has %s", unwanted[i]);
}

/* apt itself reads it, and what it says then is ours alone. */
static void apt_understands_it(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	CLEANUP(freep) char *file = path_join(*state, "apt.conf");
	CLEANUP(freep) char *config = xasprintf("APT_CONFIG=%s", file);
	CLEANUP(proc_result_releasep) struct proc_result r = { 0 };
	static const char *const argv[] = { "apt-config", "dump", NULL };
	const char *const env[] = { "PATH=/usr/bin:/bin", "LC_ALL=C", config, NULL };
	struct error err = ERROR_INIT;

	assert_int_equal(apt_config_format(*state, "arm64", host, &text, &err), 0);
	unit_write_file(*state, "apt.conf", text.data);
	if (proc_run(&(struct proc_spec){ .argv = argv, .env = env }, &r, &err) < 0)
		fail_msg("%s\n%s", err.msg, err.output);
	assert_non_null(strstr(r.out, "\nAcquire::Retries \"7\";\n"));
	assert_non_null(strstr(r.out, "\nAPT::Architecture \"arm64\";\n"));
	assert_non_null(strstr(r.out, "\nDir::Etc::parts \"apt.conf.d\";\n"));
	assert_null(strstr(r.out, "Post-Invoke"));
	assert_null(strstr(r.out, "docker"));
}

static void names_that_apt_cannot_quote_are_refused(void **state)
{
	static const char *const dirs[] = { "/a\"b", "/a\\b", "/a\nb", "/a;b" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
		struct error err = ERROR_INIT;

		assert_int_equal(
			apt_config_format(dirs[i], "amd64", "", &text, &err), -1);
		unit_assert_error(&err, ERR_USAGE, dirs[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_how_to_fetch_is_carried_over),
		SCRATCH_TEST(apt_understands_it),
		cmocka_unit_test(names_that_apt_cannot_quote_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
