/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rt/sys.h"

#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/mman.h>
#include <linux/sched.h>
#include <linux/signal.h>
#include <linux/time.h>
#include <linux/time_types.h>

#include "rt/syscall.h"

#define CALL6(name, a, b, c, d, e, f)                                                \
	syscall6(__NR_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), \
		(long)(f))
#define CALL5(name, a, b, c, d, e) CALL6(name, a, b, c, d, e, 0)
#define CALL4(name, a, b, c, d) CALL6(name, a, b, c, d, 0, 0)
#define CALL3(name, a, b, c) CALL6(name, a, b, c, 0, 0, 0)
#define CALL2(name, a, b) CALL6(name, a, b, 0, 0, 0, 0)
#define CALL1(name, a) CALL6(name, a, 0, 0, 0, 0, 0)
#define CALL0(name) CALL6(name, 0, 0, 0, 0, 0, 0)

int sys_openat(int dir, const char *path, int flags, unsigned int mode)
{
	return (int)CALL4(openat, dir, path, flags | O_CLOEXEC, mode);
}

int sys_close(int fd)
{
	return (int)CALL1(close, fd);
}

long sys_read(int fd, void *to, size_t size)
{
	return CALL3(read, fd, to, size);
}

long sys_write(int fd, const void *from, size_t size)
{
	return CALL3(write, fd, from, size);
}

long sys_pread(int fd, void *to, size_t size, uint64_t offset)
{
	return CALL4(pread64, fd, to, size, offset);
}

long sys_pwrite(int fd, const void *from, size_t size, uint64_t offset)
{
	return CALL4(pwrite64, fd, from, size, offset);
}

int64_t sys_lseek(int fd, int64_t offset, int whence)
{
	return CALL3(lseek, fd, offset, whence);
}

int sys_ftruncate(int fd, uint64_t size)
{
	return (int)CALL2(ftruncate, fd, size);
}

int sys_fsync(int fd)
{
	return (int)CALL1(fsync, fd);
}

int sys_fdatasync(int fd)
{
	return (int)CALL1(fdatasync, fd);
}

int sys_statx(int dir, const char *path, int flags, unsigned int mask, struct statx *ret)
{
	return (int)CALL5(statx, dir, path, flags, mask, ret);
}

int sys_renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	return (int)CALL5(renameat2, from_dir, from, to_dir, to, 0);
}

int sys_unlinkat(int dir, const char *path, int flags)
{
	return (int)CALL3(unlinkat, dir, path, flags);
}

int sys_mkdirat(int dir, const char *path, unsigned int mode)
{
	return (int)CALL3(mkdirat, dir, path, mode);
}

int sys_fchown(int fd, unsigned int uid, unsigned int gid)
{
	return (int)CALL3(fchown, fd, uid, gid);
}

int sys_fchmod(int fd, unsigned int mode)
{
	return (int)CALL2(fchmod, fd, mode);
}

long sys_readlinkat(int dir, const char *path, char *to, size_t size)
{
	return CALL4(readlinkat, dir, path, to, size);
}

int sys_symlinkat(const char *target, int dir, const char *path)
{
	return (int)CALL3(symlinkat, target, dir, path);
}

long sys_getdents64(int fd, void *to, size_t size)
{
	return CALL3(getdents64, fd, to, size);
}

long sys_fgetxattr(int fd, const char *name, void *to, size_t size)
{
	return CALL4(fgetxattr, fd, name, to, size);
}

long sys_copy_file_range(int from, int to, size_t size)
{
	return CALL6(copy_file_range, from, NULL, to, NULL, size, 0);
}

int sys_futimens(int fd, const struct __kernel_timespec *times)
{
	return (int)CALL4(utimensat, fd, NULL, times, 0);
}

long sys_map_file(int fd, size_t size, const void **ret)
{
	const union {
		long result;
		const void *pointer;
	} at = { CALL6(mmap, NULL, size, PROT_READ, MAP_PRIVATE, fd, 0) };

	if (at.result < 0 && at.result > -4096)
		return at.result;
	*ret = at.pointer;
	return 0;
}

int sys_ioctl(int fd, unsigned long request, void *argument)
{
	return (int)CALL3(ioctl, fd, request, argument);
}

