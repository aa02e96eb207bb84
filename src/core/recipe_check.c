/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/recipe_check.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "core/image_moment.h"
#include "core/lint_checks.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

/* 1 to `most` bytes, the first of `first`, the others of `rest`. */
static bool is_made_of(const char *text, const char *first, const char *rest, size_t most)
{
	return *text && strchr(first, *text) &&
	       text[1 + strspn(text + 1, rest)] == '\0' && strlen(text) <= most;
}

/* No control characters: neither C0 nor DEL, nor C1, which are two bytes in UTF-8. */
static bool is_printable(const char *text)
{
	for (const unsigned char *c = (const unsigned char *)text; *c; c++)
		if (*c < 0x20 || *c == 0x7f || (*c == 0xc2 && c[1] < 0xa0))
			return false;
	return true;
}

const char *recipe_check_image_name(const char *text)
{
	if (is_made_of(text, LOWER UPPER DIGITS, LOWER UPPER DIGITS "._-", 100))
		return NULL;
	return "is not a name: it starts with a letter or a digit, then come "
	       "letters, digits, '.', '_' and '-', 100 at most";
}

const char *recipe_check_word(const char *text)
{
	if (is_made_of(text, LOWER, LOWER DIGITS "-", 32))
		return NULL;
	return "is not a name: it starts with a lower-case letter, then come "
	       "lower-case letters, digits and '-', 32 at most";
}

const char *recipe_check_package(const char *text)
{
	/* apt-get would take a '-' at the end as "remove". */
	if (is_made_of(text, LOWER DIGITS, LOWER DIGITS "+.-", 128) && text[1] &&
		text[strlen(text) - 1] != '-')
		return NULL;
	return "is not a package name: lower-case letters, digits, '+', '-' and '.'";
}

const char *recipe_check_user(const char *text)
{
	if (!strcmp(text, "root"))
		return "is not an ordinary user; root stays locked, and the user "
		       "may use sudo";
	if (is_made_of(text, LOWER "_", LOWER DIGITS "_-", 32))
		return NULL;
	return "is not a user name: it starts with a lower-case letter or '_', then "
	       "come lower-case letters, digits, '_' and '-', 32 at most";
}

/* RFC 1123, section 2.1; 64 is what sethostname(2) takes. */
const char *recipe_check_hostname(const char *text)
{
	static const char why[] =
		"is not a host name: labels of lower-case letters, digits and '-' "
		"(inside), joined by dots, 64 characters at most";
	const char *label = text;

	if (strlen(text) > 64)
		return why;
	for (;;) {
		size_t length = strspn(label, LOWER DIGITS "-");

		if (!length || length > 63 || label[0] == '-' || label[length - 1] == '-')
			return why;
		if (label[length] == '\0')
			return NULL;
		if (label[length] != '.')
			return why;
		label += length + 1;
	}
}

const char *recipe_check_locale(const char *text)
{
	if (is_made_of(text, LOWER UPPER, LOWER UPPER DIGITS "_.@-", 64))
		return NULL;
	return "is not a locale; one looks like C.UTF-8 or en_US.UTF-8";
}

const char *recipe_check_url(const char *text)
{
	const char *rest = NULL;

	if (!strncmp(text, "http://", 7))
		rest = text + 7;
	else if (!strncmp(text, "https://", 8))
		rest = text + 8;
	if (rest && memchr(rest, '@', strcspn(rest, "/")))
		return "has a user name or a password in it, which the image and its "
		       "manifest would show to everybody";
	if (rest && is_made_of(rest, LOWER UPPER DIGITS "[",
			    LOWER UPPER DIGITS "._~:/%@+,=[]-", 1024))
		return NULL;
	return "is not a URL of a mirror; one looks like https://deb.debian.org/debian";
}

/* They land in boot loader configuration: nothing that is syntax there. */
const char *recipe_check_kernel_args(const char *text)
{
	if (is_made_of(text, LOWER UPPER DIGITS, LOWER UPPER DIGITS " ._,:=/+@%~-", 1024))
		return NULL;
	return "is not a kernel command line: words of letters, digits and "
	       "'._,:=/+@%~-', 1024 characters at most";
}

