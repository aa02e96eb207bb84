/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/console_facts.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "base/cleanup.h"

#define ED25519        \
	"ssh-ed25519 " \
	"AAAAC3NzaC1lZDI1NTE5AAAAIJx1yF3Lw0b1Y2m8h1J5kq0X7k4lq2m1n3o5p7r9s1t3"
#define ECDSA                                                                            \
	"ecdsa-sha2-nistp256 "                                                           \
	"AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmKSENjQEezOmxkZMy7opKgwF" \
	"B9nk"                                                                           \
	"t5YRrYMjNuG5N87uRgg6CLrbo5wAdT/y6v0mKV0U2w0WZ2YB/++Tpockg="
#define BEGIN "-----BEGIN SSH HOST KEY KEYS-----"
#define END "-----END SSH HOST KEY KEYS-----"

static struct console_facts facts;

static int set_up(void **state)
{
	(void)state;
	facts = (struct console_facts)CONSOLE_FACTS_INIT;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	console_facts_release(&facts);
	return 0;
}

static void feed(const char *const *lines)
{
	for (; *lines; lines++)
		console_facts_line(&facts, *lines, true);
}

#define FEED(...) feed((const char *const[]){ __VA_ARGS__, NULL })

static void a_block_of_keys_is_taken(void **state)
{
	(void)state;
	FEED("noise", BEGIN, ECDSA " root@ip-10-0-0-1", ED25519 " root@x");
	assert_false(facts.host_keys_complete);
	FEED(END);
	assert_true(facts.host_keys_complete);
	assert_int_equal(facts.host_keys.count, 2);
	assert_string_equal(facts.host_keys.items[0], ECDSA);
	assert_string_equal(facts.host_keys.items[1], ED25519);
}

static void a_key_may_have_no_comment(void **state)
{
	(void)state;
	FEED(BEGIN, ED25519, END);
	assert_int_equal(facts.host_keys.count, 1);
	assert_string_equal(facts.host_keys.items[0], ED25519);
}

static void other_writers_may_break_into_the_block(void **state)
{
	(void)state;
	FEED("[   41.0] cloud-init[481]: " BEGIN,
		"[   41.1] systemd[1]: Started something.",
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJx1[   41.2] random: crng init "
		"done",
		ECDSA " root@x", "", END);
	assert_true(facts.host_keys_complete);
	assert_int_equal(facts.host_keys.count, 1);
	assert_string_equal(facts.host_keys.items[0], ECDSA);
}

static void what_is_no_key_is_not_trusted(void **state)
{
	(void)state;
	FEED(ED25519, BEGIN, "ssh-ed25519", "ssh-ed25519 ", "ssh-ed25519 AAAA",
		"ssh-dss " ED25519, "* " ED25519, "@cert-authority * " ED25519,
		ED25519 "!", ED25519 "A", ED25519 "\t*", "ssh-ed25519  AAAA", END);
	assert_int_equal(facts.host_keys.count, 0);
	assert_false(facts.host_keys_complete);
}

static void an_unfinished_line_is_no_key(void **state)
{
	(void)state;
	FEED(BEGIN);
	console_facts_line(&facts, ED25519, false);
	assert_int_equal(facts.host_keys.count, 0);
}

static void a_later_block_replaces_the_earlier(void **state)
{
	(void)state;
	FEED(BEGIN, ED25519, END, BEGIN);
	assert_false(facts.host_keys_complete);
	FEED(ECDSA, END);
	assert_int_equal(facts.host_keys.count, 1);
	assert_string_equal(facts.host_keys.items[0], ECDSA);
}

static void keys_without_end_are_capped(void **state)
{
	(void)state;
	FEED(BEGIN);
	for (int i = 0; i < 1000; i++)
		FEED(ED25519);
	FEED(END);
	assert_in_range(facts.host_keys.count, 1, 16);
}

