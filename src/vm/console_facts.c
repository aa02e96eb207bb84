/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/console_facts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

/* A guest could print keys for ever: as many as sshd has kinds of, and some. */
enum { HOST_KEYS_MOST = 16 };

static const char no_efi_loader[] =
	"the UEFI firmware found no EFI/BOOT/BOOTX64.EFI (BOOTAA64.EFI on arm64) in a "
	"FAT file system on an EFI system partition";

/* The gravest first: of two that match, the earlier in this table is shown. */
static const struct console_trouble troubles[] = {
	{ "No bootable device",
		"the firmware found no boot loader: is there a BIOS boot partition with "
		"GRUB's core.img, and boot code in the first sector?",
		true },
	{ "Boot failed: not a bootable disk",
		"the firmware found no boot code in the disk's first sector", false },
	/* Where it goes when it can start nothing. */
	{ "UEFI Interactive Shell", no_efi_loader, true },
	{ "BdsDxe: failed to load", no_efi_loader, false },
	{ "BdsDxe: No bootable option or device was found", no_efi_loader, true },
	{ "grub rescue>",
		"GRUB did not find its root file system or its modules: does the "
		"embedded configuration search for the label or UUID that the file "
		"system has?",
		true },
	{ "grub>",
		"GRUB found no configuration: is there a grub.cfg where its prefix "
		"points to?",
		true },
	{ "error: no such device",
		"GRUB did not find the root file system by its label or UUID", false },
	{ "VFS: Unable to mount root fs",
		"the kernel could not mount the root file system: is the driver of the "
		"disk (nvme, virtio_blk) and of the file system in the initramfs, and "
		"does root= name the right one?",
		true },
	{ "VFS: Cannot open root device",
		"the kernel did not find the root device: is its driver (nvme, "
		"virtio_blk) in the initramfs or the kernel, and does root= name the "
		"right one?",
		false },
	{ "ALERT!",
		"the initramfs did not find the root file system: is the driver of the "
		"disk (nvme, virtio_blk) in it, and does root= name the right label or "
		"UUID?",
		true },
	{ "(initramfs)",
		"the initramfs gave up and opened a shell: see the lines before it",
		true },
	{ "Unable to mount root",
		"the root file system could not be mounted: is it whole, and does root= "
		"name the right one?",
		false },
	{ "No init found", "the root file system holds no /sbin/init", true },
	{ "Kernel panic - not syncing", "the kernel panicked: see the lines before it",
		true },
	{ "You are in emergency mode",
		"systemd went to emergency mode, often for a line of /etc/fstab whose "
		"device is not there",
		true },
	{ "Out of memory: Killed process",
		"the machine's memory was too small: try with more (--memory)", false },
	{ "[FAILED] Failed to start",
		"a unit failed: `systemctl status` and `journalctl -u` in `amiwright "
		"run` tell why",
		false },
	{ "[DEPEND] Dependency failed", "a unit failed for another that it needs",
		false },
	{ "Timed out waiting for device",
		"a device of /etc/fstab or of the kernel command line is not there",
		false },
};

/* Lines that only a running kernel, or what it started, writes. */
static const char *const kernel_lines[] = { "Linux version ", "Booting Linux on",
	"Run /init as init process", "Run /sbin/init as init process",
	"systemd[1]:", "[  OK  ]", "Begin: ", "login: " };

static const char key_block_begin[] = "-----BEGIN SSH HOST KEY KEYS-----";
static const char key_block_end[] = "-----END SSH HOST KEY KEYS-----";

/* The kernel's own time stamp: "[    0.000000] ". */
static bool has_kernel_time(const char *line)
{
	const char *p = line;

	if (*p++ != '[')
		return false;
	while (*p == ' ')
		p++;
	if (!isdigit((unsigned char)*p))
		return false;
	while (isdigit((unsigned char)*p))
		p++;
	if (*p++ != '.')
		return false;
	return strspn(p, "0123456789") == 6 && p[6] == ']';
}

