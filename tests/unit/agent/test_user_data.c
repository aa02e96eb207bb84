/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <string.h>

#include "init/user_data.h"

static struct user_data u;

static void read_text(const char *text)
{
	user_data_read(&u, text, strlen(text));
}

static void nothing_is_nothing(void **state)
{
	(void)state;
	read_text("");
	assert_int_equal(u.kind, USER_DATA_NONE);
	read_text(" \r\n\t\n");
	assert_int_equal(u.kind, USER_DATA_NONE);
	user_data_read(&u, "\0\n", 2);
	assert_int_equal(u.kind, USER_DATA_REFUSED);
}

static void a_script_is_taken_as_it_is(void **state)
{
	static const char script[] = "#!/bin/sh\n\0binary\xff";

	(void)state;
	user_data_read(&u, script, sizeof(script));
	assert_int_equal(u.kind, USER_DATA_SCRIPTS);
	assert_int_equal(u.count, 1);
	assert_ptr_equal(u.scripts[0].data, script);
	assert_int_equal(u.scripts[0].bytes, sizeof(script));
}

static void what_is_cloud_inits_is_refused_with_its_name(void **state)
{
	static const struct {
		const char *text;
		const char *says;
	} cases[] = {
		{ "#cloud-config\n", "it is #cloud-config;" },
		{ "#Cloud-Config\n", "it is #cloud-config;" },
		{ "#cloud-config-archive\n", "it is #cloud-config-archive;" },
		{ "#cloud-boothook\n#!/bin/sh\n", "it is #cloud-boothook;" },
		{ "#include http://x\n", "it is #include;" },
		{ "## template: jinja\n#cloud-config\n", "it is ## template: jinja;" },
		{ "#part-handler\n", "it is #part-handler;" },
		{ "echo hello\n", "it is of no known kind;" },
		{ "\n#!/bin/sh\n", "it is of no known kind;" },
		{ "{\"ignition\": {}}", "it is of no known kind;" },
		{ "\x1f\x8b\x08", "it is cut off;" },
		{ "\x1f\x8b\x08\xff garbage that is no gzip", "encoding" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		read_text(cases[i].text);
		assert_int_equal(u.kind, USER_DATA_REFUSED);
		assert_int_equal(u.count, 0);
		if (!strstr(u.reason, cases[i].says))
			fail_msg("'%s'", u.reason);
		assert_non_null(strstr(u.reason, "cloud-init"));
	}
}

#define HEAD                  \
	"MIME-Version: 1.0\n" \
	"Content-Type: multipart/mixed; boundary=\"b\"\n\n"
#define PART(type, body) "--b\nContent-Type: " type "\n\n" body "\n"
#define TAIL "--b--\n"

static void parts_are_taken_in_order(void **state)
{
	(void)state;
	read_text(HEAD PART("text/x-shellscript", "#!/bin/sh\necho 1")
			PART("text/plain", "#!/bin/sh\necho 2") PART("text/plain", "\n")
				PART("application/octet-stream", "#!/x") TAIL);
	assert_int_equal(u.kind, USER_DATA_SCRIPTS);
	assert_int_equal(u.count, 3);
	assert_memory_equal(u.scripts[0].data, "#!/bin/sh\necho 1", 16);
	assert_memory_equal(u.scripts[1].data, "#!/bin/sh\necho 2", 16);
	assert_int_equal(u.scripts[2].bytes, 4);
}

static void one_part_that_is_no_script_refuses_all(void **state)
{
	(void)state;
	read_text(HEAD PART("text/x-shellscript", "#!/bin/sh")
			PART("text/cloud-config", "packages: []") TAIL);
	assert_int_equal(u.kind, USER_DATA_REFUSED);
	assert_int_equal(u.count, 0);
	assert_non_null(strstr(u.reason, "it has a part of type text/cloud-config;"));
	read_text(HEAD PART("text/plain", "#!/bin/sh") PART("text/plain", "x") TAIL);
	assert_int_equal(u.kind, USER_DATA_REFUSED);
	/* The last part may be half of what it was. */
	read_text(HEAD PART("text/plain", "#!/bin/sh\nrm -r /tmp/x"));
	assert_int_equal(u.kind, USER_DATA_REFUSED);
	assert_non_null(strstr(u.reason, "it is cut off;"));
}

static void scripts_are_counted(void **state)
{
	static char text[(USER_DATA_SCRIPTS_MOST + 2) * 64];

	(void)state;
	strcpy(text, HEAD);
	for (int i = 0; i < USER_DATA_SCRIPTS_MOST; i++)
		strcat(text, PART("text/plain", "#!/x"));
	strcat(text, TAIL);
	read_text(text);
	assert_int_equal(u.count, USER_DATA_SCRIPTS_MOST);
	*strstr(text, TAIL) = '\0';
	strcat(text, PART("text/plain", "#!/x") TAIL);
	read_text(text);
	assert_int_equal(u.kind, USER_DATA_REFUSED);
	assert_non_null(strstr(u.reason, "too many"));
}

/* gzip in gzip in gzip …: as deep as is allowed, and one more. */
static void nesting_ends(void **state)
{
	const char *dir = *state;
	CLEANUP(freep) char *said = NULL, *data = NULL, *deeper = NULL;
	size_t length;

	said = run_in(dir, "printf '#!/bin/sh\\n' >0 && for i in 1 2 3 4 5; do "
			   "gzip -c $((i - 1)) >$i || exit; done");
	data = scratch_read(dir, "4", &length);
	user_data_read(&u, data, length);
	assert_int_equal(u.kind, USER_DATA_SCRIPTS);
	assert_memory_equal(u.scripts[0].data, "#!/bin/sh\n", 10);
	deeper = scratch_read(dir, "5", &length);
	user_data_read(&u, deeper, length);
	assert_int_equal(u.kind, USER_DATA_REFUSED);
	assert_non_null(strstr(u.reason, "too deep"));
}

static void a_bomb_is_refused(void **state)
{
	const char *dir = *state;
	CLEANUP(freep) char *said = NULL, *data = NULL;
	size_t length;

	said = run_in(
		dir, "{ echo '#!/bin/sh'; head -c 100000000 /dev/zero; } | gzip >b");
	data = scratch_read(dir, "b", &length);
	user_data_read(&u, data, length);
	assert_int_equal(u.kind, USER_DATA_REFUSED);
	assert_non_null(strstr(u.reason, "too large"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_nothing),
		cmocka_unit_test(a_script_is_taken_as_it_is),
		cmocka_unit_test(what_is_cloud_inits_is_refused_with_its_name),
		cmocka_unit_test(parts_are_taken_in_order),
		cmocka_unit_test(one_part_that_is_no_script_refuses_all),
		cmocka_unit_test(scripts_are_counted),
		SCRATCH_TEST(nesting_ends),
		SCRATCH_TEST(a_bomb_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
