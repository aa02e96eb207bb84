/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/recipe_check.h"

#include "unit.h"

#define LONG_40 "0123456789012345678901234567890123456789"

typedef const char *check_fn(const char *text);

static const struct {
	const char *name;
	check_fn *check;
	const char *good[8], *bad[12];
} checks[] = {
	{ "image name", recipe_check_image_name,
		{ "a", "Debian-12.5_x", "0", LONG_40 LONG_40 },
		{ "", "-a", ".a", "a b", "a/b", "a\n", "\xc3\xa9", "a$(x)",
			LONG_40 LONG_40 LONG_40 } },
	{ "word", recipe_check_word, { "bookworm", "arch-linux2" },
		{ "", "-x", "Bookworm", "a.b", "a/../b", "2x", LONG_40 } },
	{ "package", recipe_check_package,
		{ "htop", "g++", "libstdc++6", "0ad", "python3.11" },
		{ "", "a", "-y", "--force-yes", "htop-", "A1", "a=1", "a b", "./a.deb",
			"a/sid", "a;b" } },
	{ "user", recipe_check_user, { "admin", "_svc", "ec2-user", "a1" },
		{ "", "root", "Admin", "-a", "1a", "a.b", "a:b", "a b", "a\n",
			LONG_40 } },
	{ "hostname", recipe_check_hostname, { "a", "web-1", "1.example", "a.b.c" },
		{ "", "-a", "a-", "a..b", ".a", "a.", "A", "a_b", "a b",
			LONG_40 LONG_40 } },
	{ "locale", recipe_check_locale, { "C", "C.UTF-8", "de_DE.UTF-8@euro" },
		{ "", "-x", "en US", "en/US", "en;x", "\n" } },
	{ "url", recipe_check_url,
		{ "http://a", "https://deb.debian.org/debian", "http://[::1]:80/x",
			"https://a:8080/~x/", "http://a/p@1/" },
		{ "", "ftp://a", "file:///etc", "http://", "http:// a", "http://a b",
			"http://a\nb", "http://a'b", "http://a\"", "http://-a",
			"http://user:word@a/b" } },
	{ "kernel arguments", recipe_check_kernel_args,
		{ "quiet", "a=b c=d,e", "console=ttyS1,115200n8" },
		{ "", " quiet", "a\"b", "a'b", "a\nb", "a;b", "$(x)", "a`b", "a\\b",
			"a{b" } },
	{ "password hash", recipe_check_password_hash,
		{ "$6$abcdefgh$abcdefghijklmnop./0", "$y$j9T$abcdefghij$0123456789",
			"$2b$12$abcdefghijklmnopqrstuv",
			"$6$rounds=9$abcdefgh$abcdefghijkl" },
		{ "", "secret", "*", "!", "$6$", "$6$short", "$$abcdefghijklmnopqrst",
			"x$6$aaaaaaaaaaaaaaaaaaaa", "$6$abcdefgh$abc:efghijklmnop",
			"$6$abcdefgh$abc efghijklmnop",
			"$6$abcdefgh$abcdefghijklmnop\n" } },
	{ "path", recipe_check_path, { "a", "/a b/c", "..", "\xc3\xa9" },
		{ "", "a\nb", "\x1b[31m", "a\xc2\x9b" } },
	{ "description", recipe_check_description, { "", "a: b \"c\"", "caf\xc3\xa9" },
		{ "a\nb", "\x7f",
			LONG_40 LONG_40 LONG_40 LONG_40 LONG_40 LONG_40 LONG_40 } },
	{ "tag name", recipe_check_tag_name, { "Team", "a b:c", "aws" },
		{ "", "aws:x", "amiwright:x", "a\n", LONG_40 LONG_40 LONG_40 LONG_40 } },
	{ "tag value", recipe_check_tag_value, { "", "x y" },
		{ "a\tb", LONG_40 LONG_40 LONG_40 LONG_40 LONG_40 LONG_40 LONG_40 } },
	{ "region", recipe_check_region,
		{ "eu-west-1", "us-gov-east-1", "ap-southeast-7", "eusc-de-east-1" },
		{ "", "local", "eu-west", "eu-west-x", "EU-west-1", "-1", "a-1",
			"eu/west-1" } },
	{ "share", recipe_check_share,
		{ "123456789012",
			"arn:aws:organizations::123456789012:organization/o-abcdefghij",
			"arn:aws-us-gov:organizations::123456789012:ou/o-abcdefghij/"
			"ou-ab12-"
			"cd34" },
		{ "", "1234", "all", "arn:aws:organizations::123456789012:",
			"arn:aws:organizations::123456789012:account/o-a/123456789012",
			"arn:aws:iam::123456789012:role/x", "o-abcdefghij",
			"arn:aws:organizations::123456789012:ou/o-a b" } },
	{ "KMS key", recipe_check_kms_key,
		{ "alias/images", "1234abcd-12ab-34cd-56ef-1234567890ab",
			"arn:aws:kms:eu-west-1:111122223333:key/1234abcd" },
		{ "", "a b", "-a", "a\n", "a'b" } },
	{ "deprecation", recipe_check_deprecation,
		{ "1d", "180d", "2027-12-31", "2027-12-31T18:00:00Z" },
		{ "", "0d", "d", "180", "soon", "2027-12", "1d2" } },
	{ "parameter", recipe_check_parameter,
		{ "/images/debian-12", "image", "/a/B_c.d-e" },
		{ "", "/", "aws", "/aws/x", "/SSM/x", "/a/", "/a//b", "a/b", "/a b",
			"-a" } },
	{ "account", recipe_check_account, { "123456789012", "000000000000" },
		{ "", "12345678901", "1234567890123", "12345678901x", "-12345678901",
			" 23456789012" } },
};

static void only_what_is_harmless_passes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		for (size_t n = 0; n < ARRAY_SIZE(checks[i].good) && checks[i].good[n];
			n++)
			if (checks[i].check(checks[i].good[n]))
				fail_msg("%s: '%s' was refused", checks[i].name,
					checks[i].good[n]);
		for (size_t n = 0; n < ARRAY_SIZE(checks[i].bad) && checks[i].bad[n]; n++)
			if (!checks[i].check(checks[i].bad[n]))
				fail_msg("%s: '%s' was taken", checks[i].name,
					checks[i].bad[n]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_harmless_passes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
