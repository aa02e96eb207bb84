#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Stands in for grub-mkrelpath while update-grub runs: where a file stands on its file system,
# once /boot has one of its own (IMAGE_BOOT_FS; empty: it has not). The top is the empty string.
set -eu

for path; do :; done
path=$(readlink -f "$path")
if [ -n "$IMAGE_BOOT_FS" ]; then
	case $path in
	/boot | /boot/*) path=${path#/boot} ;;
	esac
fi
[ "$path" != / ] || path=
printf '%s\n' "$path"