static void a_running_kernel_is_known(void **state)
{
	static const struct {
		const char *line;
		bool runs;
	} cases[] = {
		{ "SeaBIOS (version 1.16.2-debian-1.16.2-1)", false },
		{ "Booting from Hard Disk...", false },
		{ "Welcome to GRUB!", false },
		{ "GRUB loading.", false },
		{ "BdsDxe: loading Boot0001 \"UEFI QEMU NVMe Ctrl\"", false },
		{ "[12] entries", false },
		{ "[    0.000000] Linux version 6.1.0-56-cloud-amd64", true },
		{ "Linux version 6.1.0", true },
		{ "[   12.345678] nvme nvme0: pci function", true },
		{ "[  OK  ] Started something.", true },
		{ "debian login: ", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct console_facts f = CONSOLE_FACTS_INIT;

		console_facts_line(&f, cases[i].line, false);
		if (f.kernel_runs != cases[i].runs)
			fail_msg("%s", cases[i].line);
		console_facts_release(&f);
	}
}

static void trouble_is_told(void **state)
{
	static const struct {
		const char *line, *suggests;
		bool fatal;
	} cases[] = {
		{ "No bootable device.", "boot loader", true },
		{ "grub rescue> ", "GRUB", true },
		{ "[ 2.0] Kernel panic - not syncing: VFS: Unable to mount root fs on x",
			"could not mount the root file system", true },
		{ "[ 2.0] Kernel panic - not syncing: Attempted to kill init!",
			"panicked", true },
		{ "ALERT!  LABEL=root does not exist.  Dropping to a shell!", "initramfs",
			true },
		{ "You are in emergency mode.", "emergency", true },
		{ "[FAILED] Failed to start ssh.service", "unit failed", false },
		{ "all is well", NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct console_facts f = CONSOLE_FACTS_INIT;

		console_facts_line(&f, cases[i].line, false);
		assert_int_equal(f.trouble != NULL, cases[i].suggests != NULL);
		if (cases[i].suggests) {
			assert_int_equal(f.trouble->fatal, cases[i].fatal);
			assert_string_equal(f.trouble_line, cases[i].line);
			assert_non_null(
				strstr(console_facts_suggestion(&f), cases[i].suggests));
		}
		console_facts_release(&f);
	}
}

static void the_gravest_trouble_stays(void **state)
{
	(void)state;
	FEED("[FAILED] Failed to start a.service",
		"[ 2.0] VFS: Unable to mount root fs on x",
		"[FAILED] Failed to start b.service");
	assert_string_equal(
		facts.trouble_line, "[ 2.0] VFS: Unable to mount root fs on x");
}

static void suggestions_follow_how_far_it_got(void **state)
{
	const char *previous = console_facts_suggestion(&facts);
	static const char *const lines[] = { "SeaBIOS", "Linux version 6.1",
		"debian login: ", NULL };

	(void)state;
	for (size_t i = 0; lines[i]; i++) {
		console_facts_line(&facts, lines[i], true);
		assert_string_not_equal(console_facts_suggestion(&facts), previous);
		previous = console_facts_suggestion(&facts);
	}
}

static void a_copy_is_whole(void **state)
{
	struct console_facts copy;

	(void)state;
	FEED(BEGIN, ED25519, END, "ALERT! x");
	console_facts_copy(&copy, &facts);
	tear_down(NULL);
	assert_string_equal(copy.host_keys.items[0], ED25519);
	assert_string_equal(copy.trouble_line, "ALERT! x");
	console_facts_release(&copy);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_block_of_keys_is_taken),
		TEST(a_key_may_have_no_comment),
		TEST(other_writers_may_break_into_the_block),
		TEST(what_is_no_key_is_not_trusted),
		TEST(an_unfinished_line_is_no_key),
		TEST(a_later_block_replaces_the_earlier),
		TEST(keys_without_end_are_capped),
		TEST(a_running_kernel_is_known),
		TEST(trouble_is_told),
		TEST(the_gravest_trouble_stays),
		TEST(suggestions_follow_how_far_it_got),
		TEST(a_copy_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
