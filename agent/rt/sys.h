/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System calls, typed. Each returns what the kernel returned: >= 0, or -errno (the
 * numbers of <linux/errno.h>). Flags and structures are the kernel's own; whoever passes
 * them includes their header (<linux/fcntl.h>, <linux/stat.h>, <linux/poll.h>, …), so
 * that a test that runs under a C library can include that one's instead.
 *
 * Descriptors that are made here are close-on-exec, and EINTR is not seen: nothing in
 * this program handles a signal.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct __kernel_timespec;
struct pollfd;
struct statx;

/* The file system. `dir` is a descriptor or AT_FDCWD. */
int sys_openat(int dir, const char *path, int flags, unsigned int mode);
int sys_close(int fd);
long sys_read(int fd, void *to, size_t size);
long sys_write(int fd, const void *from, size_t size);
long sys_pread(int fd, void *to, size_t size, uint64_t offset);
long sys_pwrite(int fd, const void *from, size_t size, uint64_t offset);
int64_t sys_lseek(int fd, int64_t offset, int whence);
int sys_ftruncate(int fd, uint64_t size);
int sys_fsync(int fd);
int sys_fdatasync(int fd);
int sys_statx(int dir, const char *path, int flags, unsigned int mask, struct statx *ret);
int sys_renameat(int from_dir, const char *from, int to_dir, const char *to);
int sys_unlinkat(int dir, const char *path, int flags);
int sys_mkdirat(int dir, const char *path, unsigned int mode);
int sys_fchown(int fd, unsigned int uid, unsigned int gid);
int sys_fchmod(int fd, unsigned int mode);
long sys_readlinkat(int dir, const char *path, char *to, size_t size);
int sys_symlinkat(const char *target, int dir, const char *path);
long sys_getdents64(int fd, void *to, size_t size);
long sys_fgetxattr(int fd, const char *name, void *to, size_t size);
/* Both go on from where the descriptors stand; 0 at the end of `from`. */
long sys_copy_file_range(int from, int to, size_t size);
/* `times`: two, when the file was read and when it was written. */
int sys_futimens(int fd, const struct __kernel_timespec *times);
/* The file's first `size` bytes, to be read, for as long as the program lives. */
long sys_map_file(int fd, size_t size, const void **ret);
int sys_ioctl(int fd, unsigned long request, void *argument);
int sys_inotify_init(int flags);
int sys_inotify_add_watch(int fd, const char *path, uint32_t mask);
unsigned int sys_umask(unsigned int mask);

/* The type in a statx mode: <linux/stat.h> leaves these to a C library that is there. */
static inline bool sys_is_regular(unsigned int mode)
{
	return (mode & 0170000) == 0100000;
}

static inline bool sys_is_directory(unsigned int mode)
{
	return (mode & 0170000) == 0040000;
}

static inline bool sys_is_link(unsigned int mode)
{
	return (mode & 0170000) == 0120000;
}

/* Sockets. Addresses are the kernel's struct sockaddr_in, _in6, _un, _nl. */
int sys_socket(int family, int type, int protocol);
int sys_bind(int fd, const void *address, size_t size);
int sys_connect(int fd, const void *address, size_t size);
long sys_send(int fd, const void *from, size_t size, int flags);
long sys_recv(int fd, void *to, size_t size, int flags);
int sys_getsockopt(int fd, int level, int option, void *to, uint32_t *size);

/*
 * Time. sys_clock_ms() is CLOCK_BOOTTIME (since the machine booted), sys_clock_utc_s()
 * the wall clock. sys_poll() waits for at most `timeout_ms`, or for ever when it is
 * negative.
 */
uint64_t sys_clock_ms(void);
uint64_t sys_clock_utc_s(void);
int sys_poll(struct pollfd *fds, size_t count, int timeout_ms);

/* Processes. sys_wait() gives the wait status of that child. */
int sys_fork(void);
int sys_execve(const char *path, char *const argv[], char *const envp[]);
int sys_wait(int pid, int *ret_status);
int sys_pidfd_open(int pid);
int sys_kill(int pid, int signal);
int sys_getpid(void);
int sys_setsid(void);
int sys_dup_onto(int from, int to);
int sys_chdir(const char *path);
__attribute__((noreturn)) void sys_exit(int status);

/* The machine. */
int sys_sethostname(const char *name, size_t length);
long sys_getrandom(void *to, size_t size);
int sys_mprotect(void *at, size_t size, int protection);

/* All of it, or -errno; a short count from the kernel is gone on with. */
int sys_write_all(int fd, const void *from, size_t size);
/* Up to `size` bytes, fewer only at the end of the file. */
long sys_read_full(int fd, void *to, size_t size);

static inline void sys_closep(int *fd)
{
	if (*fd >= 0)
		(void)sys_close(*fd);
	*fd = -1;
}
#define SYS_CLOSE_LATER __attribute__((cleanup(sys_closep)))
