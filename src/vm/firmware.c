/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/firmware.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/cleanup.h"

/* Debian and Ubuntu; the first that is there is taken. Without Secure Boot, as on EC2. */
static const struct {
	enum vm_arch arch;
	const char *code;
	const char *vars;
} places[] = {
	{ VM_X86_64, "/usr/share/OVMF/OVMF_CODE_4M.fd",
		"/usr/share/OVMF/OVMF_VARS_4M.fd" },
	{ VM_X86_64, "/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd" },
	{ VM_ARM64, "/usr/share/AAVMF/AAVMF_CODE.no-secboot.fd",
		"/usr/share/AAVMF/AAVMF_VARS.fd" },
	{ VM_ARM64, "/usr/share/AAVMF/AAVMF_CODE.fd", "/usr/share/AAVMF/AAVMF_VARS.fd" },
};

int firmware_open(enum vm_arch arch, int *ret_code_fd, const char **ret_vars_path,
	struct error *err)
{
	const char *package = arch == VM_ARM64 ? "qemu-efi-aarch64" : "ovmf";
	int fd;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		if (places[i].arch != arch || access(places[i].vars, R_OK) < 0)
			continue;
		fd = open(places[i].code, O_RDONLY | O_CLOEXEC);
		if (fd < 0 && errno == ENOENT)
			continue;
		if (fd < 0)
			return error_errno(err, "open '%s'", places[i].code);
		*ret_code_fd = fd;
		*ret_vars_path = places[i].vars;
		return 0;
	}
	return error_set(err, ERR_TOOL, 0,
		"no UEFI firmware for %s machines is installed; install the package '%s'",
		vm_arch_name(arch), package);
}
