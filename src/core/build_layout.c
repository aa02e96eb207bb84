/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/build_layout.h"

#include <stdio.h>

/* Of file systems and swap, as blkid(8) shows them. */
static const char root_label[] = "root", boot_label[] = "boot", swap_label[] = "swap";

static uint32_t esp_volume_id(const struct recipe *r)
{
	uint8_t uuid[UUID_BYTES];

	identity_uuid(r, "efi volume", uuid);
	return (uint32_t)uuid[0] << 24 | (uint32_t)uuid[1] << 16 |
	       (uint32_t)uuid[2] << 8 | uuid[3];
}

static void text_uuid(
	const struct recipe *r, const char *purpose, char ret[static UUID_CHARS + 1])
{
	uint8_t uuid[UUID_BYTES];

	identity_uuid(r, purpose, uuid);
	uuid_format(uuid, ret);
}

bool build_has_boot_partition(const struct recipe *r)
{
	return r->disk.boot_fs != RECIPE_BOOT_FS_NONE;
}

void tree_spec_init(struct tree_spec *s, const struct recipe *r)
{
	const uint32_t volume_id = esp_volume_id(r);
	const bool boot = build_has_boot_partition(r);

	text_uuid(r, "root", s->root_uuid);
	text_uuid(r, "boot", s->boot_uuid);
	text_uuid(r, "swap", s->swap_uuid);
	(void)snprintf(s->esp_uuid, sizeof(s->esp_uuid), "%04X-%04X", volume_id >> 16,
		volume_id & 0xffff);
	s->distro = recipe_distro_spec(r);
	s->distro.root_label = root_label;
	s->distro.esp_label = LAYOUT_ESP_LABEL;
	s->distro.boot_label = boot_label;
	s->distro.swap_label = swap_label;
	s->distro.root_uuid = s->root_uuid;
	s->distro.boot_uuid = s->boot_uuid;
	s->distro.swap_uuid = s->swap_uuid;
	s->distro.root_partition = layout_root_partition(boot, s->distro.swap);
	s->distro.boot_partition =
		boot ? LAYOUT_BOOT_PARTITION : s->distro.root_partition;
	s->distro.esp_uuid = s->esp_uuid;
	s->distro.fstab_by_uuid = r->disk.fstab == RECIPE_FSTAB_UUID;
}

static struct file_system_spec root_spec(
	const struct recipe *r, const struct build_content *content)
{
	struct file_system_spec spec = {
		.kind = r->disk.root == RECIPE_ROOT_XFS ? FILE_SYSTEM_XFS
							: FILE_SYSTEM_EXT4,
		.tree = content->root,
		.free_bytes = r->disk.free_bytes,
		.label = root_label,
		.time_s = content->epoch_s,
		.like = content->like,
	};

	identity_uuid(r, "root", spec.uuid);
	identity_uuid(r, "directory hashes", spec.hash_seed);
	return spec;
}

static struct file_system_spec boot_spec(
	const struct recipe *r, const struct build_content *content)
{
	struct file_system_spec spec = {
		.kind = r->disk.boot_fs == RECIPE_BOOT_FS_EXT2 ? FILE_SYSTEM_EXT2
							       : FILE_SYSTEM_EXT4,
		.tree = content->boot,
		.size_bytes = r->disk.boot_bytes,
		.label = boot_label,
		.time_s = content->epoch_s,
	};

	if (!content->boot)
		return (struct file_system_spec){ .kind = FILE_SYSTEM_NONE };
	identity_uuid(r, "boot", spec.uuid);
	identity_uuid(r, "directory hashes of boot", spec.hash_seed);
	return spec;
}

int build_lay_out(const struct recipe *r, const struct build_content *content,
	struct blockmap **ret, struct error *err)
{
	struct layout_spec spec = {
		.arch = r->arch == RECIPE_ARCH_ARM64 ? LAYOUT_ARM64 : LAYOUT_X86_64,
		.size_bytes = r->disk.size_bytes,
		.root = root_spec(r, content),
		.boot = boot_spec(r, content),
		.swap_bytes = r->disk.swap_bytes,
		.swap_label = swap_label,
		.loader = content->loader,
		.time_s = content->epoch_s,
		.esp_volume_id = esp_volume_id(r),
	};
	identity_uuid(r, "disk", spec.disk_uuid);
	identity_uuid(r, "bios partition", spec.bios_uuid);
	identity_uuid(r, "efi partition", spec.esp_uuid);
	identity_uuid(r, "boot partition", spec.boot_partition_uuid);
	identity_uuid(r, "swap partition", spec.swap_partition_uuid);
	identity_uuid(r, "swap", spec.swap_uuid);
	identity_uuid(r, "root partition", spec.root_partition_uuid);
	return layout_disk(&spec, ret, err);
}
