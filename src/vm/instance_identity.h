/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who an emulated instance is: the ids, names and addresses that EC2 would have given it.
 * The metadata service, the SMBIOS strings and the network card all show the same ones.
 */
#pragma once

#include <stdint.h>

#include "base/error.h"

enum vm_arch { VM_ARCH_NONE = 0, VM_X86_64, VM_ARM64 };

/* "x86_64", "arm64": EC2's words. */
const char *vm_arch_name(enum vm_arch arch);

/*
 * The one network that instances are in. It is all of 169.254.0.0/16, so that the address
 * of the metadata service is inside it and can never be the host's own.
 */
#define IDENTITY_NETWORK "169.254.0.0"
#define IDENTITY_NETMASK "255.255.0.0"
#define IDENTITY_ROUTER "169.254.0.2"
#define IDENTITY_RESOLVER "169.254.0.3"
#define IDENTITY_ADDRESS "169.254.100.10"
#define IDENTITY_METADATA "169.254.169.254"
#define IDENTITY_IPV6_STAND_IN \
	"169.254.100.254" /* a guest that speaks IPv6; see imds_ipv6.h */

/* By value, nothing to release. */
struct instance_identity {
	enum vm_arch arch;
	const char *instance_type; /* "t3.micro", "t4g.micro" */
	char uuid[37]; /* SMBIOS: begins with "ec2" */
	char instance_id[20]; /* "i-" and 17 hexadecimal digits; the others likewise */
	char image_id[22];
	char reservation_id[20];
	char volume_id[22];
	char interface_id[22];
	char subnet_id[26];
	char vpc_id[22];
	char security_group_id[22];
	char mac[18];
	char hostname[40]; /* fully qualified, as private DNS would have it */
};

enum { IDENTITY_RANDOM_BYTES = 96 };

/* From random bytes that the caller has drawn: the same bytes make the same instance. */
void instance_identity_init(struct instance_identity *id, enum vm_arch arch,
	const uint8_t random[static IDENTITY_RANDOM_BYTES]);

/* A new one. */
int instance_identity_draw(
	struct instance_identity *id, enum vm_arch arch, struct error *err);
