/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/recipe.h"

#include <sys/stat.h>

#include "base/size.h"
#include "core/recipe_schema.h"
#include "recipe_support.h"

#define NAMED "name: Web_1.2\ndistro: debian\n"

static const struct {
	const char *text;
	const char *expected; /* from the line number on */
} cases[] = {
	/* Keys that are not there. */
	{ NAMED "packagez: [x1]\n",
		"3:1: there is no key 'packagez'; did you mean 'packages'?" },
	{ NAMED "disk:\n  sizez: 8G\n",
		"4:3: there is no key 'disk.sizez'; did you mean 'disk.size'?" },
	{ NAMED "size: 8G\n", "3:1: there is no key 'size'; did you mean 'disk.size'?" },
	{ NAMED "publish: {tags: {}}\n",
		"3:11: there is no key 'publish.tags'; did you mean 'image.tags'?" },
	{ NAMED "dsik: {}\n", "3:1: there is no key 'dsik'; did you mean 'disk'?" },
	{ NAMED "disk.size: 8G\ndisk: {foo: 1}\n", "4:8: there is no key 'disk.foo'" },
	{ NAMED "something: 1\n",
		"3:1: there is no key 'something'; amiwright-recipe(5)" },
	{ NAMED "<<: {release: sid}\n", "3:1: there is no key '<<'" },
	{ "distro: debian\n",
		"1:1: the key 'name' is missing; for example name: debian-12" },
	{ "\nname: a\n", "2:1: the key 'distro' is missing; for example distro: debian" },
	/* Values of the wrong kind. */
	{ NAMED "packages: htop\n",
		"3:11: 'packages' must be a list of strings, not a single" },
	{ NAMED "packages: {a: b}\n",
		"3:11: 'packages' must be a list of strings, not a map" },
	{ NAMED "packages: [[a]]\n",
		"3:12: an element of 'packages' must be a single value" },
	{ NAMED "packages: [a1, ~]\n", "3:16: an element of 'packages' is empty" },
	{ NAMED "packages: [a1,\n  b2, ,]\n", "4:7: this is not YAML" },
	{ NAMED "packages:\n  - a1\n  -\n  - b2\n",
		"4:3: an element of 'packages' is empty" },
	{ NAMED "user: [a]\n",
		"3:7: 'user' must be text, not a list; for example user:" },
	{ NAMED "disk: 8G\n", "3:7: 'disk' must be a map of keys, not a single value" },
	{ NAMED "disk:\n", "3:1: 'disk' must be a map of keys, not empty" },
	{ NAMED "image: {tags: [a]}\n",
		"3:15: 'image.tags' must be a map of strings, not a list" },
	{ NAMED "image: {tags: {a: [b]}}\n", "3:19: an element of 'image.tags' must be" },
	{ "name:\ndistro: debian\n", "1:1: 'name' has no value; leave the key out" },
	{ NAMED "user: null\n", "3:7: 'user' has no value" },
	/* Values that are refused. */
	{ "name: -x\ndistro: debian\n", "1:7: 'name': '-x' is not a name" },
	{ "name: a/b\ndistro: debian\n", "1:7: 'name': 'a/b' is not a name" },
	{ "name: a\ndistro: debiam\n", "2:9: 'distro': amiwright does not know 'debiam'; "
				       "it knows debian; did you" },
	{ NAMED "release: bokworm\n",
		"3:10: 'release': 'bokworm' is not a release of debian" },
	{ NAMED "arch: amd64\n",
		"3:7: 'arch': 'amd64' is not one of x86_64, arm64; did you mean" },
	{ NAMED "agent: none\n", "3:8: 'agent': 'none' is not one of ec2-init" },
	{ NAMED "disk: {size: 8X}\n", "3:14: 'disk.size': '8X' is not a size" },
	{ NAMED "disk: {size: 8}\n", "3:14: 'disk.size': '8' has no unit; write 8G, or "
				     "8B for bytes, or 'auto'" },
	{ NAMED "disk: {size: -1}\n", "3:14: 'disk.size': '-1' is not a size" },
	{ NAMED "disk: {size: 0}\n", "3:14: 'disk.size': '0' is too small" },
	{ NAMED "disk: {size: 99999999999T}\n",
		"3:14: 'disk.size': '99999999999T' is not a" },
	{ NAMED "disk: {boot: []}\n", "3:14: 'disk.boot' is empty" },
	{ NAMED "disk: {boot: [bios, efi]}\n",
		"3:21: 'disk.boot': 'efi' is not one of bios, uefi" },
	{ NAMED "disk: {root: zfs}\n",
		"3:14: 'disk.root': 'zfs' is not one of ext4, xfs; did you mean" },
	{ NAMED "disk: {boot-fs: xfs}\n",
		"3:17: 'disk.boot-fs': 'xfs' is not one of none, ext2, ext4" },
	{ NAMED "disk: {boot-size: none}\n",
		"3:19: 'disk.boot-size': 'none' is not a size" },
	{ NAMED "disk: {swap: 0}\n", "3:14: 'disk.swap': '0' is too small" },
	{ NAMED "locale: en_UK.UTF-8\nrelease: bookworm\n",
		"3:9: 'locale': 'en_UK.UTF-8' is not a locale of debian bookworm; did "
		"you mean 'en_" },
	{ NAMED "locale: en_US.utf8\n", "3:9: 'locale': 'en_US.utf8' is not a locale" },
	{ NAMED "release: bookworm\nlocale: scn_IT\n",
		"4:9: 'locale': 'scn_IT' is not a locale of debian bookworm" },
	{ NAMED "locale: something-else-entirely\n",
		"3:9: 'locale': 'something-else-entirely' is not a locale of debian "
		"trixie; one looks like en_US.UTF-8" },
	{ NAMED "disk: {size: 1K}\n",
		"3:14: 'disk.size': 1.00 KiB are too few: the file systems and swap" },
	{ NAMED "disk:\n  size: 2G\n  swap: 2G\n",
		"4:9: 'disk.size': 2.00 GiB are too few: the file systems and swap "
		"that the recipe asks for take more than 2.12 GiB; 'auto'" },
	{ NAMED "disk: {size: 512M, boot-fs: ext2}\n",
		"3:14: 'disk.size': 512 MiB are too few" },
	{ NAMED "disk: {size: 299M, root: xfs}\n",
		"3:14: 'disk.size': 299 MiB are too few" },
	{ NAMED "disk: {size: 100T}\n",
		"3:14: 'disk.size': 100 TiB are more than an EBS volume can have" },
	{ NAMED "disk: {swap: 65T}\n", "3:14: 'disk.swap': 65.0 TiB are more than" },
	{ NAMED "disk: {free: 16777215T}\n", "3:14: 'disk.free': 16777215 TiB are more" },
	{ NAMED "disk: {boot-size: 65T}\n", "3:19: 'disk.boot-size': 65.0 TiB are" },
	{ NAMED "disk: {size: 17T}\n",
		"3:14: 'disk.size': 17.0 TiB are more than the 16 TiB that ext4" },
	{ NAMED "arch: arm64\ndisk: {boot: [bios]}\n",
		"4:14: 'disk.boot': arm64 machines have no" },
	{ NAMED "image: {boot-mode: uefi}\ndisk: {boot: [bios]}\n",
		"3:20: 'image.boot-mode': uefi needs uefi, which 'disk.boot' leaves "
		"out" },
	{ NAMED "image: {boot-mode: legacy-bios}\ndisk: {boot: [uefi]}\n",
		"3:20: 'image.boot-mode': legacy-bios needs bios, which" },
	{ NAMED "image: {boot-mode: uefi-preferred}\ndisk: {boot: [uefi]}\n",
		"3:20: 'image.boot-mode': uefi-preferred needs bios and uefi, which" },
	{ NAMED "image: {tags: {aws:x: y}}\n",
		"3:16: 'image.tags': 'aws:x' is not a tag's" },
	{ NAMED "image: {tags: {'aws:x': y}}\n", "3:16: 'image.tags': 'aws:x' is not" },
	{ NAMED "publish: {share: [1234]}\n",
		"3:19: 'publish.share': '1234' is neither an AWS" },
	{ NAMED "publish: {kms-keys: {here: x}}\n",
		"3:22: 'publish.kms-keys': 'here' is not an AWS region" },
	{ NAMED "publish: {deprecate: soon}\n",
		"3:22: 'publish.deprecate': 'soon' is neither a number of days" },
	{ NAMED "publish: {protect: maybe}\n",
		"3:20: 'publish.protect': 'maybe' is not one of as-is, no, yes" },
	{ NAMED "publish: {parameter: aws/x}\n",
		"3:22: 'publish.parameter': 'aws/x' is not a parameter's name" },
	{ NAMED "publish: {keep: 0}\n",
		"3:17: 'publish.keep': '0' is not a whole number" },
	{ NAMED "publish: {keep: 1.5}\n",
		"3:17: 'publish.keep': '1.5' is not a whole number" },
	{ NAMED "publish: {public: maybe}\n",
		"3:19: 'publish.public': 'maybe' is neither yes" },
	/* Files. */
	{ NAMED "scripts: [missing.sh]\n", "3:11: 'scripts': 'missing.sh' is not there" },
	{ NAMED "scripts: [.]\n",
		"3:11: 'scripts': '.' is a directory; a file is wanted" },
	{ NAMED "overlay: r.yaml\n", "3:10: 'overlay': 'r.yaml' is not a directory" },
	{ NAMED "keyring: ''\n", "3:10: 'keyring': '' is empty; a path is wanted" },
	{ NAMED "scripts: [/dev/null]\n",
		"3:11: 'scripts': '/dev/null' is not a regular file" },
};

