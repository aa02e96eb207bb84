/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/imds_ipv6.h"

#include <arpa/inet.h>
#include <string.h>

#include "vm/instance_identity.h"
#include "vm/packet.h"

/* Offsets and values in Ethernet II (IEEE 802.3), ARP (RFC 826), IPv4 (RFC 791), IPv6
 * (RFC 8200), TCP (RFC 9293) and ICMPv6 (RFC 4861). */
enum {
	MAC_BYTES = 6,
	ETHERTYPE_AT = 12,
	ETHERTYPE_IPV4 = 0x0800,
	ETHERTYPE_ARP = 0x0806,
	ETHERTYPE_IPV6 = 0x86dd,
	ETHERNET_BYTES = 14,
	ARP_FRAME_BYTES = 60,
	IPV4_BYTES = 20,
	IPV4_VERSION_AND_LENGTH = 0x45,
	IPV4_FRAGMENT_MASK = 0x3fff,
	IPV4_DO_NOT_FRAGMENT = 0x4000,
	IPV6_BYTES = 40,
	IPV6_PAYLOAD_AT = 4,
	IPV6_NEXT_AT = 6,
	IPV6_HOP_LIMIT_AT = 7,
	IPV6_SOURCE_AT = 8,
	IPV6_TARGET_AT = 24,
	ADDRESS_BYTES = 16,
	PROTOCOL_TCP = 6,
	PROTOCOL_ICMPV6 = 58,
	TCP_BYTES = 20,
	TCP_CHECKSUM_AT = 16,
	HTTP_PORT = 80,
	SOLICITATION = 135,
	SOLICITATION_BYTES = 24,
	ADVERTISEMENT = 136,
	ADVERTISEMENT_BYTES = 32,
	ADVERTISEMENT_SOLICITED_OVERRIDE = 0x60,
	NEIGHBOUR_TARGET_AT = 8,
	NEIGHBOUR_OPTION_AT = 24,
	OPTION_TARGET_MAC = 2,
	NEIGHBOUR_HOP_LIMIT = 255, /* proves that no router has passed it on */
};

static const uint8_t metadata_ipv6[ADDRESS_BYTES] = { 0xfd, 0x00, 0x0e, 0xc2, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0x02, 0x54 };
static const uint8_t metadata_mac[MAC_BYTES] = { 0x52, 0x55, 0xfd, 0x00, 0x02, 0x54 };

static void put_ipv4(uint8_t *to, const char *address)
{
	const in_addr_t a = inet_addr(address);

	memcpy(to, &a, sizeof(a));
}

/* The TCP checksum covers the addresses: it changes by what they differ in (RFC 1624), so
 * that a wrong one stays wrong. */
static void adjust_checksum(uint8_t *tcp, unsigned int old_sum, unsigned int new_sum)
{
	uint8_t *at = tcp + TCP_CHECKSUM_AT;
	const uint8_t terms[] = { (uint8_t)~at[0], (uint8_t)~at[1],
		(uint8_t) ~(old_sum >> 8), (uint8_t)~old_sum, (uint8_t)(new_sum >> 8),
		(uint8_t)new_sum };

	put16(at, ~packet_sum(0, terms, sizeof(terms)));
}

/* ---- from the guest */

static void remember(struct imds_ipv6 *m, const uint8_t *guest, uint16_t port)
{
	struct imds_ipv6_flow *flow = NULL;

	for (size_t i = 0; i < IMDS_IPV6_FLOWS && !flow; i++)
		if (m->flows[i].port == port)
			flow = &m->flows[i];
	if (!flow) {
		flow = &m->flows[m->next];
		m->next = (m->next + 1) % IMDS_IPV6_FLOWS;
	}
	memcpy(flow->guest, guest, ADDRESS_BYTES);
	flow->port = port;
}

static enum imds_ipv6_way translate(struct imds_ipv6 *m, const uint8_t *frame,
	size_t payload_bytes, struct imds_ipv6_frame *out)
{
	const uint8_t *ipv6 = frame + ETHERNET_BYTES, *tcp = ipv6 + IPV6_BYTES;
	uint8_t *ip = out->bytes + ETHERNET_BYTES;

	if (payload_bytes < TCP_BYTES || get16(tcp) == 0 || get16(tcp + 2) != HTTP_PORT)
		return IMDS_IPV6_NOWHERE;
	remember(m, ipv6 + IPV6_SOURCE_AT, (uint16_t)get16(tcp));
	memcpy(out->bytes, frame, ETHERTYPE_AT);
	put16(out->bytes + ETHERTYPE_AT, ETHERTYPE_IPV4);
	memset(ip, 0, IPV4_BYTES);
	ip[0] = IPV4_VERSION_AND_LENGTH;
	put16(ip + 2, (unsigned int)(IPV4_BYTES + payload_bytes));
	put16(ip + 6, IPV4_DO_NOT_FRAGMENT);
	ip[8] = ipv6[IPV6_HOP_LIMIT_AT];
	ip[9] = PROTOCOL_TCP;
	put_ipv4(ip + 12, IDENTITY_IPV6_STAND_IN);
	put_ipv4(ip + 16, IDENTITY_METADATA);
	put16(ip + 10, ~packet_sum(0, ip, IPV4_BYTES));
	memcpy(ip + IPV4_BYTES, tcp, payload_bytes);
	adjust_checksum(ip + IPV4_BYTES,
		packet_sum(0, ipv6 + IPV6_SOURCE_AT, (size_t)2 * ADDRESS_BYTES),
		packet_sum(0, ip + 12, 8));
	out->length_bytes = ETHERNET_BYTES + IPV4_BYTES + payload_bytes;
	return IMDS_IPV6_TO_STACK;
}

