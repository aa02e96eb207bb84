#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Stands in for grub-probe while update-grub runs in a tree that is on no disk yet: answers for
# the root file system, and for /boot where it has its own, on a GPT disk, the first.
# IMAGE_ROOT_UUID IMAGE_ROOT_FS IMAGE_ROOT_PARTITION
# IMAGE_BOOT_UUID IMAGE_BOOT_FS IMAGE_BOOT_PARTITION (the first two empty: it has not)
# shellcheck disable=SC2153 # they are set by the caller
set -eu

target=
about=
while [ $# -gt 0 ]; do
	case $1 in
	--target=*) target=${1#--target=} ;;
	-t | --target)
		target=$2
		shift
		;;
	-*) ;;
	*) about=$1 ;; # a path, or a device
	esac
	shift
done

fs=$IMAGE_ROOT_FS
uuid=$IMAGE_ROOT_UUID
partition=$IMAGE_ROOT_PARTITION
if [ -n "$IMAGE_BOOT_FS" ]; then
	case $about in
	/boot | /boot/* | "/dev/disk/by-uuid/$IMAGE_BOOT_UUID")
		fs=$IMAGE_BOOT_FS
		uuid=$IMAGE_BOOT_UUID
		partition=$IMAGE_BOOT_PARTITION
		;;
	esac
fi

case $target in
device) echo "/dev/disk/by-uuid/$uuid" ;;
fs_uuid) echo "$uuid" ;;
fs) case $fs in xfs) echo xfs ;; *) echo ext2 ;; esac ;; # the name of GRUB's module
partmap) echo gpt ;;
compatibility_hint | bios_hints | efi_hints | baremetal_hints) echo "hd0,gpt$partition" ;;
*) ;; # abstraction, hints_string, partuuid …: none
esac
