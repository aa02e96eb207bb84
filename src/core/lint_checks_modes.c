/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a file's mode or capabilities let anyone do.
 */
#include <fnmatch.h>
#include <string.h>
#include <sys/stat.h>

#include "core/lint_look.h"

/* Whether `path` is `top` or stands beneath it. */
static bool is_beneath(const char *path, const char *top)
{
	const size_t length = strlen(top);

	return !strncmp(path, top, length) && (path[length] == '/' || !path[length]);
}

static bool is_beneath_any(const char *path, const char *const *tops)
{
	for (; *tops; tops++)
		if (is_beneath(path, *tops))
			return true;
	return false;
}

/* Made anew at each boot, or everybody's by their nature. */
static bool is_no_system_path(const char *path)
{
	static const char *const tops[] = { "dev", "proc", "sys", "run", "tmp", "var/tmp",
		"home", NULL };

	return is_beneath_any(path, tops);
}

typedef void node_fn(struct lint_look *l, struct lint_place at);

static void each_node(struct lint_look *l, node_fn *fn)
{
	struct lint_place at = { .tree = l->subject->root };
	const uint32_t count = (uint32_t)filetree_count(lint_tree_files(at.tree));

	for (; at.index < count; at.index++)
		fn(l, at);
}

static void want_closed(struct lint_look *l, struct lint_place at)
{
	const struct filetree_node *n = lint_node(at);

	if (!(n->mode & S_IWOTH) || is_no_system_path(n->path))
		return;
	if (S_ISREG(n->mode))
		lint_add(l, at, 0, "anyone may write to this file (mode %04o)",
			n->mode & 07777);
	else if (S_ISDIR(n->mode) && !(n->mode & S_ISVTX))
		lint_add(l, at, 0, "anyone may remove others' files here (mode %04o)",
			n->mode & 07777);
}

int lint_check_world_writable(struct lint_look *l, struct error *err)
{
	(void)err;
	each_node(l, want_closed);
	return 0;
}

static bool is_set_id(const struct filetree_node *n)
{
	return S_ISREG(n->mode) &&
	       (n->mode & S_ISUID || (n->mode & S_ISGID && n->mode & S_IXGRP));
}

/* Where distributions put programs. */
static bool is_program_path(const char *path)
{
	static const char *const tops[] = { "usr/bin", "usr/sbin", "usr/lib", "usr/lib64",
		"usr/libexec", "usr/lib32", "bin", "sbin", "lib", "lib64", NULL };

	return is_beneath_any(path, tops);
}

/*
 * What Debian, Ubuntu, Fedora, Arch, Alpine and openSUSE install so, as the end of a
 * path: directories differ between them.
 */