static void wrong_recipes_are_refused_with_their_place(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_recipe_error(
			*state, cases[i].text, strlen(cases[i].text), cases[i].expected);
}

static void a_password_is_refused_and_not_shown(void **state)
{
	static const char text[] = NAMED "root-password-hash: hunter2\n";
	struct error err = ERROR_INIT;
	struct recipe *r = NULL;

	assert_int_equal(load_text(*state, text, strlen(text), NULL, &r, &err), -1);
	unit_assert_error(
		&err, ERR_RECIPE, ":3:21: the value of 'root-password-hash' is not a");
	assert_non_null(strstr(err.msg, "openssl passwd -6"));
	assert_null(strstr(err.msg, "hunter2"));
}

static void defaults_fill_in_the_rest(void **state)
{
	CLEANUP(recipe_freep) struct recipe *r = load_good(*state, NAMED, NULL);

	assert_string_equal(r->release, r->driver->releases[0]);
	assert_int_equal(r->arch, RECIPE_ARCH_X86_64);
	assert_int_equal(r->agent, DISTRO_AGENT_EC2_INIT);
	assert_string_equal(r->user, "admin");
	assert_string_equal(r->hostname, "web-1-2");
	assert_string_equal(r->locale, "C.UTF-8");
	assert_null(r->mirror);
	assert_null(r->keyring);
	assert_null(r->overlay);
	assert_null(r->kernel_args);
	assert_null(r->root_password_hash);
	assert_int_equal(r->packages.count, 0);
	assert_int_equal(r->scripts.count, 0);
	assert_int_equal(r->disk.size_bytes, 0);
	assert_int_equal(r->disk.free_bytes, 512 * MIB);
	assert_int_equal(r->disk.boot, RECIPE_BOOT_BIOS | RECIPE_BOOT_UEFI);
	assert_int_equal(r->disk.root, RECIPE_ROOT_EXT4);
	assert_int_equal(r->disk.fstab, RECIPE_FSTAB_LABEL);
	assert_int_equal(r->image.imds, RECIPE_IMDS_V2);
	assert_int_equal(r->image.boot_mode, RECIPE_MODE_UEFI_PREFERRED);
	assert_non_null(strstr(r->image.description, "debian"));
	assert_int_equal(r->publish.keep, 0);
	assert_false(r->publish.public);
	for (size_t i = 2; i < recipe_key_count(); i++)
		assert_string_equal(r->origins[i].text, "default");
}

