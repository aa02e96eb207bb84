/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each check with trees that it finds and trees that it lets pass, as data.
 */
#include "core/lint_checks.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lint_support.h"
#include "unit.h"

enum { FILES_MOST = 8 };

struct check_case {
	const char *id;
	const char *place; /* of the first finding, "/etc/fstab:2"; NULL: it passes */
	struct lint_file files[FILES_MOST];
	struct lint_file esp[FILES_MOST]; /* of an EFI system partition, if any */
	size_t count; /* of the findings; 0: one when there is a place */
	enum lint_root_on root_on;
};

#define SSHD                                  \
	{                                     \
		"usr/sbin/sshd", .mode = 0755 \
	}
#define SAFE                                                           \
	"PasswordAuthentication no\nKbdInteractiveAuthentication no\n" \
	"PermitRootLogin no\n"
#define MODULES "usr/lib/modules/6.1/"
#define VMLINUZ                    \
	{                          \
		"boot/vmlinuz-6.1" \
	}
#define NVME "kernel/drivers/nvme/host/nvme.ko\n"
#define GROWFS                                                                \
	{                                                                     \
		"etc/fstab", "LABEL=r / ext4 defaults,x-systemd.growfs 0 1\n" \
	}
#define REPART                           \
	{                                \
		"usr/bin/systemd-repart" \
	}
#define REPART_ROOT                                                           \
	{                                                                     \
		"usr/lib/repart.d/50-root.conf", "[Partition]\nType = root\n" \
	}
#define KEY "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n"

