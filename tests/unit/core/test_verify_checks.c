/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/verify_checks.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "base/cleanup.h"

/* A guest in order: 3 GiB volume, root from sector 135168 to its end. */
static const char good[] = "amiwright:user=admin\n"
			   "amiwright:sudo=yes\n"
			   "amiwright:key_count=1\n"
			   "amiwright:key_kinds=1\n"
			   "amiwright:launch_key=ssh-ed25519 CCCC\n"
			   "amiwright:launch_key=ssh-rsa DDDD\n"
			   "amiwright:host_key=ssh-ed25519 AAAA\n"
			   "amiwright:host_key=ssh-rsa BBBB\n"
			   "amiwright:host_name=ip-169-254-100-10\n"
			   "amiwright:kernel=6.1\n"
			   "amiwright:boot_id=one\n"
			   "amiwright:state=running\n"
			   "amiwright:root_blocks=740000\n"
			   "amiwright:root_block_bytes=4096\n"
			   "amiwright:partition_start_sectors=135168\n"
			   "amiwright:partition_sectors=6156255\n"
			   "amiwright:disk_sectors=6291456\n"
			   "amiwright:memory_kib=1000000\n"
			   "amiwright:memory_used_kib=170000\n"
			   "amiwright:dpkg_audit=0\n"
			   "amiwright:dpkg_verify=0\n"
			   "amiwright:time=1000000000\n"
			   "amiwright:end=yes\n";

/* `good`, but with another value for the key of `changes` ("key=value"; "key=" takes it
 * away), followed by `more`. */
static void make_facts(struct facts *f, const char *changes, const char *more)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

	for (const char *line = good; *line; line += strcspn(line, "\n") + 1) {
		size_t length = strcspn(line, "\n") + 1;
		const char *key = line + strlen("amiwright:");
		size_t key_length = strcspn(key, "=") + 1;

		if (changes && strncmp(changes, key, key_length) == 0)
			continue;
		strbuf_add(&text, line, length);
	}
	if (changes && changes[strlen(changes) - 1] != '=')
		strbuf_addf(&text, "amiwright:%s\n", changes);
	if (more)
		strbuf_addf(&text, "amiwright:%s\n", more);
	facts_parse(f, text.data, text.length_bytes);
}

static enum check_outcome judge(const char *name, const struct facts *facts,
	const struct facts *before, struct strbuf *found)
{
	static char *keys[] = { (char *)(uintptr_t) "ssh-ed25519 AAAA",
		(char *)(uintptr_t) "ssh-rsa BBBB", NULL };
	static char *launched[] = { (char *)(uintptr_t) "ssh-ed25519 CCCC amiwright",
		(char *)(uintptr_t) "ssh-rsa DDDD", NULL };
	const struct strv console_keys = { keys, 2, 2 };
	const struct strv launch_keys = { launched, 2, 2 };
	const struct check_input input = { .facts = facts,
		.before = before,
		.user = "admin",
		.host_name = "ip-169-254-100-10.ec2.internal",
		.console_keys = &console_keys,
		.launch_keys = &launch_keys,
		.volume_bytes = UINT64_C(3) << 30,
		.time_s = 1000000001 };

	for (size_t i = 0; i < verify_check_count; i++)
		if (strcmp(verify_checks[i].name, name) == 0)
			return verify_checks[i].run(&input, found);
	fail_msg("no check '%s'", name);
	return CHECK_FAILED;
}

static void a_guest_in_order_passes_everything(void **state)
{
	CLEANUP(facts_releasep) struct facts first = FACTS_INIT;
	CLEANUP(facts_releasep) struct facts second = FACTS_INIT;

	(void)state;
	make_facts(&first, NULL, NULL);
	make_facts(&second, "boot_id=two", NULL);
	for (size_t i = 0; i < verify_check_count; i++) {
		CLEANUP(strbuf_releasep) struct strbuf found = STRBUF_INIT;
		const char *name = verify_checks[i].name;

		assert_int_equal(judge(name, &first, NULL, &found),
			strcmp(name, "reboot") == 0 ? CHECK_SKIPPED : CHECK_PASSED);
		assert_int_equal(judge(name, &second, &first, &found), CHECK_PASSED);
		assert_true(found.length_bytes > 0);
	}
}

