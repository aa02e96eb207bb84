/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "imds/address.h"

#include <stdint.h>

#include "rt/socket.h"
#include "rt/string.h"
#include "rt/text.h"

enum { HTTP_PORT = 80, GROUPS = 8 };

struct cursor {
	const char *at;
	const char *end;
};

static bool take(struct cursor *c, char expected)
{
	if (c->at == c->end || *c->at != expected)
		return false;
	c->at++;
	return true;
}

static bool take_decimal(struct cursor *c, uint64_t most, uint64_t *ret)
{
	const char *begin = c->at;

	while (c->at < c->end && *c->at >= '0' && *c->at <= '9')
		c->at++;
	return text_number(begin, (size_t)(c->at - begin), most, ret);
}

/* One to four hexadecimal digits, as RFC 4291 2.2 has them between colons. */
static bool take_group(struct cursor *c, uint16_t *ret)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	unsigned int value = 0, count = 0;

	for (; c->at < c->end && count < 4; c->at++, count++) {
		const char *digit = memchr(digits, *c->at, sizeof(digits) - 1);
		unsigned int nibble;

		if (!digit)
			break;
		nibble = (unsigned int)(digit - digits);
		value = value << 4 | (nibble > 15 ? nibble - 6 : nibble);
	}
	*ret = (uint16_t)value;
	return count > 0;
}

static bool parse_ipv4(struct cursor *c, struct sockaddr_in *to)
{
	uint8_t bytes[4];

	for (size_t i = 0; i < sizeof(bytes); i++) {
		uint64_t value;

		if ((i && !take(c, '.')) || !take_decimal(c, 255, &value))
			return false;
		bytes[i] = (uint8_t)value;
	}
	to->sin_family = AF_INET;
	memcpy(&to->sin_addr, bytes, sizeof(bytes));
	return true;
}

/* "::" stands once at most, for as many zero groups as are missing. */
static bool parse_ipv6(struct cursor *c, struct sockaddr_in6 *to)
{
	uint16_t groups[GROUPS] = { 0 };
	size_t count = 0, gap = SIZE_MAX;

	while (count < GROUPS && c->at < c->end && *c->at != ']') {
		if (c->end - c->at >= 2 && c->at[0] == ':' && c->at[1] == ':') {
			if (gap != SIZE_MAX)
				return false;
			gap = count;
			c->at += 2;
			if (c->at < c->end && *c->at == ']')
				break;
		} else if (count && !take(c, ':')) {
			return false;
		}
		if (!take_group(c, &groups[count++]))
			return false;
	}
	if (gap == SIZE_MAX ? count != GROUPS : count == GROUPS)
		return false;
	to->sin6_family = AF_INET6;
	memset(&to->sin6_addr, 0, sizeof(to->sin6_addr));
	for (size_t i = 0; i < count; i++) {
		size_t place = i < gap ? i : GROUPS - count + i;

		to->sin6_addr.s6_addr[2 * place] = (uint8_t)(groups[i] >> 8);
		to->sin6_addr.s6_addr[2 * place + 1] = (uint8_t)groups[i];
	}
	return true;
}

bool address_parse(const char *text, size_t length, struct address *ret)
{
	struct cursor c = { text, text + length };
	struct address a = { 0 };
	uint64_t port = HTTP_PORT;
	bool is_ipv6 = take(&c, '[');

	if (length >= sizeof(a.text))
		return false;
	if (is_ipv6 ? !parse_ipv6(&c, &a.socket.in6) || !take(&c, ']')
		    : !parse_ipv4(&c, &a.socket.in))
		return false;
	if (take(&c, ':') && (!take_decimal(&c, UINT16_MAX, &port) || !port))
		return false;
	if (c.at != c.end)
		return false;
	/* The port stands at the same place in both. */
	a.socket.in.sin_port = __builtin_bswap16((uint16_t)port);
	a.socket_bytes = is_ipv6 ? sizeof(a.socket.in6) : sizeof(a.socket.in);
	memcpy(a.text, text, length);
	*ret = a;
	return true;
}
