/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "init/host_key_text.h"

static const struct {
	const char *arguments;
	const char *name;
} kinds[] = {
	{ "-t ed25519", "ed25519" },
	{ "-t ecdsa", "ecdsa256" },
	{ "-t ecdsa -b 384", "ecdsa384" },
	{ "-t ecdsa -b 521", "ecdsa521" },
	{ "-t rsa -b 2048", "rsa2048" },
	{ "-t rsa -b 1025", "rsa1025" },
};

static void fingerprints_are_those_of_ssh_keygen(void **state)
{
	const char *dir = *state;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		char command[256], name[64], ours[512];
		struct text t = TEXT_IN(ours);
		CLEANUP(freep) char *made = NULL, *line = NULL, *said = NULL;
		size_t length;

		(void)snprintf(command, sizeof(command),
			"ssh-keygen -q %s -N '' -C 'root@i-0123 x' -f %s",
			kinds[i].arguments, kinds[i].name);
		made = run_in(dir, command);
		(void)snprintf(
			command, sizeof(command), "ssh-keygen -lf %s.pub", kinds[i].name);
		said = run_in(dir, command);
		(void)snprintf(name, sizeof(name), "%s.pub", kinds[i].name);
		line = scratch_read(dir, name, &length);
		assert_true(host_key_fingerprint(line, &t));
		text_add_str(&t, "\n");
		assert_string_equal(ours, said);
	}
}

static void what_is_no_key_has_none(void **state)
{
	static const char *const lines[] = { "", "ssh-ed25519", "ssh-ed25519 ",
		"ssh-ed25519 !!!!", "ssh-dss AAAA", "ssh-ed25519\tAAAA",
		"ssh-ed25519 A" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		char to[256];
		struct text t = TEXT_IN(to);

		assert_false(host_key_fingerprint(lines[i], &t));
		assert_string_equal(to, "");
	}
}

static void an_rsa_key_of_lies_is_survived(void **state)
{
	/* Lengths that lead beyond the blob; a modulus of zeros. */
	static const char *const lines[] = { "ssh-rsa AAAAB3NzaC1yc2H/////",
		"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAABAAAAAA=", "ssh-rsa AAAA" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		char to[256];
		struct text t = TEXT_IN(to);

		assert_true(host_key_fingerprint(lines[i], &t));
		assert_memory_equal(to, "0 SHA256:", 9);
	}
}

static void the_blocks_hold_what_are_keys(void **state)
{
	static const char *const lines[] = { "ssh-ed25519 AAAA root@x\n", "nonsense\n" };
	char to[1024];
	struct text t = TEXT_IN(to);

	(void)state;
	host_key_blocks(lines, ARRAY_SIZE(lines), &t);
	assert_non_null(strstr(to, "ec2: -----BEGIN SSH HOST KEY FINGERPRINTS-----\n"
				   "ec2: 256 SHA256:"));
	assert_non_null(strstr(to, " root@x (ED25519)\n"
				   "ec2: -----END SSH HOST KEY FINGERPRINTS-----\n"));
	assert_non_null(strstr(to, "\n-----BEGIN SSH HOST KEY KEYS-----\n"
				   "ssh-ed25519 AAAA root@x\n"
				   "-----END SSH HOST KEY KEYS-----\n"));
	assert_null(strstr(to, "nonsense"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(fingerprints_are_those_of_ssh_keygen),
		cmocka_unit_test(what_is_no_key_has_none),
		cmocka_unit_test(an_rsa_key_of_lies_is_survived),
		cmocka_unit_test(the_blocks_hold_what_are_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
