/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/notify.h"

#include <linux/un.h>
#include <stddef.h>

#include "rt/socket.h"
#include "rt/string.h"
#include "rt/sys.h"

void notify_ready(char **envp)
{
	static const char variable[] = "NOTIFY_SOCKET=", ready[] = "READY=1";
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *path = NULL;
	SYS_CLOSE_LATER int fd = -1;
	size_t length;

	for (; *envp && !path; envp++)
		if (strncmp(*envp, variable, sizeof(variable) - 1) == 0)
			path = *envp + sizeof(variable) - 1;
	length = path ? strlen(path) : 0;
	if (!length || length >= sizeof(address.sun_path))
		return;
	memcpy(address.sun_path, path, length);
	if (path[0] == '@') /* a name in the abstract namespace */
		address.sun_path[0] = '\0';
	fd = sys_socket(AF_UNIX, SOCK_DGRAM, 0);
	if (fd < 0 || sys_connect(fd, &address,
			      offsetof(struct sockaddr_un, sun_path) + length) < 0)
		return;
	(void)sys_send(fd, ready, sizeof(ready) - 1, MSG_NOSIGNAL);
}
