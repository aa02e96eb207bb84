/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/lint_secrets.h"

#include "base/strbuf.h"
#include "unit.h"

#define FORTY "abcdefghijabcdefghijabcdefghijabcdefghij"
#define BODY "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2g\n"

static void note(
	void *userdata, enum secret_kind kind, const char *what, unsigned int line)
{
	struct strbuf *found = userdata;

	assert_true(*what);
	strbuf_addf(found, "%d:%u ", kind, line);
}

static void forms_of_secrets(void **state)
{
	static const struct {
		const char *text, *found; /* "kind:line " of each */
	} cases[] = {
		{ "", "" },
		{ "AKIAABCDEFGHIJKLMNOP", "1:1 " },
		{ "x\n\nkey=\"ASIAABCDEFGHIJKLMNOP\"\n", "1:3 " },
		{ "AKIAABCDEFGHIJKLMNOP,AKIAABCDEFGHIJKLMNOQ", "1:1 1:1 " },
		{ "AKIAIOSFODNN7EXAMPLE", "" }, /* AWS's own example */
		{ "AKIAABCDEFGHIJKLMNO", "" }, /* too short */
		{ "AKIAABCDEFGHIJKLMNOPQ", "" }, /* too long */
		{ "XAKIAABCDEFGHIJKLMNOP", "" }, /* within a word */
		{ "AKIAabcdefghijklmnop", "" },
		{ "AWS_SECRET_ACCESS_KEY=" FORTY, "1:1 " },
		{ "  \"aws_secret_access_key\" : \"" FORTY "\"", "1:1 " },
		{ "aws_secret_access_key = " FORTY "a", "" },
		{ "aws_secret_access_key = $SECRET", "" },
		{ "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
			"" },
		{ "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAabcd\n", "2:1 " },
		{ "-----BEGIN PRIVATE KEY-----\r\nMIIEowIBAAKCAQEAabcd\n", "2:1 " },
		{ "-----BEGIN OPENSSH PRIVATE KEY-----\n" BODY, "2:1 " },
		{ "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n", "2:1 " },
		{ "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n" BODY, "2:1 " },
		{ "\"-----BEGIN PRIVATE KEY-----\\nMIIEowIBAAKCAQEAabcd\\n\"", "2:1 " },
		{ "-----BEGIN PUBLIC KEY-----\n" BODY, "" },
		{ "grep -q -- '-----BEGIN PRIVATE KEY-----' \"$1\"\n", "" },
		{ "-----BEGIN PRIVATE KEY-----\n...\n", "" },
		{ "ghp_abcdefghijklmnopqrstuvwxyz0123456789", "3:1 " },
		{ "url = https://ghp_abcdefghijklmnopqrstuvwxyz0123456789@github.com",
			"3:1 " },
		{ "ghp_abcdefghijklmnopqrstuvwxyz", "" },
		{ "glpat-abcdefghij0123456789", "3:1 " },
		{ "xoxb-123456789012-abcdefghijkl", "3:1 " },
		{ "AIzaabcdefghijklmnopqrstuvwxyz012345678", "3:1 " },
		{ "hvs.abcdefghijklmnopqrstuvwxyz", "3:1 " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_releasep) struct strbuf found = STRBUF_INIT;

		secrets_scan(cases[i].text, strlen(cases[i].text), note, &found);
		if (strcmp(found.data, cases[i].found) != 0)
			fail_msg("case %zu, '%s': found '%s'", i, cases[i].text,
				found.data);
	}
}

/* Bytes of no text, without an end: nothing is read behind them. */
static void bytes_have_no_end(void **state)
{
	static const char *const texts[] = { "AKIA", "-----BEGIN ", "PRIVATE KEY",
		"-----BEGIN PRIVATE KEY-----", "secret_access_key",
		"secret_access_key =" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		CLEANUP(strbuf_releasep) struct strbuf found = STRBUF_INIT;
		CLEANUP(freep) char *exact = xmemdup(texts[i], strlen(texts[i]));

		secrets_scan(exact, strlen(texts[i]), note, &found);
		assert_string_equal(found.data, "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms_of_secrets),
		cmocka_unit_test(bytes_have_no_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
