/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether KVM can be used. /dev/kvm may open, answer and make machines, and still not run
 * a stock guest (nested or partly emulated virtualisation). So the answer comes from a
 * guest: whoever starts one remembers here what came of it, until the next boot of the
 * host or another QEMU.
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "vm/qemu_args.h"

enum accel_choice { ACCEL_AUTO = 0, ACCEL_KVM, ACCEL_TCG };

enum accel_memory { ACCEL_UNKNOWN = 0, ACCEL_WORKS, ACCEL_BROKEN };

/* ERR_TOOL with the reason when KVM cannot even be asked for guests of `arch`. */
int accel_check_kvm(enum vm_arch arch, struct error *err);

/* Kept in the user's cache directory; one that cannot be read or written remembers
 * nothing. */
enum accel_memory accel_recall(enum vm_arch arch, enum vm_firmware firmware);
void accel_remember(enum vm_arch arch, enum vm_firmware firmware, bool works);
