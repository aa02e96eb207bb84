/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * UEFI firmware for machines (EDK II), as the distributions install it. BIOS comes with
 * QEMU.
 */
#pragma once

#include "base/error.h"
#include "vm/instance_identity.h"

/*
 * *ret_code_fd: the firmware, read only. *ret_vars_path: the template of its variable
 * store, a constant. ERR_TOOL when it is not installed.
 */
int firmware_open(enum vm_arch arch, int *ret_code_fd, const char **ret_vars_path,
	struct error *err);