static const struct check_case cases[] = {
	{ "ssh-host-key", "/etc/ssh/ssh_host_rsa_key",
		{ { "etc/ssh/ssh_host_rsa_key", "k" },
			{ "etc/ssh/ssh_host_rsa_key.pub", "k" } } },
	{ "ssh-host-key", "/etc/dropbear/dropbear_rsa_host_key",
		{ { "etc/dropbear/dropbear_rsa_host_key", "k" } } },
	{ "ssh-host-key", NULL,
		{ { "etc/ssh/ssh_host_rsa_key" }, { "etc/ssh/moduli", "m" } } },

	{ "authorized-key", "/root/.ssh/authorized_keys:2",
		{ { "root/.ssh/authorized_keys",
			"# a comment\nssh-ed25519 AAAA me\n" } } },
	{ "authorized-key", "/srv/app/.ssh/authorized_keys2:1",
		{ { "etc/passwd", "app:x:1000:1000::/srv/app:/bin/sh\n" },
			{ "srv/app/.ssh/authorized_keys2", "ssh-rsa AAAA\n" } } },
	{ "authorized-key", "/home/joe/.ssh/authorized_keys:1",
		{ { "home/joe/.ssh/authorized_keys", "from=\"*\" ssh-rsa AAAA" } } },
	{ "authorized-key", NULL,
		{ { "root/.ssh/authorized_keys", "# none\n\n  \n" },
			{ "usr/share/doc/authorized_keys", "ssh-rsa AAAA\n" } } },

	{ "machine-id", "/etc/machine-id",
		{ { "etc/machine-id", "0123456789abcdef0123456789abcdef\n" },
			{ "var/lib/dbus/machine-id", .target = "/etc/machine-id" } } },
	{ "machine-id", "/var/lib/dbus/machine-id",
		{ { "etc/machine-id" },
			{ "var/lib/dbus/machine-id",
				"0123456789abcdef0123456789abcdef\n" } } },
	{ "machine-id", NULL, { { "etc/machine-id" } } },
	{ "machine-id", NULL, { { "etc/machine-id", "uninitialized\n" } } },
	{ "machine-id", NULL, { { "etc/machine-id", "\n" } } },

	{ "random-seed", "/var/lib/systemd/random-seed",
		{ { "var/lib/systemd/random-seed", "r" } } },
	{ "random-seed", "/var/lib/systemd/credential.secret",
		{ { "var/lib/systemd/credential.secret", "r" } } },
	{ "random-seed", NULL, { { "var/lib/systemd/random-seed" } } },

	{ "shell-history", "/root/.bash_history", { { "root/.bash_history", "ls\n" } } },
	{ "shell-history", "/home/joe/.local/share/fish/fish_history",
		{ { "home/joe/.local/share/fish/fish_history", "ls\n" } } },
	{ "shell-history", NULL,
		{ { "root/.bash_history" }, { "root/.bashrc", "ls\n" } } },

	{ "log-file", "/var/log/apt/history.log",
		{ { "var/log/apt/history.log", "l" } } },
	{ "log-file", NULL, { { "var/log/wtmp" }, { "var/log/README", "r" } } },

	{ "dhcp-lease", "/var/lib/dhcp/dhclient.eth0.leases",
		{ { "var/lib/dhcp/dhclient.eth0.leases", "lease" } } },
	{ "dhcp-lease", NULL, { { "var/lib/dhcp/dhclient.leases" } } },

	{ "mail", "/var/mail/root", { { "var/mail/root", "m" } } },
	{ "mail", "/var/spool/mail/root",
		{ { "var/mail", .target = "spool/mail" },
			{ "var/spool/mail/root", "m" } } },
	{ "mail", NULL, { { "var/mail/root" } } },

	{ "package-cache", "/var/cache/apt",
		{ { "var/cache/apt/archives/x.deb", "d" },
			{ "var/cache/apt/pkgcache.bin", "b" } } },
	{ "package-cache", "/var/lib/apt/lists",
		{ { "var/lib/apt/lists/x_Packages", "p" } } },
	{ "package-cache", NULL,
		{ { "var/lib/apt/lists/lock", "l" },
			{ "var/cache/apt/archives/lock" } } },

	{ "first-boot-state", "/var/lib/cloud/instances",
		{ { "var/lib/cloud/instances/i-1/user-data.txt", "u" } } },
	{ "first-boot-state", NULL,
		{ { "var/lib/cloud/instances", .mode = S_IFDIR | 0755 } } },

	{ "resolv-conf", "/etc/resolv.conf:2",
		{ { "etc/resolv.conf", "search x\nnameserver\t10.0.0.2\n" } } },
	{ "resolv-conf", NULL, { { "etc/resolv.conf", "nameserver 127.0.0.53\n" } } },
	{ "resolv-conf", NULL,
		{ { "etc/resolv.conf",
			.target = "../run/systemd/resolve/stub-resolv.conf" } } },

	{ "empty-password", "/etc/shadow:2",
		{ { "etc/shadow", "root:*:1::::::\njoe::1::::::\n" } } },
	{ "empty-password", "/etc/passwd:1",
		{ { "etc/passwd", "joe::1000:1000::/home/joe:/bin/sh\n" } } },
	{ "empty-password", NULL,
		{ { "etc/shadow", "root:*:1::::::\njoe:!:1::::::\n" } } },

	{ "password-set", "/etc/shadow:1",
		{ { "etc/shadow", "root:$y$j9T$a$b:1::::::\n" } } },
	{ "password-set", "/etc/shadow:1",
		{ { "etc/shadow", "root:abJnggxhB/yWI:1::::::\n" } } },
	{ "password-set", NULL,
		{ { "etc/shadow", "root:!$y$j9T$a$b:1::::::\njoe:*:1::::::\n" } } },

	{ "second-root", "/etc/passwd:2",
		{ { "etc/passwd",
			"root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\n" } } },
	{ "second-root", NULL,
		{ { "etc/passwd",
			"root:x:0:0::/root:/bin/sh\njoe:x:1000:0::/:/bin/sh\n" } } },

	{ "sshd-password-login", "/etc/ssh/sshd_config", { SSHD }, .count = 1 },
	{ "sshd-password-login", "/etc/ssh/sshd_config",
		{ SSHD, { "etc/ssh/sshd_config", "UsePAM yes\n" } }, .count = 2 },
	{ "sshd-password-login", "/etc/ssh/sshd_config.d/a.conf:1",
		{ SSHD,
			{ "etc/ssh/sshd_config.d/a.conf",
				"PasswordAuthentication yes\n" },
			{ "etc/ssh/sshd_config",
				"Include /etc/ssh/sshd_config.d/*.conf\n" SAFE } } },
	{ "sshd-password-login", "/etc/ssh/sshd_config:5",
		{ SSHD, { "etc/ssh/sshd_config", SAFE
				"Match User joe\n\tPasswordAuthentication yes\n" } } },
	{ "sshd-password-login", "/opt/linked:1",
		{ SSHD, { "etc/ssh/sshd_config.d/a.conf", .target = "/opt/linked" },
			{ "opt/linked", "PasswordAuthentication yes\n" },
			{ "etc/ssh/sshd_config", "Include sshd_config.d/*\n" SAFE } } },
	{ "sshd-password-login", NULL,
		{ SSHD, { "etc/ssh/sshd_config", SAFE "UsePAM yes\n" } } },
	{ "sshd-password-login", NULL,
		{ { "etc/ssh/sshd_config", "PasswordAuthentication yes\n" } } },

	{ "sshd-root-login", "/etc/ssh/sshd_config:1",
		{ SSHD, { "etc/ssh/sshd_config", "PermitRootLogin yes\n" } } },
	{ "sshd-root-login", NULL, { SSHD } },
	{ "sshd-root-login", NULL,
		{ SSHD, { "etc/ssh/sshd_config",
				"PermitRootLogin no\nPermitRootLogin yes\n" } } },

	{ "sshd-empty-password", "/etc/ssh/sshd_config:1",
		{ SSHD, { "etc/ssh/sshd_config", "permitemptypasswords=yes\n" } } },
	{ "sshd-empty-password", NULL, { SSHD } },

	{ "world-writable", "/etc/passwd", { { "etc/passwd", .mode = 0666 } } },
	{ "world-writable", "/opt/shared", { { "opt/shared", .mode = S_IFDIR | 0777 } } },
	{ "world-writable", NULL,
		{ { "tmp/x", .mode = 0666 }, { "var/tmp", .mode = S_IFDIR | 01777 },
			{ "var/crash", .mode = S_IFDIR | 01777 },
			{ "dev/null", .mode = S_IFCHR | 0666 },
			{ "etc/alternatives/x", .target = "y" } } },

	{ "set-id", "/usr/bin/own", { { "usr/bin/own", .mode = 04755 } } },
	{ "set-id", "/usr/bin/group", { { "usr/bin/group", .mode = 02755 } } },
	{ "set-id", NULL,
		{ { "usr/bin/sudo", .mode = 04755 }, { "usr/bin/wall", .mode = 02755 },
			{ "usr/lib/openssh/ssh-keysign", .mode = 04755 },
			{ "usr/bin/plain", .mode = 0755 },
			{ "var/mail", .mode = S_IFDIR | 02775 } } },

	{ "set-id-stray", "/home/joe/sudo", { { "home/joe/sudo", .mode = 04755 } } },
	{ "set-id-stray", NULL, { { "usr/bin/own", .mode = 04755 } } },

	{ "file-capability", "/usr/bin/own",
		{ { "usr/bin/own", .mode = 0755, .xattr = "security.capability" } } },
	{ "file-capability", "/home/joe/ping",
		{ { "home/joe/ping", .mode = 0755, .xattr = "security.capability" } } },
	{ "file-capability", NULL,
		{ { "usr/bin/ping", .mode = 0755, .xattr = "security.capability" },
			{ "usr/bin/x", .xattr = "user.note" } } },

	{ "secret-aws-key", "/etc/app.env:2",
		{ { "etc/app.env", "A=1\nKEY=AKIAABCDEFGHIJKLMNOP\n" } } },
	{ "secret-aws-key", "/usr/local/bin/run:1",
		{ { "usr/local/bin/run", "AKIAABCDEFGHIJKLMNOP\n" } } },
	{ "secret-aws-key", NULL,
		{ { "etc/app.env", "KEY=AKIAIOSFODNN7EXAMPLE\n" },
			{ "usr/share/doc/x", "AKIAABCDEFGHIJKLMNOP\n" } } },

	{ "secret-private-key", "/opt/tls/key.pem:1", { { "opt/tls/key.pem", KEY } } },
	{ "secret-private-key", NULL,
		{ { "etc/ssh/ssh_host_rsa_key", KEY },
			{ "usr/lib/python3/test/key.pem", KEY },
			{ "etc/cert.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n" } } },

	{ "secret-token", "/etc/x:1",
		{ { "etc/x", "ghp_abcdefghijklmnopqrstuvwxyz0123456789\n" } } },
	{ "secret-token", NULL, { { "etc/x", "ghp_short\n" } } },

	{ "credential-file", "/root/.aws/credentials",
		{ { "root/.aws/credentials", "c" } } },
	{ "credential-file", NULL,
		{ { "root/.aws/config", "region = x\n" }, { "root/.netrc" } } },

	{ "kernel-missing", "/boot", { { "boot/grub/grub.cfg", "x" } } },
	{ "kernel-missing", NULL, { VMLINUZ } },
	{ "kernel-missing", NULL, { { "usr/lib/modules/6.1/vmlinuz" } } },
	{ "kernel-missing", NULL, { { "etc/x" } },
		.esp = { { "EFI/LINUX/DEBIAN.EFI" } } },

	{ "nvme-driver", "/boot/initrd.img-6.1",
		{ VMLINUZ, { MODULES "modules.builtin", "kernel/x/virtio_pci.ko\n" },
			{ "boot/initrd.img-6.1", .initramfs = MODULES
						 "kernel/nvmet.ko\n" MODULES
						 "nvme-core.ko" } } },
	{ "nvme-driver", "/usr/lib/modules/6.1",
		{ VMLINUZ, { MODULES "kernel/nvme.ko.xz", "x" } } },
	{ "nvme-driver", NULL, { VMLINUZ, { MODULES "modules.builtin", NVME } } },
	{ "nvme-driver", NULL,
		{ VMLINUZ, { MODULES "kernel/nvme.ko.xz", "x" },
			{ "boot/initramfs-6.1.img",
				.initramfs = MODULES
				"kernel/drivers/nvme/host/nvme.ko.zst" } } },

	{ "nvme-driver", "/boot/efi/EFI/LINUX/D.EFI",
		{ { MODULES "kernel/nvme.ko", "x" } },
		.esp = { { "EFI/LINUX/D.EFI", .cmdline = "x", .initramfs = "init" } } },
	{ "nvme-driver", NULL, { { MODULES "kernel/nvme.ko", "x" } },
		.esp = { { "EFI/LINUX/D.EFI", .cmdline = "x",
			.initramfs = MODULES "kernel/nvme.ko" } } },
	{ "nvme-driver", NULL,
		{ { MODULES "kernel/nvme.ko", "x" },
			{ "usr/lib/modules/6.2/nvme.ko", "x" },
			{ "boot/initrd-a", .initramfs = MODULES "nvme.ko" },
			{ "boot/initrd-b", .initramfs = "lib/modules/6.2/nvme.ko" } } },

	{ "ena-driver", "/usr/lib/modules/6.1",
		{ VMLINUZ, { MODULES "modules.builtin", NVME } } },
	{ "ena-driver", NULL,
		{ VMLINUZ, { MODULES "kernel/drivers/net/ethernet/amazon/ena/ena.ko",
				   "x" } } },

	{ "virtio-driver", "/usr/lib/modules/6.1",
		{ VMLINUZ,
			{ MODULES "modules.builtin", NVME "kernel/virtio_blk.ko\n" } } },
	{ "virtio-driver", NULL,
		{ VMLINUZ, { MODULES "modules.builtin", "kernel/virtio_pci.ko\n" },
			{ "boot/initrd.img-6.1",
				.initramfs = MODULES "virtio-blk.ko" } } },

	{ "initramfs-unreadable", "/boot/initrd.img-6.1",
		{ { "boot/initrd.img-6.1", "neither cpio nor compressed" } } },
	{ "initramfs-unreadable", NULL,
		{ { "boot/initrd.img-6.1", .initramfs = "init" },
			{ "boot/initramfs-0-rescue.img", "x" } } },

	{ "initramfs-hostonly", "/boot/initrd.img-6.1",
		{ { "boot/initrd.img-6.1",
			.initramfs = "conf/initramfs.conf=MODULES=dep\n" } } },
	{ "initramfs-hostonly", "/boot/initramfs-6.1.img",
		{ { "boot/initramfs-6.1.img",
			.initramfs =
				"usr/lib/dracut/build-parameter.txt= '--hostonly'" } } },
	{ "initramfs-hostonly", "/etc/initramfs-tools/conf.d/policy:2",
		{ { "etc/initramfs-tools/initramfs.conf", "MODULES=most\n" },
			{ "etc/initramfs-tools/conf.d/policy", "# x\nMODULES=dep\n" } } },
	{ "initramfs-hostonly", "/etc/dracut.conf.d/x.conf:1",
		{ { "etc/dracut.conf.d/x.conf", "hostonly=\"yes\"\n" } } },
	{ "initramfs-hostonly", NULL,
		{ { "etc/initramfs-tools/initramfs.conf", "#MODULES=dep\nMODULES=dep\n" },
			{ "etc/initramfs-tools/conf.d/policy", "MODULES=most\n" },
			{ "boot/initrd.img-6.1",
				.initramfs = "conf/initramfs.conf=MODULES=most\n" } } },
	{ "initramfs-hostonly", NULL,
		{ { "boot/initramfs-6.1.img",
			.initramfs = "usr/lib/dracut/build-parameter.txt= "
				     "'--no-hostonly'" } } },

	{ "fstab-device-name", "/etc/fstab:2",
		{ { "etc/fstab", "LABEL=root / ext4\n/dev/nvme0n1p2 /srv ext4\n" } } },
	{ "fstab-device-name", "/etc/fstab:1",
		{ { "etc/fstab", "\t/dev/xvda1\t/\text4\n" } } },
	{ "fstab-device-name", NULL,
		{ { "etc/fstab", "# /dev/sda1 / ext4\nUUID=1 / "
				 "ext4\n/dev/disk/by-label/x /x ext4\n" } } },

	{ "root-device-name", "/boot/grub/grub.cfg:2",
		{ { "boot/grub/grub.cfg", "x\n\tlinux /vmlinuz root=/dev/sda1 ro\n" } } },
	{ "root-device-name", NULL,
		{ { "boot/grub/grub.cfg",
			"\tlinux /vmlinuz root=UUID=1 ro\necho root=/dev/sda1\n" } } },

	{ "serial-console", "/boot/loader/entries/a.conf:2",
		{ { "boot/loader/entries/a.conf", "title A\noptions root=UUID=1\n" } } },
	{ "serial-console", "/boot/efi/LOADER/ENTRIES/A.CON:1", { { "etc/x" } },
		.esp = { { "LOADER/ENTRIES/A.CON", "options quiet\n" } } },
	{ "serial-console", "/boot/efi/EFI/Linux/a.efi",
		{ { "boot/efi/EFI/Linux/a.efi", .cmdline = "root=UUID=1" } } },
	{ "serial-console", NULL, { { "etc/x" } },
		.esp = { { "EFI/LINUX/A.EFI", .cmdline = "quiet console=ttyS0" } } },
	{ "serial-console", NULL,
		{ { "boot/loader/entries/a.conf", "options $kernelopts\n" },
			{ "boot/grub2/grubenv",
				"kernelopts=root=UUID=1 console=ttyS0,115200\n" } } },
	{ "serial-console", NULL,
		{ { "boot/extlinux/extlinux.conf",
			"LABEL a\n APPEND console=tty0 console=ttyAMA0\n" } } },
	{ "serial-console", NULL, { { "etc/x" } } },

	{ "root-growth", "/", { { "etc/x" } } },
	{ "root-growth", "/",
		{ { "usr/bin/cloud-init" }, { "usr/bin/systemd-repart" } } },
	{ "root-growth", NULL, { { "usr/bin/cloud-init" }, { "usr/bin/growpart" } } },
	{ "root-growth", NULL, { { "usr/sbin/ec2-init" } } },
	/* The file system alone grows; */
	{ "root-growth", "/", { GROWFS } },
	{ "root-growth", NULL, { GROWFS }, .root_on = LINT_ON_DISK },
	{ "root-growth", "/", { { "etc/x" } }, .root_on = LINT_ON_DISK },
	/* or the partition alone; */
	{ "root-growth", "/", { REPART, REPART_ROOT } },
	{ "root-growth", NULL, { REPART, REPART_ROOT }, .root_on = LINT_ON_GROWING },
	{ "root-growth", "/", { { "usr/share/initramfs-tools/hooks/growroot" } } },
	{ "root-growth", NULL,
		{ { "usr/share/initramfs-tools/hooks/growroot" }, GROWFS } },
	/* or both. */
	{ "root-growth", NULL, { GROWFS, REPART, REPART_ROOT } },
	{ "root-growth", NULL,
		{ REPART, REPART_ROOT,
			{ "boot/grub/grub.cfg",
				"linux /vmlinuz root=UUID=1 "
				"rootflags=noatime,x-systemd.growfs\n" } } },
	/* What looks like it, and is not: */
	{ "root-growth", "/", { GROWFS, REPART_ROOT } },
	{ "root-growth", "/",
		{ GROWFS, REPART,
			{ "etc/repart.d/home.conf", "[Partition]\nType=home\n" } } },
	{ "root-growth", "/",
		{ REPART, REPART_ROOT,
			{ "etc/fstab", "\n# / / ext4 x-systemd.growfs\nLABEL=r / ext4\n"
				       "LABEL=s /srv ext4 x-systemd.growfs 0 1\n"
				       "LABEL=r / ext4 no-x-systemd.growfs 0 1\n" } } },

	{ "uefi-removable-loader", "/boot/efi/EFI/BOOT", { { "etc/x" } },
		.esp = { { "EFI/DEBIAN/GRUBX64.EFI" } } },
	{ "uefi-removable-loader", NULL, { { "etc/x" } },
		.esp = { { "EFI/BOOT/BOOTAA64.EFI" } } },
	{ "uefi-removable-loader", NULL, { { "etc/x" } } },

	{ "clock-source", "/etc", { { "usr/lib/systemd/system/chrony.service", "x" } } },
	{ "clock-source", "/etc",
		{ { "etc/systemd/system/multi-user.target.wants/chrony.service",
			  .target = "/x" },
			{ "etc/systemd/system/chrony.service",
				.target = "/dev/null" } } },
	{ "clock-source", NULL,
		{ { "etc/systemd/system/sysinit.target.wants/systemd-timesyncd.service",
			.target = "/x" } } },
	{ "clock-source", NULL,
		{ { "etc/runlevels/default/chronyd",
			.target = "/etc/init.d/chronyd" } } },

	/* That these are found needs a disk: test_lint_disk.c. */
	{ "unclean-file-system", NULL, { { "etc/x" } } },
	{ "not-looked-at", NULL, { { "etc/x" } } },
};

