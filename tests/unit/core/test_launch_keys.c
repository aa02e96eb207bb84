/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/launch_keys.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/strbuf.h"

static int read_keys(const char *text, struct strv *keys, struct error *err)
{
	char path[] = "/tmp/test-launch-keys.XXXXXX";
	CLEANUP(fd_closep) int fd = mkstemp(path);
	int r;

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, text, strlen(text), path, err), 0);
	r = launch_keys_read(path, keys, err);
	assert_int_equal(unlink(path), 0);
	return r;
}

static void keys_are_taken_as_they_stand(void **state)
{
	CLEANUP(strv_releasep) struct strv keys = STRV_INIT;
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(read_keys("# mine\n\nssh-ed25519 AAAAC3 a b\r\n"
				   "ecdsa-sha2-nistp256 AAAAE2\n"
				   "sk-ssh-ed25519@openssh.com AAAAG",
				 &keys, &err),
		0);
	assert_int_equal(keys.count, 3);
	assert_string_equal(keys.items[0], "ssh-ed25519 AAAAC3 a b");
	assert_string_equal(keys.items[1], "ecdsa-sha2-nistp256 AAAAE2");
	assert_string_equal(keys.items[2], "sk-ssh-ed25519@openssh.com AAAAG");
}

static void what_is_no_key_is_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "", "no public ssh key" },
		{ "# nothing\n\n", "no public ssh key" },
		{ "ssh-ed25519\n", ":1: no public ssh key" },
		{ "ssh-ed25519 AAAAC3\nssh-rsa MIIB\n", ":2: no public ssh key" },
		{ "command=\"x\" ssh-ed25519 AAAAC3\n", ":1: no public ssh key" },
		{ "-----BEGIN OPENSSH PRIVATE KEY-----\n", ":1: no public ssh key" },
		{ "ssh-ed25519 AAAAC3 \033[2J\n", ":1: no public ssh key" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strv_releasep) struct strv keys = STRV_INIT;
		struct error err = ERROR_INIT;

		assert_int_equal(read_keys(cases[i].text, &keys, &err), -1);
		assert_int_equal(err.code, ERR_FORMAT);
		if (!strstr(err.msg, cases[i].why))
			fail_msg("case %zu: %s", i, err.msg);
		assert_int_equal(keys.count, 0);
	}
}

static void there_are_limits(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf many = STRBUF_INIT;
	CLEANUP(strv_releasep) struct strv keys = STRV_INIT;
	struct error err = ERROR_INIT;
	char longest[LAUNCH_KEY_MOST_CHARS + 2];

	(void)state;
	for (int i = 0; i < LAUNCH_KEYS_MOST; i++)
		strbuf_addf(&many, "ssh-rsa AAAA%d\n", i);
	assert_int_equal(read_keys(many.data, &keys, &err), 0);
	assert_int_equal(keys.count, LAUNCH_KEYS_MOST);
	strbuf_add_str(&many, "ssh-rsa AAAA\n");
	assert_int_equal(read_keys(many.data, &keys, &err), -1);
	assert_non_null(strstr(err.msg, "more than"));
	memset(longest, 'A', sizeof(longest));
	memcpy(longest, "ssh-rsa ", 8);
	longest[LAUNCH_KEY_MOST_CHARS + 1] = '\0';
	assert_int_equal(read_keys(longest, &keys, &err), -1);
	longest[LAUNCH_KEY_MOST_CHARS] = '\0';
	strv_release(&keys);
	assert_int_equal(read_keys(longest, &keys, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_taken_as_they_stand),
		cmocka_unit_test(what_is_no_key_is_refused),
		cmocka_unit_test(there_are_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
