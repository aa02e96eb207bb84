/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/verify_setup.h"

#include <fcntl.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/path.h"
#include "base/size.h"
#include "core/verify_console.h"
#include "core/verify_ssh.h"
#include "vm/firmware.h"

static int check_tool(const char *tool, const char *package, struct error *err)
{
	CLEANUP(freep) char *path = path_find_tool(tool);

	if (path)
		return 0;
	return error_set(err, ERR_TOOL, 0,
		"'%s', which boots and checks images, is not installed; install the "
		"package '%s'",
		tool, package);
}

int verify_check_tools(enum recipe_arch arch, unsigned int boot, struct error *err)
{
	const bool arm64 = arch == RECIPE_ARCH_ARM64;
	CLEANUP(fd_closep) int code_fd = -1;
	const char *vars;

	if (check_tool(qemu_program(arm64 ? VM_ARM64 : VM_X86_64),
		    arm64 ? "qemu-system-arm" : "qemu-system-x86", err) < 0 ||
		check_tool("qemu-img", "qemu-utils", err) < 0 ||
		check_tool("ssh", "openssh-client", err) < 0 ||
		check_tool("ssh-keygen", "openssh-client", err) < 0)
		return -1;
	if (boot & RECIPE_BOOT_UEFI || arm64)
		return firmware_open(arm64 ? VM_ARM64 : VM_X86_64, &code_fd, &vars, err);
	return 0;
}

/* Zeroes become what they stand for. */
static int fill_in(
	struct verify_spec *s, const struct disk_facts *disk, struct error *err)
{
	if (!s->arch)
		s->arch = disk->arch ? disk->arch : RECIPE_ARCH_X86_64;
	if (!s->boot)
		s->boot = disk->boot;
	if (s->arch == RECIPE_ARCH_ARM64)
		s->boot = RECIPE_BOOT_UEFI;
	if (!s->boot)
		return error_set(err, ERR_VERIFY, 0,
			"'%s' has neither boot code for BIOS nor an EFI system "
			"partition: nothing can boot it",
			s->name);
	if (!s->user)
		s->user = VERIFY_USER;
	if (!s->memory_bytes)
		s->memory_bytes = VERIFY_MEMORY_MIB * MIB;
	if (!s->hop_limit)
		s->hop_limit = VERIFY_HOP_LIMIT;
	if (!s->timeout_s)
		s->timeout_s = VERIFY_TIMEOUT_S;
	return verify_check_tools(s->arch, s->boot, err);
}

static int check_user_data(const struct verify_spec *spec, struct error *err)
{
	if (spec->user_data_bytes <= VERIFY_USER_DATA_MOST_BYTES)
		return 0;
	return error_set(err, ERR_USAGE, 0,
		"the user data has %zu bytes, and EC2 takes at most %d",
		spec->user_data_bytes, VERIFY_USER_DATA_MOST_BYTES);
}

static int add_launch_keys(struct verify_setup *s, struct error *err)
{
	char *own;

	if (ssh_make_key(s->spec.work_dir, &own, err) < 0)
		return -1;
	strv_take(&s->launch_keys, own);
	if (s->spec.further_keys)
		strv_add_all(&s->launch_keys,
			(const char *const *)s->spec.further_keys->items);
	return 0;
}

int verify_setup_prepare(
	struct verify_setup *s, const struct verify_spec *spec, struct error *err)
{
	s->spec = *spec;
	s->dir_fd = open(spec->work_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir_fd < 0)
		return error_errno(err, "open '%s'", spec->work_dir);
	if (check_user_data(spec, err) < 0 ||
		disk_facts_read(spec->image_fd, spec->name, s->dir_fd, &s->disk, err) <
			0 ||
		fill_in(&s->spec, &s->disk, err) < 0 || add_launch_keys(s, err) < 0)
		return -1;
	return console_log_open(spec->console, spec->name, &s->console, &s->log_fd, err);
}

void verify_setup_release(struct verify_setup *s)
{
	strv_release(&s->launch_keys);
	free(s->console);
	fd_closep(&s->dir_fd);
	fd_closep(&s->log_fd);
}

struct instance_spec verify_setup_instance(
	const struct verify_setup *s, enum vm_firmware firmware)
{
	const struct verify_spec *spec = &s->spec;

	return (struct instance_spec){
		.dir_fd = s->dir_fd,
		.image_fd = spec->image_fd,
		.image = s->disk.image,
		.arch = spec->arch == RECIPE_ARCH_ARM64 ? VM_ARM64 : VM_X86_64,
		.firmware = firmware,
		.bus = spec->bus,
		.accel = spec->accel,
		.memory_bytes = spec->memory_bytes,
		.cpus = spec->cpus,
		.openssh_keys = &s->launch_keys,
		.user_data = spec->user_data,
		.user_data_bytes = spec->user_data_bytes,
		.hop_limit = (uint8_t)spec->hop_limit,
		.metadata = spec->metadata,
		.log_fd = s->log_fd,
		.show_fd = -1,
	};
}
