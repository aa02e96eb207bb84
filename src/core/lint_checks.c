/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/lint_checks.h"

#include <string.h>

#include "base/words.h"

/* A table reads better with one member a line. */
/* clang-format off */
const struct lint_check lint_checks[] = {
	{
		.id = "ssh-host-key",
		.severity = LINT_ERROR,
		.title = "ssh host key",
		.why = "Every instance would have the same host key, and whoever has "
			"the image can pass for any of them.",
		.remedy = "Delete /etc/ssh/ssh_host_*; the first boot makes new ones.",
		.run = lint_check_host_keys,
	},
	{
		.id = "authorized-key",
		.severity = LINT_ERROR,
		.title = "key that may log in",
		.why = "Its owner may log in to every instance of the image, whoever "
			"launched it.",
		.remedy = "Delete the file; the launch key comes with the instance.",
		.run = lint_check_authorized_keys,
	},
	{
		.id = "machine-id",
		.severity = LINT_ERROR,
		.title = "machine id",
		.why = "machine-id(5) has to differ between machines: DHCP, journals "
			"and D-Bus tell them apart by it.",
		.remedy = "Make /etc/machine-id empty and delete "
			"/var/lib/dbus/machine-id.",
		.run = lint_check_machine_id,
	},
	{
		.id = "random-seed",
		.severity = LINT_ERROR,
		.title = "saved randomness",
		.why = "All instances would begin with the same seed, or seal with the "
			"same secret.",
		.remedy = "Delete the file; the system makes it anew.",
		.run = lint_check_random_seed,
	},
	{
		.id = "shell-history",
		.severity = LINT_ERROR,
		.title = "history of a shell or tool",
		.why = "What somebody typed, passwords among it, is nobody else's "
			"business.",
		.remedy = "Delete the file.",
		.run = lint_check_histories,
	},
	{
		.id = "log-file",
		.severity = LINT_WARNING,
		.title = "log",
		.why = "It tells of the machine that made the image, and takes room.",
		.remedy = "Make it empty, or delete it.",
		.run = lint_check_logs,
	},
	{
		.id = "dhcp-lease",
		.severity = LINT_WARNING,
		.title = "DHCP lease",
		.why = "An instance could ask for an address of another network first, "
			"and wait for it.",
		.remedy = "Delete the file.",
		.run = lint_check_leases,
	},
	{
		.id = "mail",
		.severity = LINT_WARNING,
		.title = "mail",
		.why = "Mail of the machine that made the image goes out with it.",
		.remedy = "Delete the file.",
		.run = lint_check_mail,
	},
	{
		.id = "package-cache",
		.severity = LINT_NOTE,
		.title = "cache of a package manager",
		.why = "It makes the image larger, and is old when it is needed.",
		.remedy = "Clean the cache: apt-get clean, dnf clean all.",
		.run = lint_check_package_caches,
	},
	{
		.id = "first-boot-state",
		.severity = LINT_WARNING,
		.title = "state of a first boot",
		.why = "What is done once for each instance may be taken for done, and "
			"user data of another instance can be among it.",
		.remedy = "Delete what is in the directory: cloud-init clean -l.",
		.run = lint_check_first_boot_state,
	},
	{
		.id = "resolv-conf",
		.severity = LINT_WARNING,
		.title = "name server of another network",
		.why = "The machine that made the image has left its own resolv.conf: "
			"names may not resolve.",
		.remedy = "Link /etc/resolv.conf to the resolver's file in /run, or "
			"make it empty.",
		.run = lint_check_resolv_conf,
	},
	{
		.id = "empty-password",
		.severity = LINT_ERROR,
		.title = "account without a password",
		.why = "Anyone who reaches a login prompt is in.",
		.remedy = "Lock the account: passwd -l NAME.",
		.run = lint_check_empty_passwords,
	},
	{
		.id = "password-set",
		.severity = LINT_WARNING,
		.title = "account with a password",
		.why = "It is the same in every instance, and whoever has the image "
			"can search for it.",
		.remedy = "Lock the account (passwd -l NAME) unless the console needs "
			"it.",
		.run = lint_check_set_passwords,
	},
	{
		.id = "second-root",
		.severity = LINT_ERROR,
		.title = "another account with user id 0",
		.why = "It has all the rights of root under a name that nobody watches.",
		.remedy = "Give the account an id of its own, and sudo.",
		.run = lint_check_second_root,
	},
	{
		.id = "sshd-password-login",
		.severity = LINT_ERROR,
		.title = "sshd lets passwords in",
		.why = "An instance on the internet is asked for passwords within "
			"minutes.",
		.remedy = "Set PasswordAuthentication and KbdInteractiveAuthentication "
			"to no; the first value that sshd reads counts.",
		.run = lint_check_sshd_passwords,
	},
	{
		.id = "sshd-root-login",
		.severity = LINT_ERROR,
		.title = "sshd lets root in by password",
		.why = "root's name is known: only its password has to be guessed.",
		.remedy = "Set PermitRootLogin to no or prohibit-password.",
		.run = lint_check_sshd_root,
	},
	{
		.id = "sshd-empty-password",
		.severity = LINT_ERROR,
		.title = "sshd lets empty passwords in",
		.why = "An account without a password is open to all.",
		.remedy = "Set PermitEmptyPasswords to no.",
		.run = lint_check_sshd_empty,
	},
	{
		.id = "world-writable",
		.severity = LINT_ERROR,
		.title = "system file that anyone may change",
		.why = "Every user, every service that was broken into, may change "
			"what others run or read.",
		.remedy = "Take the right away: chmod o-w FILE; of a directory that is "
			"shared, chmod +t.",
		.run = lint_check_world_writable,
	},
	{
		.id = "set-id",
		.severity = LINT_WARNING,
		.title = "set-uid or set-gid program that is not known",
		.why = "It runs with the rights of its owner for everyone; "
			"distributions install few of these.",
		.remedy = "Take the bit away (chmod ug-s FILE), or allow the id with "
			"the reason.",
		.run = lint_check_set_id,
	},
	{
		.id = "set-id-stray",
		.severity = LINT_ERROR,
		.title = "set-uid or set-gid program outside of the system's "
			"directories",
		.why = "No package puts one there; an intruder does.",
		.remedy = "Delete it, or take the bit away (chmod ug-s FILE).",
		.run = lint_check_set_id_stray,
	},
	{
		.id = "file-capability",
		.severity = LINT_WARNING,
		.title = "program with capabilities that is not known",
		.why = "It has some of root's rights for everyone; distributions "
			"install few of these.",
		.remedy = "Take them away (setcap -r FILE), or allow the id with the "
			"reason.",
		.run = lint_check_capabilities,
	},
	{
		.id = "secret-aws-key",
		.severity = LINT_ERROR,
		.title = "AWS access key",
		.why = "Whoever has the image can act as its owner.",
		.remedy = "Delete the key in IAM, then here; instances have roles "
			"instead.",
		.run = lint_check_aws_keys,
	},
	{
		.id = "secret-private-key",
		.severity = LINT_ERROR,
		.title = "private key",
		.why = "Whoever has the image has the key: it is not private any more.",
		.remedy = "Replace the key; bring it to the instance at its start.",
		.run = lint_check_private_keys,
	},
	{
		.id = "secret-token",
		.severity = LINT_ERROR,
		.title = "token of a service",
		.why = "Whoever has the image can act as its owner.",
		.remedy = "Revoke the token; bring a new one to the instance at its "
			"start.",
		.run = lint_check_tokens,
	},
	{
		.id = "credential-file",
		.severity = LINT_ERROR,
		.title = "file made to hold credentials",
		.why = "Programs keep passwords and tokens there.",
		.remedy = "Delete the file, and what it gives access to.",
		.run = lint_check_credential_files,
	},
	{
		.id = "kernel-missing",
		.severity = LINT_ERROR,
		.title = "no kernel",
		.why = "An instance boots the kernel that its image holds.",
		.remedy = "Install a kernel package.",
		.run = lint_check_no_kernel,
	},
	{
		.id = "nvme-driver",
		.severity = LINT_ERROR,
		.title = "no NVMe driver at boot",
		.why = "Nitro instances have their volumes as NVMe disks: without the "
			"driver the kernel finds no root file system.",
		.remedy = "Put nvme into the initramfs and make it anew.",
		.run = lint_check_nvme,
	},
	{
		.id = "ena-driver",
		.severity = LINT_ERROR,
		.title = "no ENA driver",
		.why = "Nitro instances have the Elastic Network Adapter: without its "
			"driver there is no network.",
		.remedy = "Install a kernel with the driver ena.",
		.run = lint_check_ena,
	},
	{
		.id = "virtio-driver",
		.severity = LINT_NOTE,
		.title = "no virtio driver at boot",
		.why = "EC2 does not need it; machines of QEMU with virtio disks do.",
		.remedy = "Put virtio_blk and virtio_pci into the initramfs.",
		.run = lint_check_virtio,
	},
	{
		.id = "initramfs-unreadable",
		.severity = LINT_WARNING,
		.title = "initramfs that cannot be read",
		.why = "What is in it was not checked; the kernel may not read it, "
			"either.",
		.remedy = "Make it anew: update-initramfs -u, dracut -f.",
		.run = lint_check_initramfs,
	},
	{
		.id = "initramfs-hostonly",
		.severity = LINT_WARNING,
		.title = "initramfs for one machine",
		.why = "It has the drivers of the machine that made it; another "
			"instance type may have other disks.",
		.remedy = "Set MODULES=most (initramfs-tools) or hostonly=no (dracut) "
			"and make it anew.",
		.run = lint_check_hostonly,
	},
	{
		.id = "fstab-device-name",
		.severity = LINT_ERROR,
		.title = "file system named by its device",
		.why = "The same volume is /dev/xvda on one instance type and "
			"/dev/nvme0n1 on another, and numbers change: the boot stops "
			"there.",
		.remedy = "Name it by UUID= or LABEL=.",
		.run = lint_check_fstab,
	},
	{
		.id = "root-device-name",
		.severity = LINT_ERROR,
		.title = "root file system named by its device",
		.why = "The same volume is /dev/xvda on one instance type and "
			"/dev/nvme0n1 on another: the kernel finds no root file system.",
		.remedy = "Say root=UUID=, root=LABEL= or root=PARTUUID=.",
		.run = lint_check_root_device,
	},
	{
		.id = "serial-console",
		.severity = LINT_WARNING,
		.title = "no console on the serial port",
		.why = "EC2 shows what goes to the serial port, and nothing else: a "
			"boot that fails says nothing.",
		.remedy = "Add console=ttyS0,115200n8 to the kernel's command line.",
		.run = lint_check_serial_console,
	},
	{
		.id = "root-growth",
		.severity = LINT_WARNING,
		.title = "root does not grow",
		.why = "A larger volume than the image's stays unused.",
		.remedy = "Install ec2-init, or cloud-init with growpart; or give "
			"systemd-repart a file for the root partition in /etc/repart.d, "
			"and / in fstab the option x-systemd.growfs.",
		.run = lint_check_growth,
	},
	{
		.id = "uefi-removable-loader",
		.severity = LINT_ERROR,
		.title = "no loader at the removable path",
		.why = "A new instance has no boot entries: its firmware looks for "
			"\\EFI\\BOOT\\BOOTX64.EFI (BOOTAA64.EFI) alone.",
		.remedy = "Install the loader there, as bootctl install does, and "
			"grub-install for removable media.",
		.run = lint_check_removable_loader,
	},
	{
		.id = "clock-source",
		.severity = LINT_WARNING,
		.title = "nothing sets the clock",
		.why = "A clock that drifts breaks TLS, logs and signed requests to "
			"AWS.",
		.remedy = "Enable chrony or systemd-timesyncd.",
		.run = lint_check_clock,
	},
	{
		.id = "unclean-file-system",
		.severity = LINT_WARNING,
		.title = "file system that was not unmounted",
		.why = "What only its journal holds was not seen here; each instance "
			"repeats the recovery.",
		.remedy = "Shut the machine down before its disk is taken, or run fsck.",
		.run = lint_check_unclean,
	},
	{
		.id = "not-looked-at",
		.severity = LINT_WARNING,
		.title = "part of the disk that was not looked at",
		.why = "Of a disk, one root file system is looked at, one for /boot and "
			"the EFI system partition; secrets may be elsewhere, too.",
		.remedy = "Mount all of it where it belongs, and look at that directory.",
		.run = lint_check_unseen,
	},
	{ .id = NULL },
};
/* clang-format on */

const struct lint_check *lint_check_find(const char *id)
{
	for (const struct lint_check *check = lint_checks; check->id; check++)
		if (!strcmp(check->id, id))
			return check;
	return NULL;
}

const char *lint_check_nearest(const char *id)
{
	struct nearest near = { .word = id };

	for (const struct lint_check *check = lint_checks; check->id; check++)
		nearest_offer(&near, check->id);
	return nearest_best(&near);
}
