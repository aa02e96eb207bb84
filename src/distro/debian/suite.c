/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/suite.h"

#include <string.h>

#include "base/cleanup.h"

static const struct debian_release releases[] = {
	{ .name = "trixie" },
	{ .name = "bookworm", .usr_package = "usr-is-merged" },
};

static const struct debian_arch arches[] = {
	{ .name = "x86_64", .debian_name = "amd64", .qemu_name = "x86_64" },
	{ .name = "arm64", .debian_name = "arm64", .qemu_name = "aarch64" },
};

const char *const debian_release_names[] = { "trixie", "bookworm", NULL };
const char *const debian_arch_names[] = { "x86_64", "arm64", NULL };

const struct debian_arch *debian_arch_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(arches); i++)
		if (!strcmp(arches[i].name, name))
			return &arches[i];
	return NULL;
}

const struct debian_release *debian_release_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(releases); i++)
		if (!strcmp(releases[i].name, name))
			return &releases[i];
	return NULL;
}

const char *const *debian_usr_links(const struct debian_arch *arch)
{
	static const char *const amd64[] = { "bin", "sbin", "lib", "lib64", NULL };
	static const char *const other[] = { "bin", "sbin", "lib", NULL };

	return !strcmp(arch->debian_name, "amd64") ? amd64 : other;
}

static const struct {
	const char *package;
	enum debian_init init;
} init_packages[] = {
	{ "openrc", DEBIAN_OPENRC },
	{ "runit-init", DEBIAN_RUNIT },
};

static bool is_package(const char *item, const char *name)
{
	size_t length = strlen(name);

	return !strncmp(item, name, length) &&
	       (item[length] == '\0' || item[length] == '=');
}

enum debian_init debian_init_find(const struct strv *packages)
{
	for (size_t i = 0; packages && i < packages->count; i++)
		for (size_t j = 0; j < ARRAY_SIZE(init_packages); j++)
			if (is_package(packages->items[i], init_packages[j].package))
				return init_packages[j].init;
	return DEBIAN_SYSTEMD;
}

const char *debian_init_name(enum debian_init init)
{
	static const char *const names[] = { [DEBIAN_SYSTEMD] = "systemd",
		[DEBIAN_OPENRC] = "openrc",
		[DEBIAN_RUNIT] = "runit" };

	return names[init];
}

/* A machine that boots and has ssh; no more. */
static const char *const base_packages[] = {
	"apt",
	"ca-certificates",
	"e2fsprogs",
	"initramfs-tools",
	"iproute2",
	"iputils-ping",
	"kmod",
	"less",
	"netbase",
	"openssh-server",
	"procps",
	"sudo",
	"tzdata",
	"udev",
	"zstd", /* initramfs-tools compresses with it where it is there */
	"grub2-common",
	NULL,
};

/* The first process, a network, names, a clock, and an end when the power button says so.
 */
static const char *const systemd_packages[] = { "dbus", "libpam-systemd",
	"systemd-resolved", "systemd-sysv", "systemd-timesyncd", NULL };
static const char *const openrc_packages[] = { "acpi-support-base", "chrony", "dhcpcd",
	"openrc", "sysvinit-core", NULL };
/* Its first stage runs the scripts that sysv-rc puts in order. */
static const char *const runit_packages[] = { "acpi-support-base", "chrony", "dhcpcd",
	"runit-init", "sysv-rc", NULL };

static const char *const *const packages_of_init[] = {
	[DEBIAN_SYSTEMD] = systemd_packages,
	[DEBIAN_OPENRC] = openrc_packages,
	[DEBIAN_RUNIT] = runit_packages,
};

/* growpart moves the partition's end with sfdisk, out of the package fdisk. */
static const char *const cloud_init_packages[] = {
	"cloud-guest-utils",
	"cloud-init",
	"fdisk",
	NULL,
};

void debian_base_packages(const struct distro_spec *spec, const struct debian_arch *arch,
	struct strv *packages)
{
	bool amd64 = !strcmp(arch->debian_name, "amd64");

	strv_addf(packages, "linux-image-cloud-%s", arch->debian_name);
	strv_add_all(packages, base_packages);
	strv_add_all(packages, packages_of_init[debian_init_find(spec->packages)]);
	/* For xfs_growfs, and what the initramfs takes along. */
	if (!strcmp(spec->root_fs, "xfs"))
		strv_add(packages, "xfsprogs");
	if (spec->bios && amd64)
		strv_add(packages, "grub-pc-bin");
	if (spec->uefi)
		strv_addf(packages, "grub-efi-%s-bin", arch->debian_name);
	if (spec->agent == DISTRO_AGENT_CLOUD_INIT)
		strv_add_all(packages, cloud_init_packages);
	/* C.UTF-8 is part of libc; other locales are generated. */
	if (strcmp(spec->locale, "C.UTF-8") != 0 && strcmp(spec->locale, "C") != 0 &&
		strcmp(spec->locale, "POSIX") != 0)
		strv_add(packages, "locales");
}

void debian_packages(const struct distro_spec *spec, const struct debian_arch *arch,
	struct strv *packages)
{
	debian_base_packages(spec, arch, packages);
	for (size_t i = 0; spec->packages && i < spec->packages->count; i++)
		if (!strv_contains(packages, spec->packages->items[i]))
			strv_add(packages, spec->packages->items[i]);
}
