#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Stands in for grub-probe while update-grub runs in a tree that is on no disk yet: answers for
# an ext4 root file system on a GPT partition of the first disk.
# IMAGE_ROOT_UUID IMAGE_ROOT_PARTITION
set -eu

target=
while [ $# -gt 0 ]; do
	case $1 in
	--target=*) target=${1#--target=} ;;
	-t | --target)
		target=$2
		shift
		;;
	esac
	shift
done
case $target in
device) echo "/dev/disk/by-uuid/$IMAGE_ROOT_UUID" ;;
fs_uuid) echo "$IMAGE_ROOT_UUID" ;;
fs) echo ext2 ;;
partmap) echo gpt ;;
compatibility_hint | bios_hints | efi_hints | baremetal_hints)
	echo "hd0,gpt$IMAGE_ROOT_PARTITION"
	;;
*) ;; # abstraction, hints_string, partuuid …: none
esac
