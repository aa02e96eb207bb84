#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Take out what belongs to the build, or must differ from machine to machine.
#
# SOURCE_DATE_EPOCH
set -eu

# Empty, not missing and not "uninitialized": systemd then makes an id at boot and keeps it,
# without taking this for a first boot, on which it would ask questions and reset services.
: >/etc/machine-id
rm -f /var/lib/dbus/machine-id # dbus makes it a link to the other at boot

rm -f /usr/sbin/policy-rc.d # "start nothing", for the time of the build
rm -f /etc/ssh/ssh_host_*
rm -f /var/lib/systemd/random-seed /var/lib/systemd/credential.secret /boot/grub/.random-seed
rm -f /var/lib/urandom/random-seed
rm -rf /var/lib/ec2-init /var/lib/cloud/* /var/lib/dhcp/* /var/lib/dhcpcd/*
rm -rf /var/lib/systemd/timers/* /var/lib/systemd/timesync/*

# This link is for the time of the build, where there is no systemd-resolved.
if [ ! -e /usr/lib/systemd/systemd-resolved ] &&
	[ "$(readlink /etc/resolv.conf)" = ../run/systemd/resolve/stub-resolv.conf ]; then
	rm /etc/resolv.conf
fi

# Logs that programs expect to be there keep owner and mode.
for log in btmp wtmp lastlog faillog; do
	[ ! -f /var/log/$log ] || : >/var/log/$log
done
find /var/log -type f ! -name btmp ! -name wtmp ! -name lastlog ! -name faillog -delete

find /var/lib/apt/lists /var/cache/apt -type f -delete
rm -f /var/lib/dpkg/*-old /var/cache/debconf/*-old
rm -f /var/cache/ldconfig/aux-cache /etc/.updated /var/.updated /etc/.pwd.lock
rm -f /etc/passwd- /etc/group- /etc/shadow- /etc/gshadow- /etc/subuid- /etc/subgid-
rm -rf /var/tmp/* /var/backups/*
for home in /root /home/*; do
	rm -rf "$home/.bash_history" "$home/.lesshst" "$home/.viminfo" "$home/.wget-hsts" \
		"$home/.python_history" "$home/.cache"
done

# Dates of passwords, like those of files, are not later than the inputs.
shadow=$(awk -F: -v OFS=: -v day=$((SOURCE_DATE_EPOCH / 86400)) \
	'$3 > day { $3 = day } { print }' /etc/shadow)
printf '%s\n' "$shadow" >/etc/shadow
