/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/hop_limit.h"

#include <arpa/inet.h>
#include <string.h>

#include "vm/instance_identity.h"
#include "vm/imds.h"
#include "vm/packet.h"

/* Offsets in Ethernet II (IEEE 802.3), IPv4 (RFC 791) and TCP (RFC 9293) headers. */
enum {
	ETHERTYPE_AT = 12,
	ETHERTYPE_IPV4 = 0x0800,
	IP_AT = 14,
	IP_HEADER_LEAST_BYTES = 20,
	IP_TTL_AT = 8,
	IP_PROTOCOL_AT = 9,
	IP_CHECKSUM_AT = 10,
	IP_SOURCE_AT = 12,
	PROTOCOL_TCP = 6,
	TCP_HEADER_LEAST_BYTES = 20,
	TCP_DATA_OFFSET_AT = 12,
	HTTP_PORT = 80,
};

static bool is_metadata_ip(const uint8_t *ip, size_t header_bytes)
{
	struct in_addr source;

	if (header_bytes < IP_HEADER_LEAST_BYTES || ip[IP_PROTOCOL_AT] != PROTOCOL_TCP)
		return false;
	memcpy(&source, ip + IP_SOURCE_AT, sizeof(source));
	return source.s_addr == inet_addr(IDENTITY_METADATA);
}

static bool has_token_header(const uint8_t *tcp, size_t length_bytes)
{
	static const char header[] = "\r\n" IMDS_TTL_HEADER ":";
	size_t header_bytes = (size_t)(tcp[TCP_DATA_OFFSET_AT] >> 4) * 4;

	return get16(tcp) == HTTP_PORT && header_bytes >= TCP_HEADER_LEAST_BYTES &&
	       header_bytes <= length_bytes &&
	       memmem(tcp + header_bytes, length_bytes - header_bytes, header,
		       sizeof(header) - 1);
}

bool hop_limit_apply(uint8_t *frame, size_t length_bytes, uint8_t hops)
{
	uint8_t *ip = frame + IP_AT;
	size_t header_bytes;

	if (length_bytes < IP_AT + IP_HEADER_LEAST_BYTES + TCP_HEADER_LEAST_BYTES ||
		get16(frame + ETHERTYPE_AT) != ETHERTYPE_IPV4)
		return false;
	header_bytes = (size_t)(ip[0] & 15) * 4;
	if (!is_metadata_ip(ip, header_bytes) ||
		length_bytes < IP_AT + header_bytes + TCP_HEADER_LEAST_BYTES ||
		!has_token_header(ip + header_bytes, length_bytes - IP_AT - header_bytes))
		return false;
	ip[IP_TTL_AT] = hops;
	put16(ip + IP_CHECKSUM_AT, 0);
	put16(ip + IP_CHECKSUM_AT, ~packet_sum(0, ip, header_bytes));
	return true;
}
