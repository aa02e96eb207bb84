/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "init/console.h"

static char complaints[1024];

static void complain(unsigned int line, const char *what, const char *word)
{
	size_t length = strlen(complaints);

	(void)snprintf(complaints + length, sizeof(complaints) - length, "%u %s '%s'\n",
		line, what, word);
}

static struct config parse(const char *text)
{
	struct config c;
	char *copy = strdup(text);

	complaints[0] = '\0';
	config_set_defaults(&c);
	config_parse(&c, copy, complain);
	free(copy);
	return c;
}

static void defaults_are_what_the_manual_says(void **state)
{
	struct config c = parse("");

	(void)state;
	assert_string_equal(c.user, "admin");
	assert_int_equal(c.hostname, CONFIG_HOSTNAME_SHORT);
	assert_true(c.launch_keys && c.grow && c.user_data && c.renew_machine_id);
	assert_true(
		c.host_key_types[HOST_KEY_ED25519] && c.host_key_types[HOST_KEY_ECDSA]);
	assert_false(c.host_key_types[HOST_KEY_RSA] || c.host_key_types[HOST_KEY_DSA]);
	assert_int_equal(c.endpoints_count, 2);
	assert_string_equal(c.endpoints[0].text, "169.254.169.254");
	assert_string_equal(c.endpoints[1].text, "[fd00:ec2::254]");
	assert_int_equal(c.metadata_wait_s, 240);
	assert_int_equal(c.request_wait_s, 5);
	assert_string_equal(c.state_directory, "/var/lib/ec2-init");
	assert_string_equal(c.console, CONSOLES_ACTIVE);
	assert_string_equal(complaints, "");
}

static void every_key_is_taken(void **state)
{
	struct config c =
		parse("# a comment\n"
		      "user = ec2-user # who\r\n"
		      "  hostname=fqdn\n"
		      "launch-keys\t=\tno\n"
		      "host-keys = rsa ed25519\n"
		      "grow = no\nmachine-id = keep\nuser-data = no\n"
		      "metadata-endpoints = 10.0.0.1:8080\n"
		      "metadata-wait = 1\nrequest-wait = 3600\n"
		      "state-directory = /a\nlog-file = /b\nuser-data-log = /c\n"
		      "console = no\nssh-directory = /d\nssh-keygen = /e\n"
		      "sshd-pid-file = /f");

	(void)state;
	assert_string_equal(complaints, "");
	assert_string_equal(c.user, "ec2-user");
	assert_int_equal(c.hostname, CONFIG_HOSTNAME_FQDN);
	assert_false(c.launch_keys || c.grow || c.user_data || c.renew_machine_id);
	assert_true(c.host_key_types[HOST_KEY_ED25519] && c.host_key_types[HOST_KEY_RSA]);
	assert_false(c.host_key_types[HOST_KEY_ECDSA]);
	assert_int_equal(c.endpoints_count, 1);
	assert_string_equal(c.endpoints[0].text, "10.0.0.1:8080");
	assert_int_equal(c.metadata_wait_s, 1);
	assert_int_equal(c.request_wait_s, 3600);
	assert_string_equal(c.state_directory, "/a");
	assert_string_equal(c.log_file, "/b");
	assert_string_equal(c.user_data_log, "/c");
	assert_string_equal(c.console, "");
	assert_string_equal(c.ssh_directory, "/d");
	assert_string_equal(c.ssh_keygen, "/e");
	assert_string_equal(c.sshd_pid_file, "/f");
}

static void no_host_keys_is_none(void **state)
{
	struct config c = parse("host-keys = no\n");

	(void)state;
	for (size_t i = 0; i < CONFIG_KEY_TYPES_MOST; i++)
		assert_false(c.host_key_types[i]);
}

static void what_cannot_be_used_is_named_and_left_out(void **state)
{
	static const char *const values[] = { "user = a b", "user = a:b",
		"user = ../root", "user = 123456789012345678901234567890123",
		"user =", "hostname = long", "launch-keys = maybe",
		"launch-keys =", "host-keys = dsa", "host-keys = rsa1",
		"metadata-endpoints =", "metadata-endpoints = host",
		"metadata-endpoints = 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1",
		"metadata-wait = 0", "metadata-wait = 3601", "metadata-wait = 1s",
		"log-file = relative", "log-file =", "console = yes" };

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct config by_default = parse(""), c = parse(values[i]);

		if (!strstr(complaints, "1 has a value that cannot be used '"))
			fail_msg("'%s' was taken", values[i]);
		assert_memory_equal(&c, &by_default, sizeof(c));
	}
}

static void unknown_keys_are_named_with_their_line(void **state)
{
	struct config c = parse("usr = x\n\nuser\nuser = x\nUser = y\n");

	(void)state;
	assert_string_equal(complaints, "1 has an unknown key 'usr'\n"
					"3 has no '=' and is ignored 'user'\n"
					"5 has an unknown key 'User'\n");
	assert_string_equal(c.user, "x");
}

static char *read_file(const char *path)
{
	struct error err = ERROR_INIT;
	char *text = NULL;
	size_t length;

	if (file_read_all(path, 1 << 20, &text, &length, &err) < 0)
		fail_msg("%s", err.msg);
	return text;
}

/* The file that is shipped and the manual page show each key, and its default. */
static void the_documents_know_every_key(void **state)
{
	CLEANUP(freep) char *file = read_file(AGENT_FILES "/ec2-init.conf");
	CLEANUP(freep) char *page = read_file(AGENT_CONF_PAGE);
	const char *value, *name;
	size_t count = 0;

	(void)state;
	for (size_t i = 0; (name = config_key(i, &value)); i++, count++) {
		char line[256];

		(void)snprintf(line, sizeof(line), "\n#%s = %s", name, value);
		if (!strstr(file, line))
			fail_msg("ec2-init.conf has no line '%s'", line + 1);
		(void)snprintf(line, sizeof(line), "\n*%s* = %s\n", name, value);
		if (!strstr(page, line))
			fail_msg("the page has no line '%s'", line + 1);
	}
	for (const char *p = file; (p = strstr(p, "\n#")); p++)
		count -= p[2] != ' ' && strcspn(p + 2, "=") < strcspn(p + 2, "\n");
	assert_int_equal(count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_what_the_manual_says),
		cmocka_unit_test(every_key_is_taken),
		cmocka_unit_test(no_host_keys_is_none),
		cmocka_unit_test(what_cannot_be_used_is_named_and_left_out),
		cmocka_unit_test(unknown_keys_are_named_with_their_line),
		cmocka_unit_test(the_documents_know_every_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
