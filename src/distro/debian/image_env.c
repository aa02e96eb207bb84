/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/image_env.h"

#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"

static void add(struct strv *env, const char *name, const char *value)
{
	strv_addf(env, "%s=%s", name, value ? value : "");
}

/* How /etc/fstab names a file system: the first field, fstab(5). */
static void add_source(struct strv *env, const char *name, const struct distro_spec *spec,
	const char *label, const char *uuid)
{
	strv_addf(env, "%s=%s=%s", name, spec->fstab_by_uuid ? "UUID" : "LABEL",
		spec->fstab_by_uuid ? uuid : label);
}

static const char *yes_no(bool b)
{
	return b ? "yes" : "no";
}

void debian_image_env(const struct distro_spec *spec,
	const struct debian_mirrors *mirrors, const char *keyring, int64_t epoch_s,
	struct strv *env)
{
	CLEANUP(strbuf_releasep) struct strbuf sources = STRBUF_INIT;
	CLEANUP(debian_mirrors_releasep) struct debian_mirrors image = { 0 };
	const struct debian_arch *arch = debian_arch_find(spec->arch);
	bool amd64 = !strcmp(arch->debian_name, "amd64");

	debian_mirrors_for_image(mirrors, spec->mirror != NULL, &image);
	debian_sources_format(&image, spec->release, keyring, &sources);
	add(env, "IMAGE_AGENT",
		spec->agent == DISTRO_AGENT_CLOUD_INIT ? "cloud-init" : "ec2-init");
	add(env, "IMAGE_ARCH", arch->debian_name);
	add(env, "IMAGE_BIOS", yes_no(spec->bios && amd64));
	add(env, "IMAGE_BOOT_FS", spec->boot_fs);
	add(env, "IMAGE_BOOT_UUID", spec->boot_fs ? spec->boot_uuid : NULL);
	add(env, "IMAGE_EFI_PLATFORM", amd64 ? "x86_64-efi" : "arm64-efi");
	add_source(env, "IMAGE_ESP_SOURCE", spec, spec->esp_label, spec->esp_uuid);
	add(env, "IMAGE_HOSTNAME", spec->hostname);
	add(env, "IMAGE_INIT", debian_init_name(debian_init_find(spec->packages)));
	add(env, "IMAGE_KERNEL_ARGS", spec->kernel_args);
	add(env, "IMAGE_LOADER_DIR", "/" DEBIAN_LOADER_DIR);
	add(env, "IMAGE_LOCALE", spec->locale);
	add(env, "IMAGE_ROOT_FS", spec->root_fs);
	add(env, "IMAGE_ROOT_HASH", spec->root_password_hash);
	if (spec->boot_fs)
		add_source(env, "IMAGE_BOOT_SOURCE", spec, spec->boot_label,
			spec->boot_uuid);
	if (spec->swap)
		add_source(env, "IMAGE_SWAP_SOURCE", spec, spec->swap_label,
			spec->swap_uuid);
	add_source(env, "IMAGE_ROOT_SOURCE", spec, spec->root_label, spec->root_uuid);
	add(env, "IMAGE_ROOT_UUID", spec->root_uuid);
	add(env, "IMAGE_SOURCES", sources.data);
	add(env, "IMAGE_UEFI", yes_no(spec->uefi));
	add(env, "IMAGE_USER", spec->user);
	strv_addf(env, "IMAGE_BOOT_PARTITION=%u", spec->boot_partition);
	strv_addf(env, "IMAGE_ROOT_PARTITION=%u", spec->root_partition);
	strv_addf(env, "SOURCE_DATE_EPOCH=%" PRId64, epoch_s);
}
