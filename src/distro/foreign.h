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
#include "base/strbuf.h"

/* `cpu` is QEMU's name: "aarch64". Before anything is made: ERR_TOOL with the remedy. */
int foreign_check(const char *cpu, struct error *err);

/* In the sandbox: see to it that such programs run. Nothing to do for this machine's own.
 */
int foreign_enable(const char *cpu, struct error *err);

/*
 * Which emulator that is, a line appended to `to`; nothing for this machine's own
 * programs. By the digest of its file. A container may not have the file of a
 * registration that it shares: then by the moment of that.
 */
void foreign_describe(const char *cpu, struct strbuf *to);
