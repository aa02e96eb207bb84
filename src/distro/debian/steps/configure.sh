#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Make the installed packages into the machine that the recipe describes.
# Packages' own configuration files are not edited, so that dpkg --verify stays silent and
# upgrades ask nothing: what we want stands beside them, in their .d directories.
#
# IMAGE_HOSTNAME IMAGE_LOCALE IMAGE_USER IMAGE_ROOT_HASH IMAGE_ROOT_SOURCE IMAGE_ROOT_FS
# IMAGE_BOOT_SOURCE IMAGE_BOOT_FS IMAGE_SWAP_SOURCE (unset without them) IMAGE_ESP_SOURCE
# IMAGE_KERNEL_ARGS IMAGE_SOURCES IMAGE_ARCH IMAGE_UEFI IMAGE_AGENT IMAGE_INIT
# shellcheck disable=SC2153 # they are set by the caller
set -eu

die() {
	echo "$*" >&2
	exit 1
}

set_names() {
	printf '%s\n' "$IMAGE_HOSTNAME" >/etc/hostname
	cat >/etc/hosts <<-EOF
		127.0.0.1	localhost
		127.0.1.1	$IMAGE_HOSTNAME
		::1	localhost ip6-localhost ip6-loopback
		ff02::1	ip6-allnodes
		ff02::2	ip6-allrouters
	EOF
}

set_locale() {
	case $IMAGE_LOCALE in
	C | POSIX | C.UTF-8) ;;
	*)
		known=$(awk -v l="$IMAGE_LOCALE" '$1 == l' /usr/share/i18n/SUPPORTED)
		[ -n "$known" ] ||
			die "the locale '$IMAGE_LOCALE' is not known (see locale.gen(5))"
		printf '%s\n' "$known" >/etc/locale.gen
		locale-gen
		;;
	esac
	printf 'LANG=%s\n' "$IMAGE_LOCALE" >/etc/default/locale
}

set_users() {
	if [ "$IMAGE_USER" != root ]; then
		if id -u "$IMAGE_USER" >/dev/null 2>&1; then
			die "the user '$IMAGE_USER' is one of the system's own: choose another name"
		fi
		# No password is set, so none is right.
		useradd --create-home --user-group --groups adm,sudo --shell /bin/bash \
			"$IMAGE_USER"
		sudoers=/etc/sudoers.d/90-image-user
		(umask 227 && printf '%s ALL=(ALL:ALL) NOPASSWD: ALL\n' "$IMAGE_USER" >$sudoers)
		visudo -cqf $sudoers
	fi
	# base-passwd has locked root ("*").
	[ -z "$IMAGE_ROOT_HASH" ] || printf 'root:%s\n' "$IMAGE_ROOT_HASH" | chpasswd --encrypted
}

set_sshd() {
	root_login=no
	[ "$IMAGE_USER" != root ] || root_login=prohibit-password
	cat >/etc/ssh/sshd_config.d/10-image.conf <<-EOF
		# Keys only. The first value that sshd reads counts.
		PasswordAuthentication no
		KbdInteractiveAuthentication no
		PermitRootLogin $root_login
	EOF
	# To other inits its package has made it known.
	[ "$IMAGE_INIT" != systemd ] || systemctl enable ssh.service
}

# Where systemd has no say, dhcpcd takes every physical interface as it comes, and its defaults
# do: DHCP, router advertisements, /etc/resolv.conf.
set_network() {
	[ "$IMAGE_INIT" = systemd ] || return 0
	mkdir -p /etc/systemd/network
	cat >/etc/systemd/network/80-dhcp.network <<-EOF
		# Every physical Ethernet interface, whatever its name.
		[Match]
		Type=ether
		Kind=!*

		[Network]
		DHCP=yes

		[DHCPv4]
		UseDomains=yes

		[DHCPv6]
		UseDomains=yes
	EOF
	ln -sf ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf
	systemctl enable systemd-networkd.service systemd-resolved.service
}

set_clock() {
	if [ "$IMAGE_INIT" != systemd ]; then
		cat >/etc/chrony/sources.d/50-image.sources <<-EOF
			# EC2's time server, which every instance reaches; elsewhere the others serve.
			server 169.254.169.123 prefer iburst minpoll 4 maxpoll 4
		EOF
		return
	fi
	mkdir -p /etc/systemd/timesyncd.conf.d
	cat >/etc/systemd/timesyncd.conf.d/50-image.conf <<-EOF
		# EC2's time server, which every instance reaches; elsewhere the fallback serves.
		[Time]
		NTP=169.254.169.123
	EOF
	systemctl enable systemd-timesyncd.service
}

# A login prompt on the serial console, wherever that is. systemd sees to it by itself, and
# runit has it from the package getty-run.
set_console() {
	[ "$IMAGE_INIT" = openrc ] || return 0
	echo 'co:2345:respawn:/sbin/getty --noclear --keep-baud console 115200,38400,9600 vt220' \
		>>/etc/inittab
}