/* Places of the findings of one check, "/etc/fstab:2", a line each. */
static size_t places_of(
	const struct lint_report *r, const char *id, char first[static 256])
{
	size_t count = 0;

	first[0] = '\0';
	for (size_t i = 0; i < r->count; i++) {
		const struct lint_finding *f = &r->findings[i];

		if (strcmp(f->check->id, id) != 0)
			continue;
		if (!count++ && f->line)
			(void)snprintf(first, 256, "%s:%u", f->path, f->line);
		else if (count == 1)
			(void)snprintf(first, 256, "%s", f->path);
	}
	return count;
}

static void try_case(const struct check_case *c, size_t number)
{
	struct filetree *files = NULL, *esp_files = NULL;
	CLEANUP(lint_subject_releasep) struct lint_subject s = { 0 };
	CLEANUP(lint_report_releasep) struct lint_report r = { 0 };
	const size_t wanted = c->count ? c->count : c->place ? 1 : 0;
	struct error err = ERROR_INIT;
	char first[256];
	size_t count;

	s.root = lint_tree_of(c->files, &files);
	s.root_on = c->root_on;
	if (c->esp[0].path)
		s.esp = lint_tree_of(c->esp, &esp_files);
	if (lint_run(&s, NULL, 0, &r, &err) < 0)
		fail_msg("case %zu, %s: %s", number, c->id, err.msg);
	count = places_of(&r, c->id, first);
	if (count != wanted || (c->place && strcmp(first, c->place) != 0))
		fail_msg("case %zu, %s: %zu found, first at '%s'", number, c->id, count,
			first);
	lint_subject_release(&s);
	filetree_free(files);
	filetree_free(esp_files);
}

