/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/recipe_schema.h"

#include "core/recipe_check.h"
#include "core/recipe_derive.h"

#define AT(member) offsetof(struct recipe, member)

/* In the order of the enums of recipe.h. */
static const char *const arch_words[] = { "x86_64", "arm64", NULL };
static const char *const agent_words[] = { "ec2-init", "cloud-init", NULL };
static const char *const boot_words[] = { "bios", "uefi", NULL };
static const char *const root_words[] = { "ext4", "xfs", NULL };
static const char *const boot_fs_words[] = { "none", "ext2", "ext4", NULL };
static const char *const fstab_words[] = { "label", "uuid", NULL };
static const char *const imds_words[] = { "v2.0", "any", NULL };
static const char *const mode_words[] = { "uefi-preferred", "uefi", "legacy-bios", NULL };
static const char *const auto_words[] = { "auto", NULL };
static const char *const none_words[] = { "none", NULL };
static const char *const all_words[] = { "all", NULL };
static const char *const assumed_words[] = { "assumed", NULL };
static const char *const way_words[] = { "auto", "copy", "send", NULL };
static const char *const protect_words[] = { "as-is", "no", "yes", "with-cooldown",
	NULL };

/* A table reads better with one member a line. */
/* clang-format off */
const struct recipe_key recipe_keys[] = {
	{
		.path = "name",
		.kind = RECIPE_TEXT,
		.at = AT(name),
		.required = true,
		.check = recipe_check_image_name,
		.example = "debian-12",
		.help = "Name of the image: the prefix of the AMI's name, and the "
			"name of the file when --to is a directory.",
	},
	{
		.path = "distro",
		.kind = RECIPE_TEXT,
		.at = AT(distro),
		.required = true,
		.check = recipe_check_word,
		.example = "debian",
		.help = "Distribution that the image holds.",
	},
	{
		.path = "release",
		.kind = RECIPE_TEXT,
		.at = AT(release),
		.derive = recipe_derive_release,
		.shown = "the newest that amiwright knows",
		.check = recipe_check_word,
		.example = "bookworm",
		.help = "Release of the distribution, by its code name.",
	},
	{
		.path = "arch",
		.kind = RECIPE_WORD,
		.at = AT(arch),
		.words = arch_words,
		.fallback = "x86_64",
		.example = "arm64",
		.help = "Architecture of the image, as EC2 names it.",
	},
	{
		.path = "packages",
		.kind = RECIPE_TEXTS,
		.at = AT(packages),
		.fallback = "[]",
		.check = recipe_check_package,
		.example = "[htop, jq]",
		.help = "Packages to install beside those that every image needs; "
			"what they depend on comes with them. With openrc or "
			"runit-init among them, the image has that in place of systemd.",
	},
	{
		.path = "agent",
		.kind = RECIPE_WORD,
		.at = AT(agent),
		.words = agent_words,
		.fallback = "ec2-init",
		.example = "cloud-init",
		.help = "What does the first boot's work: launch keys, host name, "
			"user data.",
	},
	{
		.path = "user",
		.kind = RECIPE_TEXT,
		.at = AT(user),
		.derive = recipe_derive_user,
		.shown = "the distribution's custom: admin for debian",
		.check = recipe_check_user,
		.example = "deploy",
		.help = "Login that owns the launch key and may use sudo without a "
			"password.",
	},
	{
		.path = "hostname",
		.kind = RECIPE_TEXT,
		.at = AT(hostname),
		.derive = recipe_derive_hostname,
		.shown = "made from name",
		.check = recipe_check_hostname,
		.example = "base",
		.help = "Host name until the instance metadata gives another one.",
	},
	{
		.path = "locale",
		.kind = RECIPE_TEXT,
		.at = AT(locale),
		.fallback = "C.UTF-8",
		.check = recipe_check_locale,
		.example = "en_US.UTF-8",
		.help = "Locale of the system; it is generated where the "
			"distribution has to.",
	},
	{
		.path = "root-password-hash",
		.kind = RECIPE_SECRET,
		.at = AT(root_password_hash),
		.shown = "none: root is locked",
		.check = recipe_check_password_hash,
		.example = "$6$<salt>$<hash>",
		.help = "Password of root for the serial console, as a hash of "
			"crypt(5); logins by ssh stay without passwords. 'mkpasswd' "
			"and 'openssl passwd -6' make one. It is never shown.",
	},
	{
		.path = "mirror",
		.kind = RECIPE_TEXT,
		.at = AT(mirror),
		.shown = "this machine's, or else the distribution's own",
		.check = recipe_check_url,
		.example = "https://deb.debian.org/debian",
		.help = "Where packages are fetched from, http or https. Whatever "
			"it sends is verified with the keyring.",
	},
	{
		.path = "keyring",
		.kind = RECIPE_FILE,
		.at = AT(keyring),
		.shown = "the distribution's own",
		.check = recipe_check_path,
		.example = "keys/archive.gpg",
		.help = "File of OpenPGP keys that may sign the distribution's "
			"releases, instead of its own keys.",
	},
	{
		.path = "kernel-args",
		.kind = RECIPE_TEXT,
		.at = AT(kernel_args),
		.shown = "none",
		.check = recipe_check_kernel_args,
		.example = "mitigations=auto quiet",
		.help = "Words to add to the kernel's command line.",
	},
	{
		.path = "overlay",
		.kind = RECIPE_DIRECTORY,
		.at = AT(overlay),
		.shown = "none",
		.check = recipe_check_path,
		.example = "files/",
		.help = "Directory that is copied over the tree: modes are kept, "
			"everything belongs to root:root.",
	},
	{
		.path = "scripts",
		.kind = RECIPE_FILES,
		.at = AT(scripts),
		.fallback = "[]",
		.check = recipe_check_path,
		.example = "[setup.sh]",
		.help = "Scripts to run as root inside the tree, in this order, "
			"after packages and overlay. One that fails fails the "
			"build. They do not stay in the image.",
	},
	{
		.path = "scripts-repeatable",
		.kind = RECIPE_BOOL,
		.at = AT(scripts_repeatable),
		.fallback = "no",
		.example = "yes",
		.help = "Whether the scripts do the same in the same tree each time, "
			"whatever the network and the clock say. An image with "
			"scripts that may not is made anew by every build, also "
			"when nothing has changed.",
	},
	{
		.path = "disk.size",
		.kind = RECIPE_SIZE,
		.at = AT(disk.size_bytes),
		.words = auto_words,
		.fallback = "auto",
		.example = "8G",
		.help = "Size of the disk; auto fits the content and disk.free. The "
			"root file system grows to the volume at boot. A disk has 64 TiB "
			"at most; with ext4, 16 TiB.",
	},
	{
		.path = "disk.free",
		.kind = RECIPE_SIZE,
		.at = AT(disk.free_bytes),
		.fallback = "512M",
		.example = "2G",
		.help = "Room to leave in the root file system when disk.size is auto.",
	},
	{
		.path = "disk.boot",
		.kind = RECIPE_WORDS,
		.at = AT(disk.boot),
		.words = boot_words,
		.derive = recipe_derive_boot,
		.shown = "[bios, uefi] for x86_64, [uefi] for arm64",
		.example = "[uefi]",
		.help = "Firmware that can boot the disk. A disk can have both.",
	},
	{
		.path = "disk.root",
		.kind = RECIPE_WORD,
		.at = AT(disk.root),
		.words = root_words,
		.fallback = "ext4",
		.example = "xfs",
		.help = "File system of the root partition. With xfs, the partition "
			"has at least 300 MiB.",
	},
	{
		.path = "disk.boot-fs",
		.kind = RECIPE_WORD,
		.at = AT(disk.boot_fs),
		.words = boot_fs_words,
		.fallback = "none",
		.example = "ext2",
		.help = "File system of a partition of its own for /boot; none leaves "
			"/boot in the root file system.",
	},
	{
		.path = "disk.boot-size",
		.kind = RECIPE_SIZE,
		.at = AT(disk.boot_bytes),
		.fallback = "512M",
		.example = "1G",
		.help = "Size of the partition for /boot, where disk.boot-fs makes one.",
	},
	{
		.path = "disk.swap",
		.kind = RECIPE_SIZE,
		.at = AT(disk.swap_bytes),
		.words = none_words,
		.fallback = "none",
		.example = "1G",
		.help = "Size of a swap partition. The system uses it from its first "
			"boot on; it is not for hibernation.",
	},
	{
		.path = "disk.fstab",
		.kind = RECIPE_WORD,
		.at = AT(disk.fstab),
		.words = fstab_words,
		.fallback = "label",
		.example = "uuid",
		.help = "How /etc/fstab and the boot loader name the file systems.",
	},
	{
		.path = "lint.allow",
		.kind = RECIPE_MAP,
		.at = AT(lint.allow),
		.fallback = "{}",
		.check = recipe_check_reason,
		.check_name = recipe_check_lint_id,
		.example = "{password-set: the lab's rescue console}",
		.help = "Checks of `amiwright lint` that may find something in the "
			"image, each with the reason. Errors that are not allowed "
			"fail the build; `amiwright lint --list` prints all checks.",
	},
	{
		.path = "image.description",
		.kind = RECIPE_TEXT,
		.at = AT(image.description),
		.derive = recipe_derive_description,
		.shown = "made from distro, release and arch",
		.check = recipe_check_description,
		.example = "Base image of the web team",
		.help = "Description of the AMI.",
	},
	{
		.path = "image.tags",
		.kind = RECIPE_MAP,
		.at = AT(image.tags),
		.fallback = "{}",
		.check = recipe_check_tag_value,
		.check_name = recipe_check_tag_name,
		.example = "{Team: base, Stage: test}",
		.help = "Tags of the AMI and of its snapshot.",
	},
	{
		.path = "image.imds",
		.kind = RECIPE_WORD,
		.at = AT(image.imds),
		.words = imds_words,
		.fallback = "v2.0",
		.example = "any",
		.help = "Versions of the instance metadata service that instances "
			"of the AMI offer by default: v2.0 is version 2 alone.",
	},
	{
		.path = "image.boot-mode",
		.kind = RECIPE_WORD,
		.at = AT(image.boot_mode),
		.words = mode_words,
		.derive = recipe_derive_boot_mode,
		.shown = "what disk.boot allows",
		.example = "uefi",
		.help = "Boot mode that the AMI is registered with.",
	},
	{
		.path = "publish.regions",
		.kind = RECIPE_TEXTS,
		.at = AT(publish.regions),
		.fallback = "[]",
		.check = recipe_check_region,
		.example = "[eu-west-1, us-east-2]",
		.help = "Regions to copy the AMI to.",
	},
	{
		.path = "publish.best-effort",
		.kind = RECIPE_TEXTS,
		.at = AT(publish.best_effort),
		.fallback = "[]",
		.check = recipe_check_region,
		.example = "[ap-east-1]",
		.help = "More regions to copy the AMI to: a failure in one of them is "
			"a warning.",
	},
	{
		.path = "publish.way",
		.kind = RECIPE_WORD,
		.at = AT(publish.way),
		.words = way_words,
		.fallback = "auto",
		.example = "send",
		.help = "How the AMI comes to these regions: copy by CopyImage, send by "
			"sending its blocks there and registering it anew; auto takes "
			"the one that is expected to be faster.",
	},
	{
		.path = "publish.link",
		.kind = RECIPE_SIZE,
		.at = AT(publish.link_bytes),
		.words = assumed_words,
		.fallback = "assumed",
		.example = "100M",
		.help = "Bytes that the machine that publishes can send in a second, for "
			"the choice of publish.way; assumed are 12M, a line of 100 "
			"Mbit/s.",
	},
	{
		.path = "publish.encrypt",
		.kind = RECIPE_BOOL,
		.at = AT(publish.encrypt),
		.fallback = "no",
		.example = "yes",
		.help = "Whether copies in other regions are encrypted: with the key "
			"of publish.kms-keys, or with the account's default.",
	},
	{
		.path = "publish.kms-keys",
		.kind = RECIPE_MAP,
		.at = AT(publish.kms_keys),
		.fallback = "{}",
		.check = recipe_check_kms_key,
		.check_name = recipe_check_region,
		.example = "{eu-west-1: alias/images}",
		.help = "KMS keys that copies are encrypted with, by their regions: "
			"an id, an alias or an ARN.",
	},
	{
		.path = "publish.share",
		.kind = RECIPE_TEXTS,
		.at = AT(publish.share),
		.fallback = "[]",
		.check = recipe_check_share,
		.example = "[123456789012]",
		.help = "Accounts that may launch the AMI, by their ids; "
			"organisations and organisational units, by their ARNs.",
	},
	{
		.path = "publish.share-snapshots",
		.kind = RECIPE_BOOL,
		.at = AT(publish.share_snapshots),
		.fallback = "no",
		.example = "yes",
		.help = "Whether the accounts of publish.share may also make volumes "
			"of the AMI's snapshots, and copy it.",
	},
	{
		.path = "publish.public",
		.kind = RECIPE_BOOL,
		.at = AT(publish.public),
		.fallback = "no",
		.example = "yes",
		.help = "Whether every account may launch the AMI.",
	},
	{
		.path = "publish.exact",
		.kind = RECIPE_BOOL,
		.at = AT(publish.exact),
		.fallback = "no",
		.example = "yes",
		.help = "Whether permissions that the AMI has and that are not named "
			"here are taken away.",
	},
	{
		.path = "publish.deprecate",
		.kind = RECIPE_TEXT,
		.at = AT(publish.deprecate),
		.shown = "none",
		.check = recipe_check_deprecation,
		.example = "180d",
		.help = "When the AMI becomes deprecated: so many days after it was "
			"registered, or a date such as 2027-12-31.",
	},
	{
		.path = "publish.protect",
		.kind = RECIPE_WORD,
		.at = AT(publish.protect),
		.words = protect_words,
		.fallback = "as-is",
		.example = "with-cooldown",
		.help = "Whether the AMI is protected from deregistration; "
			"with-cooldown keeps it so for a day after that was ended.",
	},
	{
		.path = "publish.parameter",
		.kind = RECIPE_TEXT,
		.at = AT(publish.parameter),
		.shown = "none",
		.check = recipe_check_parameter,
		.example = "/images/debian-12",
		.help = "Parameter of SSM that has the AMI's id, in each region.",
	},
	{
		.path = "publish.keep",
		.kind = RECIPE_NUMBER,
		.at = AT(publish.keep),
		.words = all_words,
		.fallback = "all",
		.example = "3",
		.help = "How many AMIs of this name to keep in each region; older "
			"ones are deregistered.",
	},
	{ .path = NULL },
};
/* clang-format on */

const struct recipe_section recipe_sections[] = {
	{ "disk", "The disk: its size, who can boot it, what is on it." },
	{ "lint", "The tree is looked through before a disk is made of it." },
	{ "image", "How the Amazon Machine Image is described and registered." },
	{ "publish", "Where the image goes and who may use it: `amiwright publish "
		     "--recipe` does it." },
	{ NULL, NULL },
};

const char *recipe_arch_name(enum recipe_arch arch)
{
	return arch_words[arch - 1];
}

const char *recipe_boot_mode_name(enum recipe_boot_mode mode)
{
	return mode_words[mode - 1];
}

const char *recipe_imds_name(enum recipe_imds imds)
{
	return imds_words[imds - 1];
}

const char *recipe_root_name(enum recipe_root root)
{
	return root_words[root - 1];
}

const char *recipe_boot_fs_name(enum recipe_boot_fs fs)
{
	return fs == RECIPE_BOOT_FS_NONE ? NULL : boot_fs_words[fs - 1];
}
