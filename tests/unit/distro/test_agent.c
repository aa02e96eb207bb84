/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/agent.h"

#include <sys/stat.h>

#include "base/sandbox.h"
#include "unit.h"

enum { MTIME_S = 1234 };

static int install_inside(
	void *userdata, struct progress *p, struct strbuf *result, struct error *err)
{
	(void)p;
	(void)result;
	return agent_install(userdata, err);
}

static void install(struct agent_spec *spec)
{
	struct progress silent = { 0 };
	struct error err = ERROR_INIT;

	if (sandbox_run(install_inside, spec, &silent, NULL, &err) < 0)
		fail_msg("%s", err.msg);
}

static void assert_file(const char *root, const char *path, mode_t mode)
{
	CLEANUP(freep) char *full = path_join(root, path);
	struct stat st;

	if (lstat(full, &st) < 0)
		fail_msg("%s is not there", path);
	assert_int_equal(st.st_mode, S_IFREG | mode);
	assert_int_equal(st.st_mtime, MTIME_S);
	assert_int_not_equal(st.st_size, 0);
}

struct service_case {
	enum agent_services services;
	const char *path;
	mode_t mode;
};

static void services_stand_where_each_init_looks(void **state)
{
	static const struct service_case cases[] = {
		{ AGENT_SYSTEMD, "usr/lib/systemd/system/ec2-init-boot.service", 0644 },
		{ AGENT_SYSTEMD, "usr/lib/systemd/system/ec2-init-metadata.service",
			0644 },
		{ AGENT_SYSTEMD, "usr/lib/systemd/system/ec2-init-user-data.service",
			0644 },
		{ AGENT_OPENRC, "etc/init.d/ec2-init-boot", 0755 },
		{ AGENT_OPENRC, "etc/init.d/ec2-init-metadata", 0755 },
		{ AGENT_OPENRC, "etc/init.d/ec2-init-user-data", 0755 },
		{ AGENT_RUNIT, "etc/runit/core-services/95-ec2-init.sh", 0644 },
		{ AGENT_RUNIT, "etc/sv/ec2-init/run", 0755 },
		{ AGENT_RUNIT_SYSV, "etc/init.d/ec2-init-boot", 0755 },
		{ AGENT_RUNIT_SYSV, "etc/sv/ec2-init/run", 0755 },
	};
	struct agent_spec spec = {
		.root_dir = *state, .arch = "x86_64", .user = "admin", .mtime_s = MTIME_S
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		spec.services = cases[i].services;
		install(&spec);
		assert_file(*state, cases[i].path, cases[i].mode);
	}
}

/* The machine of an ELF file: its e_machine, elf(5). */
static unsigned int machine_of(const char *dir)
{
	CLEANUP(freep) char *path = path_join(dir, "usr/sbin/ec2-init");
	CLEANUP(freep) char *bytes = NULL;
	struct error err = ERROR_INIT;
	size_t length;

	assert_int_equal(file_read_all(path, 1 << 20, &bytes, &length, &err), 0);
	assert_true(length > 20);
	assert_memory_equal(bytes, "\177ELF", 4);
	return (unsigned char)bytes[18] | (unsigned int)(unsigned char)bytes[19] << 8;
}

static void the_program_is_the_architectures(void **state)
{
	struct agent_spec spec = { .root_dir = *state,
		.arch = "x86_64",
		.services = AGENT_SYSTEMD,
		.user = "admin",
		.mtime_s = MTIME_S };

	install(&spec);
	assert_file(*state, "usr/sbin/ec2-init", 0755);
	assert_int_equal(machine_of(*state), 62); /* EM_X86_64 */
	spec.arch = "arm64";
	install(&spec);
	assert_int_equal(machine_of(*state), 183); /* EM_AARCH64 */
}

static void the_configuration_names_the_user(void **state)
{
	CLEANUP(freep) char *path = path_join(*state, "etc/ec2-init.conf");
	CLEANUP(freep) char *text = NULL;
	struct agent_spec spec = { .root_dir = *state,
		.arch = "x86_64",
		.services = AGENT_SYSTEMD,
		.user = "deploy",
		.mtime_s = MTIME_S };
	struct error err = ERROR_INIT;

	install(&spec);
	assert_int_equal(file_read_all(path, 1 << 16, &text, NULL, &err), 0);
	assert_non_null(strstr(text, "\nuser = deploy\n"));
	assert_non_null(strstr(text, "ec2-init.conf(5)"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(services_stand_where_each_init_looks),
		SCRATCH_TEST(the_program_is_the_architectures),
		SCRATCH_TEST(the_configuration_names_the_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