static void each_check_finds_and_lets_pass(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		try_case(&cases[i], i);
}

static bool has_case(const char *id, bool finds)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (!strcmp(cases[i].id, id) && !cases[i].place != finds)
			return true;
	return false;
}

static void no_check_is_without_cases(void **state)
{
	(void)state;
	for (const struct lint_check *check = lint_checks; check->id; check++) {
		if (!has_case(check->id, false))
			fail_msg("nothing passes '%s'", check->id);
		if (!has_case(check->id, true) &&
			strcmp(check->id, "unclean-file-system") &&
			strcmp(check->id, "not-looked-at"))
			fail_msg("'%s' finds nothing", check->id);
	}
}

/* What they are is read by programs and in recipes. */
static void ids_are_words_and_texts_are_sentences(void **state)
{
	(void)state;
	for (const struct lint_check *c = lint_checks; c->id; c++) {
		assert_int_equal(
			strspn(c->id, "abcdefghijklmnopqrstuvwxyz-"), strlen(c->id));
		assert_ptr_equal(lint_check_find(c->id), c);
		assert_true(c->title[strlen(c->title) - 1] != '.');
		assert_int_equal(c->why[strlen(c->why) - 1], '.');
		assert_int_equal(c->remedy[strlen(c->remedy) - 1], '.');
		assert_in_range(c->severity, LINT_NOTE, LINT_ERROR);
	}
}

