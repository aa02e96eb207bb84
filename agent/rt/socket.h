/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers of the socket calls that the kernel's headers for programs leave to C
 * libraries. They are the same on x86_64 and arm64.
 */
#pragma once

#include <asm/socket.h>

enum {
	AF_UNIX = 1,
	AF_INET = 2,
	AF_INET6 = 10,
	AF_NETLINK = 16,

	SOCK_STREAM = 1,
	SOCK_DGRAM = 2,
	SOCK_RAW = 3,
	SOCK_NONBLOCK = 04000,

	MSG_DONTWAIT = 0x40,
	MSG_NOSIGNAL = 0x4000,
};
