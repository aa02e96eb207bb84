/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trees of another architecture than this machine's: their programs run under QEMU's
 * user-mode emulation, which the kernel starts for them (binfmt_misc).
 *
 * Since Linux 6.7 a user namespace can have registrations of its own: then nothing of the
 * machine's is needed or changed but qemu-user-static's program. On older kernels the
 * machine must have the registration, with the flag F (its package makes it so).
 */
#pragma once

#include "base/error.h"

/* `cpu` is QEMU's name: "aarch64". Before anything is made: ERR_TOOL with the remedy. */
int foreign_check(const char *cpu, struct error *err);

/* In the sandbox: see to it that such programs run. Nothing to do for this machine's own.
 */
int foreign_enable(const char *cpu, struct error *err);