static void many_findings_are_counted_not_listed(void **state)
{
	enum { LOGS = 60, LISTED = 50 };
	struct lint_file many[LOGS + 1] = { { 0 } };
	char names[LOGS][32];
	struct filetree *files;
	CLEANUP(lint_subject_releasep) struct lint_subject s = { 0 };
	CLEANUP(lint_report_releasep) struct lint_report r = { 0 };
	struct error err = ERROR_INIT;
	bool told = false;
	size_t logs = 0;

	(void)state;
	for (size_t i = 0; i < LOGS; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "var/log/%zu.log", i);
		many[i] = (struct lint_file){ names[i], "l" };
	}
	s.root = lint_tree_of(many, &files);
	assert_int_equal(lint_run(&s, NULL, 0, &r, &err), 0);
	for (size_t i = 0; i < r.count; i++) {
		logs += !strcmp(r.findings[i].check->id, "log-file");
		told |= !strcmp(r.findings[i].reason, "and 10 more like these");
	}
	assert_int_equal(logs, LISTED + 1);
	assert_true(told);
	lint_subject_release(&s);
	filetree_free(files);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_check_finds_and_lets_pass),
		cmocka_unit_test(no_check_is_without_cases),
		cmocka_unit_test(ids_are_words_and_texts_are_sentences),
		cmocka_unit_test(many_findings_are_counted_not_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