static void defaults_follow_other_keys(void **state)
{
	CLEANUP(recipe_freep)
	struct recipe *arm = load_good(*state, NAMED "arch: arm64\n", NULL);
	CLEANUP(recipe_freep)
	struct recipe *bios = load_good(*state, NAMED "disk: {boot: [bios]}\n", NULL);
	CLEANUP(recipe_freep)
	struct recipe *null = load_good(*state, "name: 'null'\ndistro: debian\n", NULL);

	assert_int_equal(arm->disk.boot, RECIPE_BOOT_UEFI);
	assert_int_equal(arm->image.boot_mode, RECIPE_MODE_UEFI);
	assert_int_equal(bios->image.boot_mode, RECIPE_MODE_LEGACY_BIOS);
	assert_string_equal(null->hostname, "null");
}

static void every_key_is_read(void **state)
{
	static const char text[] =
		"name: a\ndistro: debian\nrelease: bookworm\narch: x86_64\n"
		"packages: [htop, g++]\nagent: cloud-init\nuser: deploy\nhostname: "
		"h.example\n"
		"locale: en_US.UTF-8\nroot-password-hash: "
		"$6$abcdefgh$0123456789./ABCDEFG\n"
		"mirror: http://[::1]:8080/debian\nkeyring: r.yaml\nkernel-args: quiet "
		"a=b\n"
		"overlay: .\nscripts: [./r.yaml, r.yaml]\n"
		"disk: {size: 8G, free: 1M, boot: [uefi], root: xfs, fstab: uuid,\n"
		"  boot-fs: ext2, boot-size: 1G, swap: 2G}\n"
		"image:\n  description: \"d: e\"\n  tags: {T: base, 012: 0x1}\n  imds: "
		"any\n"
		"  boot-mode: uefi\n"
		"publish: {regions: [eu-west-1, us-gov-east-1], share: [001234567890], "
		"keep: 3,\n"
		"  public: Yes}\n";
	CLEANUP(recipe_freep) struct recipe *r = load_good(*state, text, NULL);
	CLEANUP(freep) char *real = realpath(*state, NULL);
	CLEANUP(freep) char *file = path_join(real, "r.yaml");

	assert_string_equal(r->packages.items[1], "g++");
	assert_string_equal(r->user, "deploy");
	assert_string_equal(r->hostname, "h.example");
	assert_string_equal(r->root_password_hash, "$6$abcdefgh$0123456789./ABCDEFG");
	assert_string_equal(r->mirror, "http://[::1]:8080/debian");
	assert_string_equal(r->keyring, file);
	assert_string_equal(r->overlay, real);
	assert_string_equal(r->scripts.items[0], file);
	assert_string_equal(r->scripts.items[1], file);
	assert_int_equal(r->disk.size_bytes, 8 * GIB);
	assert_int_equal(r->disk.free_bytes, MIB);
	assert_int_equal(r->disk.boot, RECIPE_BOOT_UEFI);
	assert_int_equal(r->disk.root, RECIPE_ROOT_XFS);
	assert_int_equal(r->disk.boot_fs, RECIPE_BOOT_FS_EXT2);
	assert_int_equal(r->disk.boot_bytes, GIB);
	assert_int_equal(r->disk.swap_bytes, 2 * GIB);
	assert_int_equal(r->disk.fstab, RECIPE_FSTAB_UUID);
	assert_string_equal(r->image.description, "d: e");
	assert_string_equal(r->image.tags.names.items[1], "012");
	assert_string_equal(r->image.tags.values.items[1], "0x1");
	assert_int_equal(r->image.imds, RECIPE_IMDS_ANY);
	assert_string_equal(r->publish.regions.items[1], "us-gov-east-1");
	assert_string_equal(r->publish.share.items[0], "001234567890");
	assert_true(r->publish.public);
	assert_int_equal(r->publish.keep, 3);
}

