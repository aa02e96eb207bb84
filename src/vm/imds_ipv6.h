/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The metadata service's IPv6 address, [fd00:ec2::254]:80, on a wire whose other end
 * speaks IPv4 alone: the TCP packets of its connections are translated, header by header
 * (RFC 7915), and neighbour solicitations for the address are answered (RFC 4861).
 * Nothing else of IPv6 goes anywhere. No router is advertised: a guest comes here when it
 * has given itself an address and a route. Only bytes; the wire is the caller's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	IMDS_IPV6_FRAME_BYTES = 14 + 1500, /* no frame made here is longer */
	IMDS_IPV6_FLOWS = 64, /* connections at a time; the oldest is forgotten first */
};

/* By value, zeroed. */
struct imds_ipv6 {
	struct imds_ipv6_flow {
		uint8_t guest[16];
		uint16_t port; /* the guest's, in this host's byte order; 0: none */
	} flows[IMDS_IPV6_FLOWS];
	size_t next;
};

struct imds_ipv6_frame {
	uint8_t bytes[IMDS_IPV6_FRAME_BYTES];
	size_t length_bytes;
};

enum imds_ipv6_way {
	IMDS_IPV6_NOT = 0, /* the frame is none of IPv6 */
	IMDS_IPV6_NOWHERE, /* it is dropped */
	IMDS_IPV6_TO_STACK, /* `out` is what it says in IPv4 */
	IMDS_IPV6_TO_GUEST, /* `out` is its answer */
};

/* What becomes of a frame of the guest's; `out` is filled where the result says so. */
enum imds_ipv6_way imds_ipv6_from_guest(struct imds_ipv6 *m, const uint8_t *frame,
	size_t length_bytes, struct imds_ipv6_frame *out);

/* For the stack, before what goes there: whose link-layer address answers are for (ARP).
 */
void imds_ipv6_announce(const uint8_t *frame, struct imds_ipv6_frame *out);

/*
 * A frame of the stack's: false when it is not for a translated connection. Else `out` is
 * what goes to the guest in its place; nothing, when it has a length of 0.
 */
bool imds_ipv6_from_stack(const struct imds_ipv6 *m, const uint8_t *frame,
	size_t length_bytes, struct imds_ipv6_frame *out);
