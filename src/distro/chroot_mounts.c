/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/chroot_mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"
#include "distro/chroot.h"

enum { RESOLV_CONF_MOST_BYTES = 65536 };

static int mount_at(struct strv *mounts, const char *path, const char *from,
	const char *type, unsigned long flags, const char *options, struct error *err)
{
	if (mount(from, path, type, flags, options) < 0)
		return error_errno(err, "mount '%s' at '%s'", type ? type : from, path);
	strv_add(mounts, path);
	return 0;
}

static int make_dir(const char *path, mode_t mode, struct error *err)
{
	if (mkdir(path, mode) < 0 && errno != EEXIST)
		return error_errno(err, "make the directory '%s'", path);
	return 0;
}

/*
 * The kernel shows a fresh /proc only to those who see all of their own: in some
 * containers parts are masked, and the caller's /proc has to do.
 */
static int mount_proc(const char *root, struct strv *mounts, struct error *err)
{
	CLEANUP(freep) char *path = path_join(root, "proc");
	const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;

	if (make_dir(path, 0755, err) < 0)
		return -1;
	if (mount("proc", path, "proc", flags, NULL) == 0) {
		strv_add(mounts, path);
		return 0;
	}
	if (errno != EPERM)
		return error_errno(err, "mount 'proc' at '%s'", path);
	return mount_at(mounts, path, "/proc", NULL, MS_BIND | MS_REC, NULL, err);
}

/* What firmware the machine has is not for the tree to see: GRUB's menu would show it. */
static int hide_firmware(const char *sys, struct error *err)
{
	CLEANUP(freep) char *path = path_join(sys, "firmware");

	if (!path_exists(path))
		return 0;
	if (mount("tmpfs", path, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, "size=4k") <
		0)
		return error_errno(err, "hide '%s'", path);
	return 0;
}

/*
 * A sysfs of its own belongs to a network namespace of its own, which the sandbox has
 * not: the machine's is shown, read-only with all that is mounted in it.
 */
static int mount_sys(const char *root, struct strv *mounts, struct error *err)
{
	CLEANUP(freep) char *path = path_join(root, "sys");
	struct mount_attr read_only = { .attr_set = MOUNT_ATTR_RDONLY };

	if (make_dir(path, 0755, err) < 0 ||
		mount_at(mounts, path, "/sys", NULL, MS_BIND | MS_REC, NULL, err) < 0)
		return -1;
	if (mount_setattr(AT_FDCWD, path, AT_RECURSIVE, &read_only, sizeof(read_only)) <
		0)
		return error_errno(err, "make '%s' read-only", path);
	return hide_firmware(path, err);
}