/* crypt(5): "$id$", then parameters, salt and hash from its own alphabet. */
const char *recipe_check_password_hash(const char *text)
{
	const char *id_end = text[0] == '$' ? strchr(text + 1, '$') : NULL;

	if (id_end && id_end > text + 1 && strlen(text) <= 512 &&
		strlen(id_end + 1) >= 16 &&
		text[strspn(text, LOWER UPPER DIGITS "./$=,_+-")] == '\0')
		return NULL;
	return "is not a password hash of crypt(5), $id$salt$hash; a password "
	       "itself has no place in a recipe. Make a hash with 'mkpasswd' or "
	       "'openssl passwd -6'";
}

const char *recipe_check_path(const char *text)
{
	if (!*text)
		return "is empty; a path is wanted";
	return is_printable(text) ? NULL
				  : "has control characters, which no path should have";
}

const char *recipe_check_description(const char *text)
{
	if (strlen(text) <= 255 && is_printable(text))
		return NULL;
	return "is not a description: one line of 255 characters at most";
}

const char *recipe_check_tag_name(const char *text)
{
	if (!strncmp(text, "aws:", 4))
		return "is not a tag's name: those that start with aws: are AWS's own";
	if (!strncmp(text, "amiwright:", 10))
		return "is not a tag's name: those that start with amiwright: are "
		       "amiwright's own";
	if (*text && strlen(text) <= 128 && is_printable(text))
		return NULL;
	return "is not a tag's name: 1 to 128 characters";
}

const char *recipe_check_tag_value(const char *text)
{
	if (strlen(text) <= 256 && is_printable(text))
		return NULL;
	return "is not a tag's value: 256 characters at most";
}

const char *recipe_check_lint_id(const char *text)
{
	if (lint_check_find(text))
		return NULL;
	return "is not a check of lint; 'amiwright lint --list' prints all";
}

const char *recipe_check_reason(const char *text)
{
	if (text[strspn(text, " ")] && strlen(text) <= 255 && is_printable(text))
		return NULL;
	return "is not a reason: one line of 255 characters at most";
}

const char *recipe_check_region(const char *text)
{
	const size_t length = strlen(text), area = strspn(text, LOWER);

	if (is_made_of(text, LOWER, LOWER DIGITS "-", 32) && length > 3 && area >= 2 &&
		text[area] == '-' && text[length - 2] == '-' &&
		strchr(DIGITS, text[length - 1]))
		return NULL;
	return "is not an AWS region; one looks like eu-west-1";
}

const char *recipe_check_account(const char *text)
{
	if (strlen(text) == 12 && strspn(text, DIGITS) == 12)
		return NULL;
	return "is not an AWS account id: 12 digits";
}

/* arn:aws:organizations::123456789012:organization/o-…, …:ou/o-…/ou-… */
const char *recipe_check_share(const char *text)
{
	static const char why[] =
		"is neither an AWS account id, which is 12 digits, nor the ARN of an "
		"organisation or an organisational unit";
	const char *service = strstr(text, ":organizations::");
	const char *rest = service ? strchr(service + 16, ':') : NULL;

	if (!recipe_check_account(text))
		return NULL;
	if (strncmp(text, "arn:", 4) != 0 || !rest || strlen(text) > 512 ||
		text[strspn(text, LOWER DIGITS ":/-")])
		return why;
	if (!strncmp(rest, ":organization/o-", 16) || !strncmp(rest, ":ou/o-", 6))
		return NULL;
	return why;
}

const char *recipe_check_kms_key(const char *text)
{
	if (is_made_of(text, LOWER UPPER DIGITS, LOWER UPPER DIGITS ":/_-", 256))
		return NULL;
	return "is not a KMS key: its id, an alias such as alias/images, or an ARN";
}

const char *recipe_check_deprecation(const char *text)
{
	int64_t unused;

	if (image_moment(text, 0, &unused))
		return NULL;
	return "is neither a number of days such as 180d nor a date such as 2027-12-31";
}

/* PutParameter, Name: the service reserves what begins with aws or ssm. */
const char *recipe_check_parameter(const char *text)
{
	const char *name = text + (*text == '/');

	if (is_made_of(text, LOWER UPPER DIGITS "/_", LOWER UPPER DIGITS "_.-/", 1011) &&
		strncasecmp(name, "aws", 3) != 0 && strncasecmp(name, "ssm", 3) != 0 &&
		text[strlen(text) - 1] != '/' && !strstr(text, "//") &&
		(*text == '/' || !strchr(text, '/')))
		return NULL;
	return "is not a parameter's name; one looks like /images/debian-12, and does "
	       "not begin with aws or ssm";
}
