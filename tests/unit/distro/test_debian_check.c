/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/check.h"

#include "unit.h"

/* A spec that is fine as far as its texts go; the keyring is a file that is there. */
static struct distro_spec good(const char *keyring)
{
	return (struct distro_spec){ .release = "bookworm",
#ifdef __aarch64__
		.arch = "arm64",
#else
		.arch = "x86_64",
#endif
		.agent = DISTRO_AGENT_CLOUD_INIT,
		.user = "admin",
		.hostname = "debian-12",
		.locale = "en_US.UTF-8",
		.keyring = keyring,
		.uefi = true,
		.root_label = "root",
		.esp_label = "ESP" };
}

static void good_specs_pass(void **state)
{
	CLEANUP(freep) char *keyring = path_join(*state, "keys");
	struct distro_spec spec = good(keyring);
	CLEANUP(strv_releasep) struct strv packages = STRV_INIT;
	struct error err = ERROR_INIT;

	unit_write_file(*state, "keys", "keys");
	STRV_ADD(&packages, "htop", "g++", "libstdc++6", "0ad",
		"python3.11=3.11.2-6+deb12u1", "vim=2:9.0.1378-2~x");
	spec.packages = &packages;
	spec.kernel_args = "quiet net.ifnames=0 memmap=1M@2M,x:y root=/dev/x%+-";
	spec.root_password_hash = "$y$j9T$abc./$DEF";
	spec.mirror = "https://mirror.example:8080/debian/";
	if (debian_check(&spec, &err) < 0)
		fail_msg("%s", err.msg);
}

/* Each would get out of the file that it is put into, or into an option. */
static void texts_that_would_break_out_are_refused(void **state)
{
	static const char *const users[] = { "", "Admin", "a b", "-a", "a:b", "a\nb",
		"$(id)", "aaaaaaaaaabbbbbbbbbbccccccccccdddd" };
	static const char *const hosts[] = { "", "a b", "-a", "a/b", "a\nb", "a;b" };
	static const char *const locales[] = { "", "en US", "../x", "a\nb", "$(id)" };
	static const char *const args[] = { "a\"b", "a`b", "$x", "a;b", "a\\b", "a'b",
		"a\nb", " a" };
	static const char *const hashes[] = { "", "a:b", "a\nroot2:b", "a b" };
	static const char *const mirrors[] = { "ftp://x/debian", "debian",
		"http://a b/debian", "http://x/debian\nTypes: deb", "http://[::1]/debian",
		"-o" };
	CLEANUP(freep) char *keyring = path_join(*state, "keys");
	const struct {
		size_t offset;
		const char *const *values;
		size_t count;
	} fields[] = {
		{ offsetof(struct distro_spec, user), users, ARRAY_SIZE(users) },
		{ offsetof(struct distro_spec, hostname), hosts, ARRAY_SIZE(hosts) },
		{ offsetof(struct distro_spec, locale), locales, ARRAY_SIZE(locales) },
		{ offsetof(struct distro_spec, kernel_args), args, ARRAY_SIZE(args) },
		{ offsetof(struct distro_spec, root_password_hash), hashes,
			ARRAY_SIZE(hashes) },
		{ offsetof(struct distro_spec, mirror), mirrors, ARRAY_SIZE(mirrors) },
	};

	unit_write_file(*state, "keys", "keys");
	for (size_t f = 0; f < ARRAY_SIZE(fields); f++)
		for (size_t i = 0; i < fields[f].count; i++) {
			struct distro_spec spec = good(keyring);
			struct error err = ERROR_INIT;

			*(const char **)((char *)&spec + fields[f].offset) =
				fields[f].values[i];
			if (debian_check(&spec, &err) == 0)
				fail_msg("'%s' was taken", fields[f].values[i]);
			assert_int_equal(err.code, ERR_RECIPE);
		}
}

static void names_that_apt_takes_for_more_are_refused(void **state)
{
	static const char *const names[] = { "", "a", "-oDpkg::x=/bin/sh", "htop-",
		"?essential", "~nhtop", "./evil.deb", "/tmp/evil.deb", "htop/sid", "HTOP",
		"htop evil", "htop=", "htop=1 2", "htop=$(id)", "htop:arm64", "task^" };
	CLEANUP(freep) char *keyring = path_join(*state, "keys");

	unit_write_file(*state, "keys", "keys");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP(strv_releasep) struct strv packages = STRV_INIT;
		struct distro_spec spec = good(keyring);
		struct error err = ERROR_INIT;

		strv_add(&packages, names[i]);
		spec.packages = &packages;
		if (debian_check(&spec, &err) == 0)
			fail_msg("'%s' was taken", names[i]);
		assert_int_equal(err.code, ERR_RECIPE);
	}
}

static void an_init_without_its_parts_is_refused(void **state)
{
	CLEANUP(freep) char *keyring = path_join(*state, "keys");
	CLEANUP(strv_releasep) struct strv packages = STRV_INIT;
	struct distro_spec spec = good(keyring);
	struct error err = ERROR_INIT;

	unit_write_file(*state, "keys", "keys");
	strv_add(&packages, "sysvinit-core");
	spec.packages = &packages;
	assert_int_equal(debian_check(&spec, &err), -1);
	unit_assert_error(&err, ERR_RECIPE, "'openrc'");
	strv_add(&packages, "openrc");
	spec.agent = DISTRO_AGENT_CLOUD_INIT;
	assert_int_equal(debian_check(&spec, &err), -1);
	unit_assert_error(&err, ERR_RECIPE, "cloud-init needs systemd");
	spec.agent = DISTRO_AGENT_EC2_INIT;
	assert_int_equal(debian_check(&spec, &err), 0);
}

static void what_cannot_be_built_is_refused(void **state)
{
	CLEANUP(freep) char *missing = path_join(*state, "missing");
	struct distro_spec spec = good(missing);
	struct error err = ERROR_INIT;

	assert_int_equal(debian_check(&spec, &err), -1);
	unit_assert_error(&err, ERR_RECIPE, missing);
	spec.keyring = NULL;
	spec.release = "stretch";
	assert_int_equal(debian_check(&spec, &err), -1);
	unit_assert_error(&err, ERR_RECIPE, "'stretch' is not among");
	spec = good(missing);
	spec.arch = "mips";
	assert_int_equal(debian_check(&spec, &err), -1);
	unit_assert_error(&err, ERR_RECIPE, "'mips'");
	spec = good(missing);
	spec.overlay = missing;
	assert_int_equal(debian_check(&spec, &err), -1);
	unit_assert_error(&err, ERR_RECIPE, missing);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(good_specs_pass),
		SCRATCH_TEST(texts_that_would_break_out_are_refused),
		SCRATCH_TEST(names_that_apt_takes_for_more_are_refused),
		SCRATCH_TEST(an_init_without_its_parts_is_refused),
		SCRATCH_TEST(what_cannot_be_built_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
