/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unix stream sockets at a name inside a directory that is open already, so that the
 * length of the directory's path does not matter (sockaddr_un has room for 107 bytes).
 */
#pragma once

#include <stddef.h>

#include "base/error.h"

/* A path of the socket that this process can connect to while `dir_fd` is open. */
void unix_socket_path(int dir_fd, const char *name, char *buf, size_t room_bytes);

int unix_socket_listen(int dir_fd, const char *name, int *ret_fd, struct error *err);
int unix_socket_connect(int dir_fd, const char *name, int *ret_fd, struct error *err);
