# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs in a guest, read by its sh over ssh: says what is so, as lines "amiwright:key=value"; what
# is judged of it is decided elsewhere. It changes nothing, and it must work with any POSIX sh
# and busybox. The first line that is put before it is "reboot=yes" or "reboot=no".

say() {
	printf 'amiwright:%s=%s\n' "$1" "$2"
}

# each KEY FILE: one line of the file after the other, twenty at most.
each() {
	n=0
	while [ "$n" -lt 20 ] && IFS= read -r line; do
		say "$1" "$line"
		n=$((n + 1))
	done <"$2"
}

probe_users() {
	say user "$(id -un)"
	if sudo -n true; then say sudo yes; else say sudo no; fi
	keys=$HOME/.ssh/authorized_keys
	say key_count "$(grep -c '^[a-z]' "$keys")"
	say key_kinds "$(grep '^[a-z]' "$keys" | sort -u | grep -c .)"
	# Agents put those of the launch behind what is there.
	grep -oE '(ssh|ecdsa|sk)-[^ ]+ AAAA[^ ]+' "$keys" | tail -n 20 >"$tmp"
	each launch_key "$tmp"
	for file in /etc/ssh/ssh_host_*_key.pub; do
		[ -r "$file" ] && say host_key "$(cut -d' ' -f1,2 <"$file")"
	done
}

probe_system() {
	command -v systemctl >/dev/null || return 0
	say state "$(timeout 240 systemctl is-system-running --wait)"
	systemctl list-units --state=failed --plain --no-legend --full | cut -d' ' -f1 >"$tmp"
	each failed_unit "$tmp"
}

# The root file system's device by its number, whatever its name is.
probe_root() {
	number=$(awk '$5 == "/" { n = $3 } END { print n }' /proc/self/mountinfo)
	block=$(readlink -f "/sys/dev/block/$number")
	# shellcheck disable=SC2046 # two words are wanted
	set -- $(stat -f -c '%b %S' /)
	say root_blocks "$1"
	say root_block_bytes "$2"
	[ -r "$block/partition" ] || return 0
	say partition_start_sectors "$(cat "$block/start")"
	say partition_sectors "$(cat "$block/size")"
	say disk_sectors "$(cat "$block/../size")"
	say disk "${block%/*}"
}

probe_memory() {
	awk '/^MemTotal:/ { t = $2 } /^MemAvailable:/ { a = $2 }
		END { printf "amiwright:memory_kib=%d\namiwright:memory_used_kib=%d\n", t, t - a }' \
		/proc/meminfo
}

probe_packages() {
	command -v dpkg >/dev/null || return 0
	# shellcheck disable=SC2024 # the file is ours, and not root's to write
	sudo -n dpkg --audit >"$tmp" 2>&1
	say dpkg_audit "$?"
	each dpkg_audit_line "$tmp"
	# shellcheck disable=SC2024
	sudo -n dpkg --verify >"$tmp" 2>&1
	say dpkg_verify "$?"
	each dpkg_verify_line "$tmp"
}

main() {
	LC_ALL=C PATH=$PATH:/usr/sbin:/sbin
	export LC_ALL PATH
	tmp=$(mktemp) || return 1
	probe_users
	say host_name "$(uname -n)"
	say kernel "$(uname -r)"
	say boot_id "$(cat /proc/sys/kernel/random/boot_id)"
	probe_system
	probe_root
	probe_memory
	# shellcheck disable=SC2154 # the first line that is put before this script
	# Each file is read for that: it is asked after the last boot, which may have changed it, too.
	[ "$reboot" = yes ] || probe_packages
	rm -f "$tmp"
	say time "$(date +%s)"
	say end yes
	[ "$reboot" = no ] || sudo -n systemctl reboot || sudo -n reboot
}

main </dev/null 2>/dev/null