/* Over ICMPv6 and the pseudo header of RFC 8200, 8.1. */
static unsigned int icmp_sum(const uint8_t *ipv6, size_t payload_bytes)
{
	const unsigned int start = (unsigned int)payload_bytes + PROTOCOL_ICMPV6;
	const unsigned int addresses =
		packet_sum(start, ipv6 + IPV6_SOURCE_AT, (size_t)2 * ADDRESS_BYTES);

	return packet_sum(addresses, ipv6 + IPV6_BYTES, payload_bytes);
}

/* Does it ask who has the address? Not if the guest wants it for itself, without a source
 * then. */
static bool is_solicitation(const uint8_t *ipv6, size_t payload_bytes)
{
	static const uint8_t unspecified[ADDRESS_BYTES];
	const uint8_t *icmp = ipv6 + IPV6_BYTES;

	return payload_bytes >= SOLICITATION_BYTES && icmp[0] == SOLICITATION &&
	       icmp[1] == 0 && ipv6[IPV6_HOP_LIMIT_AT] == NEIGHBOUR_HOP_LIMIT &&
	       !memcmp(icmp + NEIGHBOUR_TARGET_AT, metadata_ipv6, ADDRESS_BYTES) &&
	       memcmp(ipv6 + IPV6_SOURCE_AT, unspecified, ADDRESS_BYTES) != 0 &&
	       icmp_sum(ipv6, payload_bytes) == 0xffff;
}

static enum imds_ipv6_way advertise(
	const uint8_t *frame, size_t payload_bytes, struct imds_ipv6_frame *out)
{
	const uint8_t *asked = frame + ETHERNET_BYTES;
	uint8_t *ipv6 = out->bytes + ETHERNET_BYTES, *icmp = ipv6 + IPV6_BYTES;

	if (!is_solicitation(asked, payload_bytes))
		return IMDS_IPV6_NOWHERE;
	out->length_bytes = ETHERNET_BYTES + IPV6_BYTES + ADVERTISEMENT_BYTES;
	memset(out->bytes, 0, out->length_bytes);
	memcpy(out->bytes, frame + MAC_BYTES, MAC_BYTES);
	memcpy(out->bytes + MAC_BYTES, metadata_mac, MAC_BYTES);
	put16(out->bytes + ETHERTYPE_AT, ETHERTYPE_IPV6);
	ipv6[0] = 6 << 4;
	put16(ipv6 + IPV6_PAYLOAD_AT, ADVERTISEMENT_BYTES);
	ipv6[IPV6_NEXT_AT] = PROTOCOL_ICMPV6;
	ipv6[IPV6_HOP_LIMIT_AT] = NEIGHBOUR_HOP_LIMIT;
	memcpy(ipv6 + IPV6_SOURCE_AT, metadata_ipv6, ADDRESS_BYTES);
	memcpy(ipv6 + IPV6_TARGET_AT, asked + IPV6_SOURCE_AT, ADDRESS_BYTES);
	icmp[0] = ADVERTISEMENT;
	icmp[4] = ADVERTISEMENT_SOLICITED_OVERRIDE;
	memcpy(icmp + NEIGHBOUR_TARGET_AT, metadata_ipv6, ADDRESS_BYTES);
	icmp[NEIGHBOUR_OPTION_AT] = OPTION_TARGET_MAC;
	icmp[NEIGHBOUR_OPTION_AT + 1] = 1; /* of 8 bytes */
	memcpy(icmp + NEIGHBOUR_OPTION_AT + 2, metadata_mac, MAC_BYTES);
	put16(icmp + 2, ~icmp_sum(ipv6, ADVERTISEMENT_BYTES));
	return IMDS_IPV6_TO_GUEST;
}

enum imds_ipv6_way imds_ipv6_from_guest(struct imds_ipv6 *m, const uint8_t *frame,
	size_t length_bytes, struct imds_ipv6_frame *out)
{
	const uint8_t *ipv6 = frame + ETHERNET_BYTES;
	size_t payload_bytes;

	if (length_bytes < ETHERNET_BYTES ||
		get16(frame + ETHERTYPE_AT) != ETHERTYPE_IPV6)
		return IMDS_IPV6_NOT;
	if (length_bytes < ETHERNET_BYTES + IPV6_BYTES || ipv6[0] >> 4 != 6)
		return IMDS_IPV6_NOWHERE;
	payload_bytes = get16(ipv6 + IPV6_PAYLOAD_AT);
	if (payload_bytes > length_bytes - ETHERNET_BYTES - IPV6_BYTES ||
		payload_bytes > IMDS_IPV6_FRAME_BYTES - ETHERNET_BYTES - IPV6_BYTES)
		return IMDS_IPV6_NOWHERE;
	if (ipv6[IPV6_NEXT_AT] == PROTOCOL_ICMPV6)
		return advertise(frame, payload_bytes, out);
	if (ipv6[IPV6_NEXT_AT] != PROTOCOL_TCP ||
		memcmp(ipv6 + IPV6_TARGET_AT, metadata_ipv6, ADDRESS_BYTES) != 0)
		return IMDS_IPV6_NOWHERE;
	return translate(m, frame, payload_bytes, out);
}