static const struct recipe_origin *origin(const struct recipe *r, const char *path)
{
	return &r->origins[recipe_key_find(path)];
}

static void option_beats_environment_beats_recipe_beats_default(void **state)
{
	static const char text[] = NAMED "disk: {size: 1G, free: 2G}\nuser: u\n";
	CLEANUP(strv_releasep) struct strv sets = STRV_INIT;
	CLEANUP(recipe_freep) struct recipe *r = NULL;
	CLEANUP(freep) char *place = xasprintf("%s/r.yaml:4:7", (char *)*state);

	STRV_ADD(&sets, "disk.size=4G", "packages=[a1, b2]", "disk.size=8G");
	assert_int_equal(setenv("AMIWRIGHT_DISK_SIZE", "3G", 1), 0);
	assert_int_equal(setenv("AMIWRIGHT_DISK_FREE", "5G", 1), 0);
	assert_int_equal(setenv("AMIWRIGHT_USER", "", 1), 0); /* empty: as if not set */
	r = load_good(*state, text, &sets);
	assert_int_equal(unsetenv("AMIWRIGHT_DISK_SIZE"), 0);
	assert_int_equal(unsetenv("AMIWRIGHT_DISK_FREE"), 0);
	assert_int_equal(unsetenv("AMIWRIGHT_USER"), 0);

	assert_int_equal(r->disk.size_bytes, 8 * GIB);
	assert_int_equal(origin(r, "disk.size")->kind, RECIPE_ORIGIN_OPTION);
	assert_string_equal(origin(r, "disk.size")->text, "--set disk.size");
	assert_int_equal(r->disk.free_bytes, 5 * GIB);
	assert_int_equal(origin(r, "disk.free")->kind, RECIPE_ORIGIN_ENVIRONMENT);
	assert_string_equal(origin(r, "disk.free")->text, "$AMIWRIGHT_DISK_FREE");
	assert_int_equal(r->packages.count, 2);
	assert_int_equal(origin(r, "user")->kind, RECIPE_ORIGIN_FILE);
	assert_string_equal(origin(r, "user")->text, place);
	assert_int_equal(origin(r, "locale")->kind, RECIPE_ORIGIN_DEFAULT);
}

