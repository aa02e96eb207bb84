/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net/unix_socket.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/cleanup.h"

enum { BACKLOG = 64 };

void unix_socket_path(int dir_fd, const char *name, char *buf, size_t room_bytes)
{
	(void)snprintf(buf, room_bytes, "/proc/self/fd/%d/%s", dir_fd, name);
}

static int open_socket(int dir_fd, const char *name, struct sockaddr_un *ret_address,
	int *ret_fd, struct error *err)
{
	*ret_address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	unix_socket_path(
		dir_fd, name, ret_address->sun_path, sizeof(ret_address->sun_path));
	*ret_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (*ret_fd < 0)
		return error_errno(err, "make a socket for '%s'", name);
	return 0;
}

int unix_socket_listen(int dir_fd, const char *name, int *ret_fd, struct error *err)
{
	CLEANUP(fd_closep) int fd = -1;
	struct sockaddr_un address;

	if (open_socket(dir_fd, name, &address, &fd, err) < 0)
		return -1;
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
		listen(fd, BACKLOG) < 0)
		return error_errno(err, "listen on the socket '%s'", name);
	*ret_fd = TAKE_FD(fd);
	return 0;
}

int unix_socket_connect(int dir_fd, const char *name, int *ret_fd, struct error *err)
{
	CLEANUP(fd_closep) int fd = -1;
	struct sockaddr_un address;

	if (open_socket(dir_fd, name, &address, &fd, err) < 0)
		return -1;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return error_errno(err, "connect to the socket '%s'", name);
	*ret_fd = TAKE_FD(fd);
	return 0;
}
