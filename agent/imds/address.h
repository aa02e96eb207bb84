/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The address of a metadata service as it is written: "169.254.169.254",
 * "[fd00:ec2::254]", each with ":PORT" behind it when that is not 80. Names are not
 * looked up.
 */
#pragma once

#include <linux/in.h>
#include <linux/in6.h>
#include <stdbool.h>
#include <stddef.h>

enum { ADDRESS_TEXT_MOST_BYTES = 56 }; /* of what has to be read; the longest has 47 */

struct address {
	union {
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} socket;
	size_t socket_bytes;
	char text[ADDRESS_TEXT_MOST_BYTES]; /* as it was written */
};

/* False: it is no address; `ret` is untouched. */
bool address_parse(const char *text, size_t length, struct address *ret);

static inline int address_family(const struct address *a)
{
	return a->socket.in.sin_family;
}