void imds_ipv6_announce(const uint8_t *frame, struct imds_ipv6_frame *out)
{
	/* A request of Ethernet and IPv4, for the sender's own address. */
	static const uint8_t head[] = { 0, 1, 8, 0, MAC_BYTES, 4, 0, 1 };
	uint8_t *arp = out->bytes + ETHERNET_BYTES;

	out->length_bytes = ARP_FRAME_BYTES;
	memset(out->bytes, 0, out->length_bytes);
	memset(out->bytes, 0xff, MAC_BYTES);
	memcpy(out->bytes + MAC_BYTES, frame + MAC_BYTES, MAC_BYTES);
	put16(out->bytes + ETHERTYPE_AT, ETHERTYPE_ARP);
	memcpy(arp, head, sizeof(head));
	memcpy(arp + 8, frame + MAC_BYTES, MAC_BYTES);
	put_ipv4(arp + 14, IDENTITY_IPV6_STAND_IN);
	put_ipv4(arp + 24, IDENTITY_IPV6_STAND_IN);
}

/* ---- from the stack */

static const uint8_t *find_guest(const struct imds_ipv6 *m, unsigned int port)
{
	for (size_t i = 0; i < IMDS_IPV6_FLOWS; i++)
		if (port && m->flows[i].port == port)
			return m->flows[i].guest;
	return NULL;
}

static void translate_back(const uint8_t *guest, const uint8_t *frame,
	size_t payload_bytes, struct imds_ipv6_frame *out)
{
	const uint8_t *ip = frame + ETHERNET_BYTES;
	uint8_t *ipv6 = out->bytes + ETHERNET_BYTES;

	memcpy(out->bytes, frame, MAC_BYTES);
	memcpy(out->bytes + MAC_BYTES, metadata_mac, MAC_BYTES);
	put16(out->bytes + ETHERTYPE_AT, ETHERTYPE_IPV6);
	memset(ipv6, 0, IPV6_BYTES);
	ipv6[0] = 6 << 4;
	put16(ipv6 + IPV6_PAYLOAD_AT, (unsigned int)payload_bytes);
	ipv6[IPV6_NEXT_AT] = PROTOCOL_TCP;
	ipv6[IPV6_HOP_LIMIT_AT] = ip[8];
	memcpy(ipv6 + IPV6_SOURCE_AT, metadata_ipv6, ADDRESS_BYTES);
	memcpy(ipv6 + IPV6_TARGET_AT, guest, ADDRESS_BYTES);
	memcpy(ipv6 + IPV6_BYTES, ip + IPV4_BYTES, payload_bytes);
	adjust_checksum(ipv6 + IPV6_BYTES, packet_sum(0, ip + 12, 8),
		packet_sum(0, ipv6 + IPV6_SOURCE_AT, (size_t)2 * ADDRESS_BYTES));
	out->length_bytes = ETHERNET_BYTES + IPV6_BYTES + payload_bytes;
}

static bool is_to_stand_in(const uint8_t *frame, size_t length_bytes)
{
	const in_addr_t stand_in = inet_addr(IDENTITY_IPV6_STAND_IN);

	return length_bytes >= ETHERNET_BYTES + IPV4_BYTES &&
	       get16(frame + ETHERTYPE_AT) == ETHERTYPE_IPV4 &&
	       !memcmp(frame + ETHERNET_BYTES + 16, &stand_in, sizeof(stand_in));
}

bool imds_ipv6_from_stack(const struct imds_ipv6 *m, const uint8_t *frame,
	size_t length_bytes, struct imds_ipv6_frame *out)
{
	const uint8_t *ip = frame + ETHERNET_BYTES, *guest;
	size_t total_bytes;

	if (!is_to_stand_in(frame, length_bytes))
		return false;
	out->length_bytes = 0;
	total_bytes = get16(ip + 2);
	if (ip[0] != IPV4_VERSION_AND_LENGTH || ip[9] != PROTOCOL_TCP ||
		get16(ip + 6) & IPV4_FRAGMENT_MASK ||
		total_bytes < IPV4_BYTES + TCP_BYTES ||
		total_bytes > length_bytes - ETHERNET_BYTES ||
		total_bytes >
			IMDS_IPV6_FRAME_BYTES - ETHERNET_BYTES - IPV6_BYTES + IPV4_BYTES)
		return true;
	guest = find_guest(m, get16(ip + IPV4_BYTES + 2));
	if (guest)
		translate_back(guest, frame, total_bytes - IPV4_BYTES, out);
	return true;
}