static bool is_known_set_id(const char *path)
{
	static const char *const names[] = { "bin/su", "bin/sudo", "bin/sudoedit",
		"bin/mount", "bin/umount", "bin/passwd", "bin/chsh", "bin/chfn",
		"bin/chage", "bin/expiry", "bin/gpasswd", "bin/newgrp", "bin/sg",
		"bin/newuidmap", "bin/newgidmap", "bin/ping", "bin/ping6",
		"bin/fusermount", "bin/fusermount3", "bin/pkexec", "bin/crontab",
		"bin/at", "bin/ssh-agent", "bin/wall", "bin/write", "bin/write.ul",
		"bin/bsd-write", "bin/dotlockfile", "bin/mail-lock", "bin/mail-unlock",
		"bin/mail-touchlock", "bin/locate", "bin/plocate", "bin/mlocate",
		"bin/ntfs-3g", "bin/traceroute6.iputils", "bin/doas", "bin/run0",
		"bin/ksu", "bin/grub2-set-bootflag", "bin/screen", "bin/lockdev",
		"bin/procmail", "bin/lockfile", "sbin/unix_chkpwd", "sbin/unix2_chkpwd",
		"sbin/pam_extrausers_chkpwd", "sbin/pam_timestamp_check",
		"sbin/mount.nfs", "sbin/mount.cifs", "sbin/exim4", "sbin/postdrop",
		"sbin/postqueue", "sbin/lockdev", "sbin/grub2-set-bootflag",
		"sbin/usernetctl", "sbin/userhelper", "sbin/netreport",
		"sbin/unix_update", "sbin/mount.ecryptfs_private", "openssh/ssh-keysign",
		"ssh/ssh-keysign", "dbus-1.0/dbus-daemon-launch-helper",
		"dbus-daemon-launch-helper", "polkit-1/polkit-agent-helper-1",
		"polkit-agent-helper-1", "utempter/utempter", "snapd/snap-confine",
		"eject/dmcrypt-get-device", "ssh-keysign", "xorg/Xorg.wrap",
		"camel-lock-helper-1.2", "sssd/krb5_child", "sssd/ldap_child",
		"sssd/selinux_child", "sssd/proxy_child", "cockpit-session", "bin/bbsuid",
		"landscape/apt-update", "sbin/suexec", "bin/fping" };
	const size_t length = strlen(path);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const size_t end = strlen(names[i]);

		if (length > end && !strcmp(path + length - end, names[i]) &&
			path[length - end - 1] == '/')
			return true;
		if (length == end && !strcmp(path, names[i]))
			return true;
	}
	return false;
}

static const char *id_name(const struct filetree_node *n)
{
	return n->mode & S_ISUID ? "set-uid" : "set-gid";
}

static void want_known_set_id(struct lint_look *l, struct lint_place at)
{
	const struct filetree_node *n = lint_node(at);

	if (is_set_id(n) && is_program_path(n->path) && !is_known_set_id(n->path))
		lint_add(l, at, 0,
			"a %s program that is not known (mode %04o, owner %u:%u)",
			id_name(n), n->mode & 07777, n->uid, n->gid);
}

int lint_check_set_id(struct lint_look *l, struct error *err)
{
	(void)err;
	each_node(l, want_known_set_id);
	return 0;
}

static void want_set_id_in_place(struct lint_look *l, struct lint_place at)
{
	const struct filetree_node *n = lint_node(at);

	if (is_set_id(n) && !is_program_path(n->path))
		lint_add(l, at, 0,
			"a %s program where none belongs (mode %04o, owner %u:%u)",
			id_name(n), n->mode & 07777, n->uid, n->gid);
}

int lint_check_set_id_stray(struct lint_look *l, struct error *err)
{
	(void)err;
	each_node(l, want_set_id_in_place);
	return 0;
}

static bool has_known_capability(const char *path)
{
	static const char *const patterns[] = { "*bin/ping", "*bin/arping",
		"*bin/clockdiff", "*bin/newuidmap", "*bin/newgidmap", "*bin/mtr-packet",
		"*bin/dumpcap", "*bin/fping", "*/gst-ptp-helper", "*bin/suexec",
		"*bin/rlogin", "*bin/rsh", "*bin/rcp", "*snapd/snap-confine",
		"*bin/systemd-detect-virt", "*sssd/krb5_child", "*sssd/ldap_child",
		"*sssd/selinux_child", "*sssd/sssd_pam", NULL };

	for (size_t i = 0; patterns[i]; i++)
		if (fnmatch(patterns[i], path, 0) == 0)
			return true;
	return false;
}

static void want_known_capability(struct lint_look *l, struct lint_place at)
{
	const struct filetree_node *n = lint_node(at);

	for (size_t i = 0; i < n->xattr_count; i++)
		if (!strcmp(n->xattrs[i].name, "security.capability") &&
			!(is_program_path(n->path) && has_known_capability(n->path)))
			lint_add(l, at, 0,
				"a program with capabilities that is not known");
}

int lint_check_capabilities(struct lint_look *l, struct error *err)
{
	(void)err;
	each_node(l, want_known_capability);
	return 0;
}