# So that huge pages can be made, the kernel keeps 45 MiB free, and as much again in lists of
# its own: of a machine with 1 GiB, a tenth. This is what it keeps without huge pages. The first
# 16 MiB it keeps for ISA devices, of which a cloud has none: the first number of the ratios, 0,
# lets everybody have them; the others are its own. Whoever sets the same in sysctl.d comes after
# and has his way.
set_memory() {
	[ "$IMAGE_INIT" = systemd ] || return 0
	cat >/etc/systemd/system/small-memory.service <<-EOF
		[Unit]
		Description=Smaller reserve of memory on a small machine
		Documentation=https://docs.kernel.org/admin-guide/sysctl/vm.html
		DefaultDependencies=no
		ConditionMemory=<=1536M
		ConditionPathIsReadWrite=/proc/sys/
		Before=systemd-sysctl.service sysinit.target shutdown.target
		Conflicts=shutdown.target

		[Service]
		Type=oneshot
		RemainAfterExit=yes
		ExecStart=/usr/sbin/sysctl -q vm.min_free_kbytes=4096 "vm.lowmem_reserve_ratio=0 256 32"

		[Install]
		WantedBy=sysinit.target
	EOF
	systemctl enable small-memory.service
}

# mount_line SOURCE DIRECTORY TYPE OPTIONS PASS: a line of fstab(5).
mount_line() {
	printf '%s\t%s\t%s\t%s\t0\t%s\n' "$@"
}

set_mounts() {
	# XFS has its journal and checks nothing at boot.
	root_pass=1
	[ "$IMAGE_ROOT_FS" != xfs ] || root_pass=0
	mount_line "$IMAGE_ROOT_SOURCE" / "$IMAGE_ROOT_FS" defaults $root_pass >/etc/fstab
	if [ -n "$IMAGE_BOOT_FS" ]; then
		mount_line "$IMAGE_BOOT_SOURCE" /boot "$IMAGE_BOOT_FS" defaults 2 >>/etc/fstab
	fi
	if [ "$IMAGE_UEFI" = yes ]; then
		mkdir -p /boot/efi
		mount_line "$IMAGE_ESP_SOURCE" /boot/efi vfat umask=0077,nofail 0 >>/etc/fstab
	fi
	if [ -n "${IMAGE_SWAP_SOURCE-}" ]; then
		mount_line "$IMAGE_SWAP_SOURCE" none swap sw 0 >>/etc/fstab
		# Not for hibernation: the initramfs need not wait for it.
		mkdir -p /etc/initramfs-tools/conf.d
		echo RESUME=none >/etc/initramfs-tools/conf.d/resume
	fi
}

# Read by update-grub, here and whenever a kernel is installed later.
set_grub() {
	consoles='console=tty0 console=ttyS0,115200n8'
	terminal='console serial'
	if [ "$IMAGE_ARCH" = arm64 ]; then
		# The firmware's console is the serial port; the kernel's depends on the machine.
		consoles='console=tty0 console=ttyAMA0,115200n8 console=ttyS0,115200n8'
		terminal=console
	fi
	cat >/etc/default/grub <<-EOF
		# After a change: update-grub
		GRUB_DEFAULT=0
		GRUB_TIMEOUT=1
		GRUB_TIMEOUT_STYLE=menu
		GRUB_DISTRIBUTOR=Debian
		GRUB_CMDLINE_LINUX_DEFAULT=""
		GRUB_CMDLINE_LINUX="$consoles${IMAGE_KERNEL_ARGS:+ $IMAGE_KERNEL_ARGS}"
		GRUB_TERMINAL="$terminal"
		GRUB_SERIAL_COMMAND="serial --unit=0 --speed=115200 --word=8 --parity=no --stop=1"
		GRUB_DISABLE_OS_PROBER=true
	EOF
}

set_sources() {
	rm -f /etc/apt/sources.list
	printf '%s' "$IMAGE_SOURCES" >/etc/apt/sources.list.d/debian.sources
}

set_cloud_init() {
	cat >/etc/cloud/cloud.cfg.d/90_image.cfg <<-EOF
		# EC2 is asked; nothing else is looked for.
		datasource_list: [ Ec2, None ]
		# systemd-networkd has the network: /etc/systemd/network.
		network: {config: disabled}
		apt: {preserve_sources_list: true}
		disable_root: true
		ssh_pwauth: false
		# Not DSA, which no client takes any more.
		ssh_genkeytypes: [ed25519, ecdsa, rsa]
		system_info:
		  default_user:
		    name: $IMAGE_USER
		    gecos: ""
		    groups: [adm, sudo]
		    lock_passwd: true
		    shell: /bin/bash
		    sudo: ["ALL=(ALL:ALL) NOPASSWD: ALL"]
	EOF
}

start_agent_with_systemd() {
	systemctl enable ec2-init-boot.service ec2-init-metadata.service \
		ec2-init-user-data.service
}

start_agent_with_openrc() {
	rc-update add ec2-init-boot boot
	rc-update add ec2-init-metadata default
	rc-update add ec2-init-user-data default
}

start_agent_with_runit() {
	update-rc.d ec2-init-boot defaults
	ln -s /run/runit/supervise/ec2-init /etc/sv/ec2-init/supervise
	ln -s /etc/sv/ec2-init /etc/runit/runsvdir/default/ec2-init
}

# ec2-init's files are in the tree already.
set_agent() {
	case $IMAGE_AGENT in
	cloud-init) set_cloud_init ;;
	ec2-init) "start_agent_with_$IMAGE_INIT" ;;
	esac
}

set_names
set_locale
set_users
set_sshd
set_network
set_clock
set_console
set_memory
set_mounts
set_grub
set_sources
set_agent
