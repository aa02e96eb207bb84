/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An emulated EC2 instance: a machine with EC2's SMBIOS strings, a volume over a disk
 * image that is only read, and a network in which there is nothing but its metadata
 * service. Everything of it is gone when this program is, however it ends. Used by one
 * thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "vm/accel.h"
#include "vm/console.h"
#include "vm/imds.h"
#include "vm/instance_identity.h"
#include "vm/vm_image.h"
#include "vm/machine.h"

struct instance_spec {
	int dir_fd; /* a private directory (0700) of this instance alone; borrowed */
	int image_fd; /* read only; borrowed */
	struct vm_image image;
	enum vm_arch arch;
	enum vm_firmware firmware;
	enum vm_bus bus;
	enum accel_choice accel;
	uint64_t memory_bytes;
	unsigned int cpus;
	const struct strv *openssh_keys; /* public lines of launch keys; NULL: none */
	const void *user_data; /* any bytes; NULL: none */
	size_t user_data_bytes;
	uint8_t hop_limit; /* of metadata tokens, 1 to 64 */
	enum imds_condition metadata;
	int log_fd; /* of the console; see console.h */
	int show_fd;
};

struct instance;

/*
 * Start it. With ACCEL_AUTO, KVM is tried first, with this very image, unless it is known
 * not to work here; then this waits until a kernel has written to the console, or starts
 * the instance anew without KVM.
 */
int instance_start(const struct instance_spec *spec, struct progress *progress,
	struct instance **ret, struct error *err);
struct instance *instance_free(struct instance *i);
static inline void instance_freep(struct instance **i)
{
	*i = instance_free(*i);
}

/*
 * The next machine, after one that ended because its guest restarted itself, with the
 * same identity, volume and ssh port. It is a new QEMU: under TCG, the kernel that comes
 * after a reset takes three times as long to boot as the first. When it fails, the
 * instance can only be freed.
 */
int instance_restart(struct instance *i, struct error *err);
uint64_t instance_restarts(const struct instance *i); /* how often so far */

struct machine *instance_machine(struct instance *i);
struct console *instance_console(struct instance *i);
const struct instance_identity *instance_identity(const struct instance *i);
uint16_t instance_ssh_port(const struct instance *i); /* on 127.0.0.1 */
uint64_t instance_volume_bytes(const struct instance *i);
enum vm_accel instance_accel(const struct instance *i);

/* When the machine that now runs was started (base/clock.h). */
uint64_t instance_started_ms(const struct instance *i);