static void each_fault_fails_its_check(void **state)
{
	static const struct {
		const char *check, *changes, *more, *found;
		enum check_outcome outcome;
	} cases[] = {
		{ "login", "user=root", NULL, "root", CHECK_FAILED },
		{ "login", "user=", NULL, "", CHECK_FAILED },
		{ "host key", "host_key=ssh-ed25519 AAAA", NULL, "another ssh-rsa",
			CHECK_FAILED },
		{ "host key", "host_key=", NULL, "another ssh-ed25519", CHECK_FAILED },
		{ "launch key", "key_count=2", NULL, "more than once", CHECK_FAILED },
		{ "launch key", "key_count=0", "key_kinds=0", "", CHECK_FAILED },
		{ "launch key", "key_count=x", NULL, "", CHECK_FAILED },
		{ "launch key", "launch_key=ssh-ed25519 CCCC", NULL,
			"1 of the instance's", CHECK_FAILED },
		{ "launch key", "launch_key=", NULL, "2 of the instance's",
			CHECK_FAILED },
		{ "sudo", "sudo=no", NULL, "refused", CHECK_FAILED },
		{ "sudo", "sudo=", NULL, "refused", CHECK_FAILED },
		{ "units", "state=degraded", "failed_unit=a.service",
			"degraded; failed: a.service", CHECK_FAILED },
		{ "units", "state=running", "failed_unit=a.service", "a.service",
			CHECK_FAILED },
		{ "units", "state=starting", NULL, "starting", CHECK_FAILED },
		{ "units", "state=", NULL, "", CHECK_SKIPPED },
		{ "root size", "root_blocks=250000", NULL, "on a volume of 3.00 GiB",
			CHECK_FAILED },
		{ "root size", "partition_sectors=6150000", NULL, "", CHECK_FAILED },
		{ "root size", "disk_sectors=4194304", NULL, "", CHECK_FAILED },
		{ "root size", "partition_start_sectors=", NULL, "not on a partition",
			CHECK_FAILED },
		{ "root size", "root_blocks=18446744073709551615", NULL, "impossible",
			CHECK_FAILED },
		{ "root size", "disk_sectors=18446744073709551615", NULL, "impossible",
			CHECK_FAILED },
		{ "root size", "partition_sectors=18446744073709551615", NULL,
			"impossible", CHECK_FAILED },
		{ "host name", "host_name=debian", NULL, "debian", CHECK_FAILED },
		{ "host name", "host_name=ip-169-254-100-1", NULL, "", CHECK_FAILED },
		{ "host name", "host_name=ip-169-254-100-10.ec2.internal", NULL, "",
			CHECK_PASSED },
		{ "memory", "memory_kib=", NULL, "", CHECK_FAILED },
		{ "memory", "memory_used_kib=2000000", NULL, "", CHECK_FAILED },
		{ "dpkg --audit", "dpkg_audit=1", NULL, "exit code 1", CHECK_FAILED },
		{ "dpkg --audit", "dpkg_audit=0", "dpkg_audit_line=broken", "broken",
			CHECK_FAILED },
		{ "dpkg --audit", "dpkg_audit=", NULL, "", CHECK_SKIPPED },
		{ "dpkg --verify", "dpkg_verify=0", "dpkg_verify_line=??5?????? /bin/sh",
			"/bin/sh", CHECK_FAILED },
		{ "dpkg --verify", "dpkg_verify=", NULL, "", CHECK_SKIPPED },
		{ "clock", "time=1000000032", NULL, "31 s off", CHECK_FAILED },
		{ "clock", "time=999999970", NULL, "31 s off", CHECK_FAILED },
		{ "clock", "time=999999971", NULL, "30 s off", CHECK_PASSED },
		{ "clock", "time=", NULL, "", CHECK_FAILED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(facts_releasep) struct facts facts = FACTS_INIT;
		CLEANUP(strbuf_releasep) struct strbuf found = STRBUF_INIT;

		make_facts(&facts, cases[i].changes, cases[i].more);
		if (judge(cases[i].check, &facts, NULL, &found) != cases[i].outcome)
			fail_msg("%s with %s: %s", cases[i].check, cases[i].changes,
				found.data);
		if (!strstr(found.data, cases[i].found))
			fail_msg("%s with %s: '%s'", cases[i].check, cases[i].changes,
				found.data);
	}
}

static void a_reboot_changes_the_boot_and_not_the_keys(void **state)
{
	CLEANUP(facts_releasep) struct facts first = FACTS_INIT;
	CLEANUP(facts_releasep) struct facts same = FACTS_INIT;
	CLEANUP(facts_releasep) struct facts more_keys = FACTS_INIT;
	CLEANUP(strbuf_releasep) struct strbuf found = STRBUF_INIT;

	(void)state;
	make_facts(&first, NULL, NULL);
	make_facts(&same, NULL, NULL);
	make_facts(&more_keys, "boot_id=two", "host_key=ecdsa-sha2-nistp256 CCCC");
	assert_int_equal(judge("reboot", &same, &first, &found), CHECK_FAILED);
	assert_int_equal(judge("host key", &more_keys, &first, &found), CHECK_FAILED);
	assert_int_equal(judge("host key", &more_keys, NULL, &found), CHECK_PASSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_guest_in_order_passes_everything),
		cmocka_unit_test(each_fault_fails_its_check),
		cmocka_unit_test(a_reboot_changes_the_boot_and_not_the_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