static int show_device(const char *dev, const char *name, struct error *err)
{
	CLEANUP(freep) char *from = path_join("/dev", name);
	CLEANUP(freep) char *at = path_join(dev, name);
	CLEANUP(fd_closep) int fd = -1;

	/* A container may have no terminal; nothing that runs here needs one. */
	if (!strcmp(name, "tty") && !path_exists(from))
		return 0;
	fd = open(at, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return error_errno(err, "create '%s'", at);
	if (mount(from, at, NULL, MS_BIND, NULL) < 0)
		return error_errno(err, "show '%s' at '%s'", from, at);
	return 0;
}

static int link_in(
	const char *dev, const char *name, const char *target, struct error *err)
{
	CLEANUP(freep) char *at = path_join(dev, name);

	if (symlink(target, at) < 0)
		return error_errno(err, "make the link '%s'", at);
	return 0;
}

static int mount_dev(const char *root, struct strv *mounts, struct error *err)
{
	static const char *const devices[] = { "null", "zero", "full", "random",
		"urandom", "tty" };
	static const char *const links[][2] = { { "fd", "/proc/self/fd" },
		{ "stdin", "/proc/self/fd/0" }, { "stdout", "/proc/self/fd/1" },
		{ "stderr", "/proc/self/fd/2" }, { "ptmx", "pts/ptmx" } };
	CLEANUP(freep) char *dev = path_join(root, "dev");
	CLEANUP(freep) char *pts = path_join(dev, "pts");
	CLEANUP(freep) char *shm = path_join(dev, "shm");

	/* Mounts beneath it go with it: only this one is noted. */
	if (make_dir(dev, 0755, err) < 0 ||
		mount_at(mounts, dev, "tmpfs", "tmpfs", MS_NOSUID, "mode=755,size=1m",
			err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
		if (show_device(dev, devices[i], err) < 0)
			return -1;
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		if (link_in(dev, links[i][0], links[i][1], err) < 0)
			return -1;
	if (make_dir(pts, 0755, err) < 0 || make_dir(shm, 01777, err) < 0)
		return -1;
	if (mount("devpts", pts, "devpts", MS_NOSUID | MS_NOEXEC,
		    "newinstance,ptmxmode=0666,mode=620,gid=5") < 0)
		return error_errno(err, "mount 'devpts' at '%s'", pts);
	if (mount("tmpfs", shm, "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777") < 0)
		return error_errno(err, "mount 'tmpfs' at '%s'", shm);
	return 0;
}

/* See the head of chroot.h. A machine without a resolv.conf has no names: no error here.
 */
static int write_resolv_conf(const char *root, struct error *err)
{
	CLEANUP(freep) char *dir = path_join(root, "run/systemd/resolve");
	CLEANUP(freep) char *to = path_join(dir, "stub-resolv.conf");
	CLEANUP(freep) char *text = NULL;
	size_t length;

	if (path_make_dirs(dir, 0755, err) < 0)
		return -1;
	if (access("/etc/resolv.conf", R_OK) < 0)
		return 0;
	if (file_read_all(
		    "/etc/resolv.conf", RESOLV_CONF_MOST_BYTES, &text, &length, err) < 0)
		return -1;
	return file_write_all(to, text, length, 0644, err);
}

static int mount_run(const char *root, struct strv *mounts, struct error *err)
{
	CLEANUP(freep) char *run = path_join(root, "run");
	CLEANUP(freep) char *lock = path_join(run, "lock");
	CLEANUP(freep) char *private = path_join(root, CHROOT_PRIVATE_DIR);

	if (make_dir(run, 0755, err) < 0 ||
		mount_at(mounts, run, "tmpfs", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755",
			err) < 0)
		return -1;
	if (make_dir(lock, 01777, err) < 0 || make_dir(private, 0700, err) < 0)
		return -1;
	return write_resolv_conf(root, err);
}

int chroot_mount_all(
	const char *root, const char *scratch_dir, struct strv *mounts, struct error *err)
{
	CLEANUP(freep) char *tmp = path_join(root, "tmp");

	if (mount_proc(root, mounts, err) < 0 || mount_sys(root, mounts, err) < 0 ||
		mount_dev(root, mounts, err) < 0 || mount_run(root, mounts, err) < 0)
		return -1;
	if (make_dir(tmp, 01777, err) < 0)
		return -1;
	if (chmod(scratch_dir, 01777) < 0)
		return error_errno(err, "open '%s' to all", scratch_dir);
	return mount_at(mounts, tmp, scratch_dir, NULL, MS_BIND, NULL, err);
}

int chroot_mount_bind(const char *root, const char *from, const char *at,
	struct strv *mounts, struct error *err)
{
	CLEANUP(freep) char *path = path_join(root, at);

	return mount_at(mounts, path, from, NULL, MS_BIND | MS_REC, NULL, err);
}

int chroot_unmount_all(struct strv *mounts, struct error *err)
{
	int rc = 0;

	for (size_t i = mounts->count; i-- > 0;)
		if (umount2(mounts->items[i], MNT_DETACH | UMOUNT_NOFOLLOW) < 0)
			rc = error_errno(err, "unmount '%s'", mounts->items[i]);
	strv_release(mounts);
	return rc;
}
