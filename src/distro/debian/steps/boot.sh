#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Make what boots: the initramfs of each kernel, GRUB's configuration, GRUB's images.
#
# IMAGE_BIOS IMAGE_UEFI IMAGE_EFI_PLATFORM IMAGE_ROOT_UUID IMAGE_ROOT_FS
# IMAGE_BOOT_FS IMAGE_BOOT_UUID (empty: /boot is in the root file system)
# IMAGE_BOOT_PARTITION (where /boot stands) IMAGE_LOADER_DIR (where the images go)
# IMAGE_INITRAMFS (kept: it is there already) SOURCE_DATE_EPOCH
# IMAGE_QUICK_TOOLS (a program that is several, by the name that it is called by)
# shellcheck disable=SC2153 # they are set by the caller
set -eu
unset INITRD

# The directory of GRUB's files on the partition that has them, and its file system.
grub_dir=/boot/grub
grub_fs=$IMAGE_ROOT_FS
if [ -n "$IMAGE_BOOT_FS" ]; then
	grub_dir=/grub
	grub_fs=$IMAGE_BOOT_FS
fi
# One module reads all of them.
[ "$grub_fs" = xfs ] || grub_fs=ext2

# What grub.cfg needs before it can load anything itself: to read the disk, to draw the menu.
modules='part_gpt normal configfile linux serial terminal search search_fs_uuid echo test
loadenv gzio minicmd'

# What mkinitramfs will compress with.
compressor() {
	# shellcheck disable=SC1090,SC1091 # files of the tree
	(
		set +eu
		. /etc/initramfs-tools/initramfs.conf
		for file in /etc/initramfs-tools/conf.d/*; do
			[ ! -f "$file" ] || . "$file"
		done
		echo "$COMPRESS"
	)
}

# Most modules are met more than once. Before it sees that one is there, copy_file has its path
# resolved by two programs; the shell sees it at once.
skip_known_modules() {
	# shellcheck disable=SC2016 # it is text
	sed 's/^\t*copy_file module "${kmod}" || continue$/[ ! -e "$DESTDIR$kmod" ] || continue\n&/' \
		/usr/share/initramfs-tools/hook-functions
}

# cpio packs what is in the working directory: are quick-tools in it, or links to them?
look_and_pack() {
	cat <<-EOF
		#!/bin/sh -e
		[ "\$PWD" != "\$DESTDIR" ] ||
			find . -path ".$quick/*" -print -o -type f \
				-size "$(stat -c %s "$IMAGE_QUICK_TOOLS")c" \
				-exec cmp -s "$IMAGE_QUICK_TOOLS" {} \; -print >"$quick/copied"
		exec /usr/bin/cpio "\$@"
	EOF
}

# A copy of mkinitramfs comes first in $quick, which finds the programs in there first.
quick=${IMAGE_QUICK_TOOLS%/*}/quick
place_quick_tools() {
	mkdir -p "$quick"
	for tool in basename cp dirname ln mkdir modinfo readlink realpath; do
		ln -s "$IMAGE_QUICK_TOOLS" "$quick/$tool"
	done
	skip_known_modules >"$quick/hook-functions"
	look_and_pack >"$quick/cpio"
	sed -e "s|^export PATH='|&$quick:|" \
		-e "s|^\. /usr/share/initramfs-tools/hook-functions$|. $quick/hook-functions|" \
		/usr/sbin/mkinitramfs >"$quick/mkinitramfs"
	chmod 755 "$quick/cpio" "$quick/mkinitramfs"
}

# A hook that copies one of those programs shall copy the true one.
make_one() {
	rm -f "$quick/copied"
	PATH=$quick:$PATH update-initramfs -c -k "$1"
	if [ ! -e "$quick/copied" ] || [ -s "$quick/copied" ]; then
		rm "/boot/initrd.img-$1"
		update-initramfs -c -k "$1"
	fi
}

# One thread compresses it, so that the bytes are always the same. Debian's level takes two
# seconds longer for a tenth less; a level that is configured counts more.
make_initramfs() {
	[ "$(compressor)" != zstd ] || export COMPRESSLEVEL=3
	kernels=$(linux-version list)
	if [ -z "$kernels" ]; then
		echo "no kernel is installed: its package was removed" >&2
		exit 1
	fi
	for kernel in $kernels; do
		if [ "$IMAGE_INITRAMFS" = kept ]; then
			touch /var/tmp # where mkinitramfs would have worked: the directory's time shows
		else
			make_one "$kernel"
		fi
		# The kernel's package has made /vmlinuz; with INITRD=No it left out /initrd.img.
		[ ! -L /vmlinuz ] || linux-update-symlinks install "$kernel" "/boot/vmlinuz-$kernel"
	done
}

# update-grub asks grub-probe for the device of "/", which does not exist yet: its stand-in
# (grub-probe.sh) knows what it will be. It looks for the UUID's link, too.
make_configuration() {
	mkdir -p /boot/grub /dev/disk/by-uuid
	: >"/dev/disk/by-uuid/$IMAGE_ROOT_UUID"
	[ -z "$IMAGE_BOOT_UUID" ] || : >"/dev/disk/by-uuid/$IMAGE_BOOT_UUID"
	grub-editenv /boot/grub/grubenv create
	update-grub
}

# The modules stand where GRUB looks for what is not in its image.
install_platform() {
	mkdir -p "/boot/grub/$1"
	cp "/usr/lib/grub/$1"/*.mod "/usr/lib/grub/$1"/*.lst "/boot/grub/$1/"
}

# "(,gptN)": partition N of the disk that the firmware has loaded GRUB from.
make_image() {
	platform=$1
	to=$2
	shift 2
	# shellcheck disable=SC2086 # a list of words
	grub-mkimage -O "$platform" -p "(,gpt$IMAGE_BOOT_PARTITION)$grub_dir" -o "$to" \
		"$@" "$grub_fs" $modules
}

make_images() {
	if [ "$IMAGE_BIOS" = yes ]; then
		cp /usr/lib/grub/i386-pc/boot.img "$IMAGE_LOADER_DIR/boot.img"
		make_image i386-pc "$IMAGE_LOADER_DIR/core.img" biosdisk
	fi
	if [ "$IMAGE_UEFI" = yes ]; then
		make_image "$IMAGE_EFI_PLATFORM" "$IMAGE_LOADER_DIR/grub.efi" fat
	fi
}

# What making them has said comes last, where it is to be found if they could not be made.
images_log=${IMAGE_QUICK_TOOLS%/*}/images.log
wait_for_images() {
	code=0
	wait "$images" || code=$?
	cat "$images_log"
	return "$code"
}

# The images need nothing of the rest. update-grub would see the modules: they come after it.
make_images >"$images_log" 2>&1 &
images=$!
place_quick_tools
make_initramfs
make_configuration
wait_for_images
[ "$IMAGE_BIOS" != yes ] || install_platform i386-pc
[ "$IMAGE_UEFI" != yes ] || install_platform "$IMAGE_EFI_PLATFORM"