static void wrong_sets_and_variables_are_named(void **state)
{
	static const struct {
		const char *set;
		enum err_code code;
		const char *expected;
	} bad[] = {
		{ "foo", ERR_USAGE,
			"--set takes KEY=VALUE, such as disk.size=8G, not 'foo'" },
		{ "=x", ERR_USAGE, "--set takes KEY=VALUE" },
		{ "usr=x", ERR_RECIPE,
			"--set usr: there is no key 'usr'; did you mean 'user'?" },
		{ "user=", ERR_RECIPE, "--set user: there is nothing in it" },
		{ "user=[a", ERR_RECIPE, "--set user: this is not YAML" },
		{ "disk.size=8X", ERR_RECIPE,
			"--set disk.size: 'disk.size': '8X' is not a size" },
		{ "disk=8G", ERR_RECIPE, "--set disk: 'disk' must be a map of keys" },
		{ "release=sid", ERR_RECIPE,
			"--set release: 'release': 'sid' is not a release" },
		{ "user=\xff", ERR_RECIPE, "--set user: byte 0xff is not UTF-8" },
	};
	struct error err = ERROR_INIT;
	struct recipe *r = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		CLEANUP(strv_releasep) struct strv sets = STRV_INIT;

		strv_add(&sets, bad[i].set);
		assert_int_equal(
			load_text(*state, NAMED, strlen(NAMED), &sets, &r, &err), -1);
		assert_int_equal(err.code, bad[i].code);
		if (strncmp(err.msg, bad[i].expected, strlen(bad[i].expected)) != 0)
			fail_msg("expected '%s', got '%s'", bad[i].expected, err.msg);
	}
	assert_int_equal(setenv("AMIWRIGHT_PUBLISH_KEEP", "x", 1), 0);
	assert_int_equal(load_text(*state, NAMED, strlen(NAMED), NULL, &r, &err), -1);
	assert_int_equal(unsetenv("AMIWRIGHT_PUBLISH_KEEP"), 0);
	unit_assert_error(
		&err, ERR_RECIPE, "$AMIWRIGHT_PUBLISH_KEEP: 'publish.keep': 'x'");
	assert_null(r);
}

static void what_is_no_file_is_refused(void **state)
{
	CLEANUP(freep)
	char *fifo = path_join(*state, "fifo"), *big = path_join(*state, "big");
	const char *const paths[] = { *state, fifo, "/dev/zero", big };
	const char *const expected[] = { "is a directory", "is not a regular file",
		"is not a regular file", "has 1.00 GiB; a recipe has at most 1 MiB" };
	struct error err = ERROR_INIT;
	struct recipe *r = NULL;

	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(file_write_all(big, "", 0, 0600, &err), 0);
	assert_int_equal(truncate(big, 1 << 30), 0);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		assert_int_equal(recipe_load(paths[i], NULL, &r, &err), -1);
		unit_assert_error(&err, ERR_RECIPE, expected[i]);
	}
	assert_int_equal(recipe_load("not-there.yaml", NULL, &r, &err), -1);
	unit_assert_error(
		&err, ERR_SYSTEM, "open the recipe 'not-there.yaml': No such file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(wrong_recipes_are_refused_with_their_place),
		SCRATCH_TEST(a_password_is_refused_and_not_shown),
		SCRATCH_TEST(defaults_fill_in_the_rest),
		SCRATCH_TEST(defaults_follow_other_keys),
		SCRATCH_TEST(every_key_is_read),
		SCRATCH_TEST(option_beats_environment_beats_recipe_beats_default),
		SCRATCH_TEST(wrong_sets_and_variables_are_named),
		SCRATCH_TEST(what_is_no_file_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