int sys_inotify_init(int flags)
{
	return (int)CALL1(inotify_init1, flags | O_CLOEXEC);
}

int sys_inotify_add_watch(int fd, const char *path, uint32_t mask)
{
	return (int)CALL3(inotify_add_watch, fd, path, mask);
}

unsigned int sys_umask(unsigned int mask)
{
	return (unsigned int)CALL1(umask, mask);
}

int sys_socket(int family, int type, int protocol)
{
	return (int)CALL3(socket, family, type | O_CLOEXEC, protocol);
}

int sys_bind(int fd, const void *address, size_t size)
{
	return (int)CALL3(bind, fd, address, size);
}

int sys_connect(int fd, const void *address, size_t size)
{
	return (int)CALL3(connect, fd, address, size);
}

long sys_send(int fd, const void *from, size_t size, int flags)
{
	return CALL6(sendto, fd, from, size, flags, 0, 0);
}

long sys_recv(int fd, void *to, size_t size, int flags)
{
	return CALL6(recvfrom, fd, to, size, flags, 0, 0);
}

int sys_getsockopt(int fd, int level, int option, void *to, uint32_t *size)
{
	return (int)CALL5(getsockopt, fd, level, option, to, size);
}

uint64_t sys_clock_ms(void)
{
	struct __kernel_timespec now = { 0 };

	(void)CALL2(clock_gettime, CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t sys_clock_utc_s(void)
{
	struct __kernel_timespec now = { 0 };

	(void)CALL2(clock_gettime, CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec;
}

int sys_poll(struct pollfd *fds, size_t count, int timeout_ms)
{
	struct __kernel_timespec timeout = {
		.tv_sec = timeout_ms / 1000,
		.tv_nsec = (long long)(timeout_ms % 1000) * 1000000,
	};

	return (int)CALL5(ppoll, fds, count, timeout_ms < 0 ? 0 : &timeout, 0, 0);
}

/* clone(2) with nothing shared. Its other arguments differ in order, but are all zero. */
int sys_fork(void)
{
	return (int)CALL5(clone, SIGCHLD, 0, 0, 0, 0);
}

int sys_execve(const char *path, char *const argv[], char *const envp[])
{
	return (int)CALL3(execve, path, argv, envp);
}

int sys_wait(int pid, int *ret_status)
{
	return (int)CALL4(wait4, pid, ret_status, 0, 0);
}

int sys_pidfd_open(int pid)
{
	return (int)CALL2(pidfd_open, pid, 0);
}

int sys_kill(int pid, int signal)
{
	return (int)CALL2(kill, pid, signal);
}

int sys_getpid(void)
{
	return (int)CALL0(getpid);
}

int sys_setsid(void)
{
	return (int)CALL0(setsid);
}

/* A copy that survives exec, as a standard stream has to; also of a descriptor onto
 * itself. */
int sys_dup_onto(int from, int to)
{
	if (from == to)
		return (int)CALL3(fcntl, from, F_SETFD, 0);
	return (int)CALL3(dup3, from, to, 0);
}

int sys_chdir(const char *path)
{
	return (int)CALL1(chdir, path);
}

void sys_exit(int status)
{
	for (;;)
		(void)CALL1(exit_group, status);
}

int sys_sethostname(const char *name, size_t length)
{
	return (int)CALL2(sethostname, name, length);
}

long sys_getrandom(void *to, size_t size)
{
	return CALL3(getrandom, to, size, 0);
}

int sys_mprotect(void *at, size_t size, int protection)
{
	return (int)CALL3(mprotect, at, size, protection);
}

int sys_write_all(int fd, const void *from, size_t size)
{
	const char *p = from;

	while (size > 0) {
		long done = sys_write(fd, p, size);

		if (done < 0)
			return (int)done;
		if (done == 0)
			return -EIO;
		p += done;
		size -= (size_t)done;
	}
	return 0;
}

long sys_read_full(int fd, void *to, size_t size)
{
	char *p = to;
	size_t length = 0;

	while (length < size) {
		long done = sys_read(fd, p + length, size - length);

		if (done < 0)
			return done;
		if (done == 0)
			break;
		length += (size_t)done;
	}
	return (long)length;
}
