/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/accel.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"

static bool is_own_arch(enum vm_arch arch)
{
#if defined(__x86_64__)
	return arch == VM_X86_64;
#elif defined(__aarch64__)
	return arch == VM_ARM64;
#else
	return false;
#endif
}

int accel_check_kvm(enum vm_arch arch, struct error *err)
{
	CLEANUP(fd_closep) int fd = -1;

	if (!is_own_arch(arch))
		return error_set(err, ERR_TOOL, 0,
			"this machine's processor is not of the guest's architecture, %s",
			vm_arch_name(arch));
	fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (fd < 0 && errno == EACCES)
		return error_set(err, ERR_TOOL, errno,
			"no permission for /dev/kvm; being in its group (kvm) would give "
			"it");
	if (fd < 0)
		return error_set(err, ERR_TOOL, errno, "/dev/kvm: %s", strerror(errno));
	if (ioctl(fd, KVM_GET_API_VERSION, 0) != KVM_API_VERSION)
		return error_set(
			err, ERR_TOOL, 0, "/dev/kvm is not the KVM that is known");
	return 0;
}

/* "<the host's boot> <QEMU's identity>": what an answer holds for. NULL when unknown. */
static char *make_key(enum vm_arch arch)
{
	CLEANUP(freep) char *boot = NULL;
	CLEANUP(freep) char *program = path_find_tool(qemu_program(arch));
	struct error ignored = ERROR_INIT;
	struct stat st;

	if (!program || stat(program, &st) < 0 ||
		file_read_all("/proc/sys/kernel/random/boot_id", 128, &boot, NULL,
			&ignored) < 0)
		return NULL;
	boot[strcspn(boot, "\n")] = '\0';
	return xasprintf("%s %llu-%lld-%lld", boot, (unsigned long long)st.st_ino,
		(long long)st.st_size, (long long)st.st_mtim.tv_sec);
}

static char *memory_path(enum vm_arch arch, enum vm_firmware firmware)
{
	CLEANUP(freep) char *dir = NULL;
	struct error ignored = ERROR_INIT;

	if (path_cache_dir("kvm", &dir, &ignored) < 0)
		return NULL;
	return xasprintf("%s/%s-%s", dir, vm_arch_name(arch), vm_firmware_name(firmware));
}

enum accel_memory accel_recall(enum vm_arch arch, enum vm_firmware firmware)
{
	CLEANUP(freep) char *path = memory_path(arch, firmware);
	CLEANUP(freep) char *key = make_key(arch);
	CLEANUP(freep) char *text = NULL;
	struct error ignored = ERROR_INIT;
	size_t length;

	if (!path || !key || file_read_all(path, 1024, &text, NULL, &ignored) < 0)
		return ACCEL_UNKNOWN;
	length = strlen(key);
	if (strncmp(text, key, length) != 0)
		return ACCEL_UNKNOWN;
	if (strcmp(text + length, " works\n") == 0)
		return ACCEL_WORKS;
	return strcmp(text + length, " broken\n") == 0 ? ACCEL_BROKEN : ACCEL_UNKNOWN;
}

void accel_remember(enum vm_arch arch, enum vm_firmware firmware, bool works)
{
	CLEANUP(freep) char *path = memory_path(arch, firmware);
	CLEANUP(freep) char *key = make_key(arch);
	CLEANUP(freep) char *text = NULL;
	struct error ignored = ERROR_INIT;

	if (!path || !key)
		return;
	text = xasprintf("%s %s\n", key, works ? "works" : "broken");
	(void)file_write_all(path, text, strlen(text), 0644, &ignored);
}
