/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The network of an emulated instance: one wire that ends here, in a user-mode TCP/IP
 * stack (libslirp) on a thread of its own. The guest gets its address by DHCP and can
 * reach one thing: the metadata service at 169.254.169.254, port 80, which is also at
 * fd00:ec2::254 (imds_ipv6.h). Nothing else is routed, neither to this host, nor to its
 * loopback or link-local addresses, nor beyond, and no names are resolved. From this
 * host, the guest's ssh port can be reached on a loopback port.
 *
 * QEMU itself is given no network but that wire.
 */
#pragma once

#include <stdint.h>

#include "base/error.h"

struct network_spec {
	int metadata_dir_fd; /* the directory, borrowed for the network's life, … */
	const char *metadata_name; /* … and name of the metadata service's Unix socket */
	uint8_t hop_limit; /* of the responses with tokens */
};

struct network;

/*
 * *ret_wire_fd is the guest's end of the wire: a stream socket that carries each Ethernet
 * frame behind its length in 32 bits, big-endian (QEMU's -netdev socket,fd=). The
 * caller's.
 */
int network_start(const struct network_spec *spec, struct network **ret, int *ret_wire_fd,
	struct error *err);

/*
 * Plug in a new wire, whose guest's end is *ret_wire_fd; the one before is gone, the port
 * for ssh stays. When it fails, nothing is plugged in.
 */
int network_replug(struct network *n, int *ret_wire_fd, struct error *err);

/* The port on 127.0.0.1 that leads to the guest's port 22. */
uint16_t network_ssh_port(const struct network *n);

struct network *network_free(struct network *n);
static inline void network_freep(struct network **n)
{
	*n = network_free(*n);
}
