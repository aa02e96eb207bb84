/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/suite.h"

#include "unit.h"

static void packages_follow_the_spec(void **state)
{
	static const struct {
		const char *arch, *locale;
		bool bios, uefi;
		const char *has[4], *lacks[4];
		const char *root_fs; /* NULL: ext4 */
		const char *own; /* a package of the recipe's */
	} cases[] = {
		{ "x86_64", "C.UTF-8", true, true,
			{ "linux-image-cloud-amd64", "grub-pc-bin",
				"grub-efi-amd64-bin" },
			{ "locales" } },
		{ "x86_64", "en_US.UTF-8", true, false, { "grub-pc-bin", "locales" },
			{ "grub-efi-amd64-bin" } },
		{ "arm64", "C.UTF-8", true, true,
			{ "linux-image-cloud-arm64", "grub-efi-arm64-bin" },
			{ "grub-pc-bin", "linux-image-cloud-amd64", "xfsprogs" } },
		{ "x86_64", "C.UTF-8", true, true, { "xfsprogs" }, { "locales" }, "xfs" },
		{ "x86_64", "C.UTF-8", true, true, { "systemd-sysv", "systemd-resolved" },
			{ "sysvinit-core", "runit-init", "chrony" }, NULL, "runit" },
		{ "x86_64", "C.UTF-8", true, true,
			{ "sysvinit-core", "openrc", "chrony" },
			{ "systemd-sysv", "libpam-systemd" }, NULL, "openrc" },
		{ "x86_64", "C.UTF-8", true, true,
			{ "runit-init=1", "dhcpcd", "sysv-rc" },
			{ "systemd-sysv", "systemd-resolved" }, NULL, "runit-init=1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strv_releasep) struct strv own = STRV_INIT;
		const struct distro_spec spec = { .arch = cases[i].arch,
			.root_fs = cases[i].root_fs ? cases[i].root_fs : "ext4",
			.locale = cases[i].locale,
			.bios = cases[i].bios,
			.uefi = cases[i].uefi,
			.packages = &own,
			.agent = DISTRO_AGENT_CLOUD_INIT };
		CLEANUP(strv_releasep) struct strv packages = STRV_INIT;

		if (cases[i].own)
			strv_add(&own, cases[i].own);
		debian_packages(&spec, debian_arch_find(spec.arch), &packages);
		for (size_t j = 0; j < 4 && cases[i].has[j]; j++)
			assert_true(strv_contains(&packages, cases[i].has[j]));
		for (size_t j = 0; j < 4 && cases[i].lacks[j]; j++)
			assert_false(strv_contains(&packages, cases[i].lacks[j]));
	}
}

static void a_package_chooses_the_init(void **state)
{
	static const struct {
		const char *package;
		enum debian_init init;
	} cases[] = {
		{ "htop", DEBIAN_SYSTEMD },
		{ "runit", DEBIAN_SYSTEMD },
		{ "openrc-tools", DEBIAN_SYSTEMD },
		{ "openrc", DEBIAN_OPENRC },
		{ "openrc=0.45.2-2", DEBIAN_OPENRC },
		{ "runit-init", DEBIAN_RUNIT },
	};

	(void)state;
	assert_int_equal(debian_init_find(NULL), DEBIAN_SYSTEMD);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strv_releasep) struct strv packages = STRV_INIT;

		STRV_ADD(&packages, "jq", cases[i].package);
		assert_int_equal(debian_init_find(&packages), cases[i].init);
	}
}

static void a_package_that_is_there_anyway_stands_once(void **state)
{
	CLEANUP(strv_releasep) struct strv own = STRV_INIT;
	CLEANUP(strv_releasep) struct strv packages = STRV_INIT;
	const struct distro_spec spec = {
		.arch = "x86_64", .root_fs = "ext4", .locale = "C", .packages = &own
	};
	size_t times = 0;

	(void)state;
	STRV_ADD(&own, "htop", "sudo", "htop");
	debian_packages(&spec, debian_arch_find(spec.arch), &packages);
	for (size_t i = 0; i < packages.count; i++)
		times += !strcmp(packages.items[i], "sudo") ||
			 !strcmp(packages.items[i], "htop");
	assert_int_equal(times, 2);
}

static void every_listed_name_is_known(void **state)
{
	(void)state;
	for (size_t i = 0; debian_release_names[i]; i++)
		assert_non_null(debian_release_find(debian_release_names[i]));
	for (size_t i = 0; debian_arch_names[i]; i++)
		assert_non_null(debian_arch_find(debian_arch_names[i]));
	assert_null(debian_release_find("stretch"));
	assert_null(debian_arch_find("amd64"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packages_follow_the_spec),
		cmocka_unit_test(a_package_chooses_the_init),
		cmocka_unit_test(a_package_that_is_there_anyway_stands_once),
		cmocka_unit_test(every_listed_name_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
