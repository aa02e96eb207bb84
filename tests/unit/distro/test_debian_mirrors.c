/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/mirrors.h"

#include "unit.h"

static void the_machines_debian_mirror_is_found(void **state)
{
	static const struct {
		const char *targets, *archive, *security;
	} cases[] = {
		{ "http://m.example/debian/ bookworm main\n"
		  "http://m.example/debian/ bookworm-updates main\n"
		  "http://s.example/debian-security/ bookworm-security main\n",
			"http://m.example/debian", "http://s.example/debian-security" },
		/* Others use Debian's names for suites, too. */
		{ "https://third.example/linux/debian bookworm stable\n"
		  "https://third.example/apt stable main\n"
		  "https://third.example/node nodistro main\n"
		  "http://m.example/debian/ bookworm contrib\n",
			DEBIAN_MIRROR, DEBIAN_SECURITY_MIRROR },
		{ "http://archive.ubuntu.example/ubuntu/ noble main\n", DEBIAN_MIRROR,
			DEBIAN_SECURITY_MIRROR },
		{ "file:/srv/debian/ bookworm main\ncdrom:[x]/debian/ bookworm main\n"
		  "https://m.example/debian stable main\n",
			"https://m.example/debian", DEBIAN_SECURITY_MIRROR },
		{ "\n \nx\nx y\n", DEBIAN_MIRROR, DEBIAN_SECURITY_MIRROR },
		{ "", DEBIAN_MIRROR, DEBIAN_SECURITY_MIRROR },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(debian_mirrors_releasep) struct debian_mirrors m = { 0 };

		debian_mirrors_from_host(cases[i].targets, &m);
		assert_string_equal(m.archive, cases[i].archive);
		assert_string_equal(m.security, cases[i].security);
		assert_true(m.updates);
	}
}

static void security_is_the_sibling(void **state)
{
	static const struct {
		const char *mirror, *sibling;
	} cases[] = {
		{ "http://h/debian", "http://h/debian-security" },
		{ "http://h/pub/debian/", "http://h/pub/debian-security/" },
		{ "http://h/debian/debian", "http://h/debian/debian-security" },
		{ "http://snap/archive/debian/20250520T000000Z",
			"http://snap/archive/debian-security/20250520T000000Z" },
		{ "http://debian.example/debian",
			"http://debian.example/debian-security" },
		{ "http://h/mirror", NULL },
		{ "http://h/debian-ports", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *sibling = debian_security_sibling(cases[i].mirror);

		if (cases[i].sibling)
			assert_string_equal(sibling, cases[i].sibling);
		else
			assert_null(sibling);
	}
}

static void sources_are_deb822(void **state)
{
	CLEANUP(debian_mirrors_releasep) struct debian_mirrors m = { 0 };
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

	(void)state;
	debian_mirrors_default(&m);
	debian_sources_format(&m, "trixie", "/k.gpg", &text);
	assert_string_equal(text.data,
		"Types: deb\nURIs: http://deb.debian.org/debian\nSuites: trixie "
		"trixie-updates\n"
		"Components: main\nSigned-By: /k.gpg\n\n"
		"Types: deb\nURIs: http://deb.debian.org/debian-security\nSuites: "
		"trixie-security\n"
		"Components: main\nSigned-By: /k.gpg\n");
	free(m.security);
	m.security = NULL;
	m.updates = false;
	strbuf_truncate(&text, 0);
	debian_sources_format(&m, "trixie", NULL, &text);
	assert_string_equal(text.data,
		"Types: deb\nURIs: http://deb.debian.org/debian\nSuites: "
		"trixie\nComponents: main\n");
}

static void the_image_knows_no_secrets_of_the_machine(void **state)
{
	static const struct {
		const char *mirror;
		bool from_recipe;
		const char *in_image;
	} cases[] = {
		{ "http://private.example/debian", false, DEBIAN_MIRROR },
		{ "http://m.example/debian", true, "http://m.example/debian" },
		{ "https://user:secret@m.example/debian", true,
			"https://m.example/debian" },
		{ "https://user:se@cret@m.example/a@b/debian", true,
			"https://m.example/a@b/debian" },
		{ "file:/srv/debian", true, DEBIAN_MIRROR },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(debian_mirrors_releasep) struct debian_mirrors build = { 0 };
		CLEANUP(debian_mirrors_releasep) struct debian_mirrors image = { 0 };

		debian_mirrors_from_recipe(cases[i].mirror, &build);
		debian_mirrors_for_image(&build, cases[i].from_recipe, &image);
		assert_string_equal(image.archive, cases[i].in_image);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_machines_debian_mirror_is_found),
		cmocka_unit_test(security_is_the_sibling),
		cmocka_unit_test(sources_are_deb822),
		cmocka_unit_test(the_image_knows_no_secrets_of_the_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
