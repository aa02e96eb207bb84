/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names of an instance, from what its metadata calls local-hostname, and the line of
 * /etc/hosts that makes them resolve without a network: as Debian's cloud images have it,
 * the host is called by the short name, and "127.0.1.1 FQDN SHORT" stands in /etc/hosts.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "rt/text.h"

enum {
	HOSTNAME_MOST_BYTES = 254, /* RFC 1123: 253 characters; and a terminator */
	HOSTNAME_KERNEL_MOST = 64, /* characters that sethostname(2) takes */
	HOSTNAME_LABEL_MOST = 63,
};

struct hostname {
	char fqdn[HOSTNAME_MOST_BYTES];
	char short_name[HOSTNAME_LABEL_MOST + 1];
};

/*
 * `value` may be several names with blanks between: a VPC with several domains has them
 * so, and the first counts. An IPv4 address becomes "ip-10-0-0-1". False: it is no host
 * name.
 */
bool hostname_take(const char *value, size_t length, struct hostname *ret);

/*
 * The text of /etc/hosts with that line in it: in place of the first for 127.0.1.1, or
 * behind that of 127.0.0.1, or at the end. Other lines stay as they are.
 */
void hostname_edit_hosts(const char *hosts, const struct hostname *name, struct text *to);
