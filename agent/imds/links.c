/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "imds/links.h"

#include <linux/errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "rt/socket.h"
#include "rt/sys.h"

int links_open(void)
{
	const struct sockaddr_nl address = {
		.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE |
			     RTMGRP_IPV6_IFADDR | RTMGRP_IPV6_ROUTE,
	};
	SYS_CLOSE_LATER int fd =
		sys_socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK, NETLINK_ROUTE);
	int r, result;

	if (fd < 0)
		return fd;
	r = sys_bind(fd, &address, sizeof(address));
	if (r < 0)
		return r;
	result = fd;
	fd = -1;
	return result;
}

bool links_drain(int fd)
{
	/* A message that is longer is cut; only its type is looked at. */
	union {
		struct nlmsghdr header;
		char bytes[4096];
	} message;
	bool news = false;
	long got;

	for (;;) {
		got = sys_recv(fd, &message, sizeof(message), MSG_DONTWAIT);
		if (got == -ENOBUFS) /* more came than the socket holds */
			news = true;
		else if (got < 0)
			return news;
		else if ((size_t)got >= sizeof(message.header) &&
			 (message.header.nlmsg_type == RTM_NEWLINK ||
				 message.header.nlmsg_type == RTM_NEWADDR ||
				 message.header.nlmsg_type == RTM_NEWROUTE))
			news = true;
	}
}
