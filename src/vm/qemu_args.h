/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line of QEMU (7.2 and later) for an emulated EC2 instance. Every file is
 * given as a descriptor that QEMU inherits under the same number, so no path has to be
 * quoted and files without names do as well.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strv.h"
#include "vm/instance_identity.h"
#include "vm/vm_image.h"

/* Also as bits of a set: an image may boot with either. */
enum vm_firmware { VM_FIRMWARE_NONE = 0, VM_BIOS = 1, VM_UEFI = 2 };
enum vm_bus { VM_NVME = 0, VM_VIRTIO };
enum vm_accel { VM_TCG = 0, VM_KVM };

const char *vm_firmware_name(enum vm_firmware firmware); /* "BIOS", "UEFI" */
const char *vm_bus_name(enum vm_bus bus); /* "NVMe", "virtio" */
const char *vm_accel_name(enum vm_accel accel); /* "KVM", "TCG" */

struct vm_spec {
	const struct instance_identity *identity;
	enum vm_firmware firmware;
	enum vm_bus bus;
	enum vm_accel accel;
	uint64_t memory_bytes;
	unsigned int cpus; /* 0: two with KVM, else one: under TCG they take turns */

	int image_fd; /* read only, under the volume */
	enum vm_image_format image_format;
	bool image_is_device;
	int volume_fd; /* a qcow2 file for what the machine writes */
	int firmware_code_fd, firmware_vars_fd; /* with VM_UEFI */

	/* Stream sockets whose other ends are ours. */
	int console_fd, qmp_fd, wire_fd;
};

/* argv[0] is the name of the program. */
void qemu_args(const struct vm_spec *spec, struct strv *argv);

/* The program's name alone. */
const char *qemu_program(enum vm_arch arch);

enum { QEMU_FDS_MOST = 8 };

/* The descriptors that QEMU is to inherit. Returns how many. */
size_t qemu_fds(const struct vm_spec *spec, int fds[static QEMU_FDS_MOST]);