static bool is_kernel_line(const char *line)
{
	if (has_kernel_time(line))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(kernel_lines); i++)
		if (strstr(line, kernel_lines[i]))
			return true;
	return false;
}

/* Length of the base64 (RFC 4648) word at `p`. */
static size_t base64_length(const char *p)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t length = strspn(p, digits);

	return length + strspn(p + length, "=");
}

/*
 * A public key as in a file of them: "type base64 [comment]". Other writers to the
 * console may break into the block: a line that is no whole key is passed over.
 */
static void take_host_key(struct console_facts *f, const char *line)
{
	static const char *const types[] = { "ssh-ed25519", "ssh-rsa",
		"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521" };
	size_t type_length = strcspn(line, " ");
	size_t length;

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (strlen(types[i]) != type_length ||
			strncmp(types[i], line, type_length) != 0 || !line[type_length])
			continue;
		length = base64_length(line + type_length + 1);
		/* An ed25519 key, the shortest kind, is 68 characters. */
		if (length < 68 || length % 4 ||
			!strchr(" ", line[type_length + 1 + length]))
			return;
		if (f->host_keys.count < HOST_KEYS_MOST)
			strv_take(
				&f->host_keys, xstrndup(line, type_length + 1 + length));
		return;
	}
}

static void look_for_host_keys(struct console_facts *f, const char *line)
{
	if (strstr(line, key_block_begin)) {
		strv_release(&f->host_keys);
		f->in_host_keys = true;
		f->host_keys_complete = false;
	} else if (strstr(line, key_block_end)) {
		f->in_host_keys = false;
		f->host_keys_complete = f->host_keys.count > 0;
	} else if (f->in_host_keys) {
		take_host_key(f, line);
	}
}

static void look_for_trouble(struct console_facts *f, const char *line)
{
	for (size_t i = 0; i < ARRAY_SIZE(troubles); i++) {
		if (f->trouble && f->trouble <= &troubles[i])
			return;
		if (!strstr(line, troubles[i].pattern))
			continue;
		f->trouble = &troubles[i];
		free(f->trouble_line);
		f->trouble_line = xstrdup(line);
		return;
	}
}

void console_facts_line(struct console_facts *f, const char *line, bool complete)
{
	if (!*line)
		return;
	f->any_output = true;
	if (!f->kernel_runs)
		f->kernel_runs = is_kernel_line(line);
	if (strstr(line, "login: "))
		f->login_prompt = true;
	if (complete)
		look_for_host_keys(f, line);
	look_for_trouble(f, line);
}

void console_facts_release(struct console_facts *f)
{
	strv_release(&f->host_keys);
	free(f->trouble_line);
	*f = (struct console_facts)CONSOLE_FACTS_INIT;
}

void console_facts_copy(struct console_facts *to, const struct console_facts *from)
{
	*to = *from;
	to->host_keys = (struct strv)STRV_INIT;
	for (size_t i = 0; i < from->host_keys.count; i++)
		strv_add(&to->host_keys, from->host_keys.items[i]);
	to->trouble_line = from->trouble_line ? xstrdup(from->trouble_line) : NULL;
}

const char *console_facts_suggestion(const struct console_facts *f)
{
	if (f->trouble)
		return f->trouble->suggests;
	if (!f->any_output)
		return "nothing came from the serial console, not even from the boot "
		       "loader: is the disk bootable with this firmware?";
	if (!f->kernel_runs)
		return "the firmware or the boot loader ran, but no kernel wrote to the "
		       "serial console: is there boot code in the first sector (for "
		       "BIOS), is a kernel there, and does its command line have "
		       "console=ttyS0 (ttyAMA0 on arm64)?";
	if (!f->login_prompt)
		return "the kernel started, but no login prompt came: see the console's "
		       "end";
	if (!f->host_keys_complete)
		return "the system came up, but nothing printed the ssh host keys to the "
		       "console: is cloud-init (or ec2-init) installed and enabled?";
	return "the system came up: see the console's end";
}
