/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/layout.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/size.h"
#include "disk/fat.h"
#include "disk/gpt.h"
#include "disk/grub.h"
#include "disk/swap.h"

/* Types of the partitions: UEFI 2.10, GRUB's manual, the Discoverable Partitions Spec. */
static const char type_bios_boot[] = "21686148-6449-6E6F-744E-656564454649";
static const char type_efi[] = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B";
static const char type_linux[] = "0FC63DAF-8483-4772-8E79-3D69D8477DE4";
static const char type_swap[] = "0657FD6D-A4AB-43C4-84E5-0933C84B4F4F";
static const char *const type_root[] = {
	[LAYOUT_X86_64] = "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709",
	[LAYOUT_ARM64] = "B921B045-1DF0-41C3-AF44-4C6F280D3FAE",
};

/* Behind the table, which ends at 17 KiB: so both are in one block of EBS. */
#define BIOS_START_BYTES (20 * KIB)
#define BIOS_BYTES (MIB - BIOS_START_BYTES)
#define ESP_START_BYTES MIB
#define ESP_USUAL_BYTES (72 * MIB) /* FAT32 with clusters of 1 KiB */
#define TAIL_BYTES \
	MIB /* the backup table, and what keeps the root's end at a whole MiB */

/* Where things stand; zero sizes: not there. */
struct places {
	uint64_t esp_bytes;
	uint64_t boot_start_bytes, boot_bytes;
	uint64_t swap_start_bytes, swap_bytes;
	uint64_t root_start_bytes;
	uint64_t root_bytes;
};

void loader_images_release(struct loader_images *l)
{
	free(l->bios_boot);
	free(l->bios_core);
	free(l->efi);
	*l = (struct loader_images){ 0 };
}

static bool has_bios(const struct layout_spec *spec)
{
	return spec->loader && spec->loader->bios_boot && spec->loader->bios_core;
}

static bool has_efi(const struct layout_spec *spec)
{
	return spec->loader && spec->loader->efi;
}

static struct places places_before_root(
	const struct layout_spec *spec, const struct fat_file *efi)
{
	struct places p = { 0 };

	if (has_efi(spec))
		p.esp_bytes = fat_size_for(efi, 1, ESP_USUAL_BYTES);
	if (spec->boot.kind)
		p.boot_bytes = round_up(spec->boot.size_bytes, MIB);
	p.swap_bytes = round_up(spec->swap_bytes, MIB);
	p.boot_start_bytes = ESP_START_BYTES + p.esp_bytes;
	p.swap_start_bytes = p.boot_start_bytes + p.boot_bytes;
	p.root_start_bytes = p.swap_start_bytes + p.swap_bytes;
	return p;
}

static int disk_too_small(
	const struct layout_spec *spec, const struct places *p, struct error *err)
{
	uint64_t least;

	if (file_system_smallest_bytes(&spec->root, &least, err) < 0)
		return -1;
	return error_set(err, ERR_SPACE, 0,
		"lay out the disk: %" PRIu64
		" MiB are too few for its content; it needs at least "
		"%" PRIu64 " MiB",
		spec->size_bytes / MIB, (p->root_start_bytes + least + TAIL_BYTES) / MIB);
}

static int layout_root(const struct layout_spec *spec, struct places *p,
	struct blockmap **ret, struct error *err)
{
	const uint64_t around = p->root_start_bytes + TAIL_BYTES;
	const uint64_t disk = round_up(spec->size_bytes, MIB);
	struct file_system_spec root = spec->root;

	if (spec->size_bytes && disk <= around)
		return disk_too_small(spec, p, err);
	root.size_bytes = spec->size_bytes ? disk - around : 0;
	if (file_system_layout(&root, ret, err) < 0)
		return err->code == ERR_SPACE && spec->size_bytes
			       ? disk_too_small(spec, p, err)
			       : -1;
	p->root_bytes = blockmap_size_bytes(*ret);
	return 0;
}

static int add_boot(const struct layout_spec *spec, const struct places *p,
	struct blockmap *disk, struct error *err)
{
	struct file_system_spec boot = spec->boot;
	struct blockmap *m;
	uint64_t least;

	if (boot.kind == FILE_SYSTEM_NONE)
		return 0;
	boot.size_bytes = p->boot_bytes;
	if (file_system_smallest_bytes(&boot, &least, err) < 0)
		return error_context(err, "lay out the partition of /boot");
	if (least > boot.size_bytes)
		return error_set(err, ERR_SPACE, 0,
			"lay out the partition of /boot: its content needs at least "
			"%" PRIu64 " MiB, and it has %" PRIu64 " MiB",
			least / MIB, boot.size_bytes / MIB);
	if (file_system_layout(&boot, &m, err) < 0)
		return error_context(err, "lay out the partition of /boot");
	blockmap_add_map(disk, p->boot_start_bytes, m);
	return 0;
}

static int add_swap(const struct layout_spec *spec, const struct places *p,
	struct blockmap *disk, struct error *err)
{
	struct swap_spec swap = {
		.size_bytes = p->swap_bytes,
		.label = spec->swap_label,
	};
	struct blockmap *m;

	if (p->swap_bytes == 0)
		return 0;
	memcpy(swap.uuid, spec->swap_uuid, sizeof(swap.uuid));
	if (swap_layout(&swap, &m, err) < 0)
		return -1;
	blockmap_add_map(disk, p->swap_start_bytes, m);
	return 0;
}

static int add_esp(const struct layout_spec *spec, const struct places *p,
	const struct fat_file *efi, struct blockmap *disk, struct error *err)
{
	const struct fat_spec fat = {
		.size_bytes = p->esp_bytes,
		.label = LAYOUT_ESP_LABEL,
		.volume_id = spec->esp_volume_id,
		.time_s = spec->time_s,
		.files = efi,
		.file_count = 1,
	};
	struct blockmap *esp;

	if (p->esp_bytes == 0)
		return 0;
	if (fat_layout(&fat, &esp, err) < 0)
		return -1;
	blockmap_add_map(disk, ESP_START_BYTES, esp);
	return 0;
}

static int add_tables(const struct layout_spec *spec, const struct places *p,
	struct blockmap *disk, uint8_t mbr[GPT_SECTOR_BYTES], struct error *err)
{
	struct gpt_partition partitions[LAYOUT_PARTITIONS_MOST];
	size_t count = 0;

	if (has_bios(spec))
		partitions[count++] = (struct gpt_partition){ LAYOUT_BIOS_PARTITION,
			BIOS_START_BYTES, BIOS_BYTES, type_bios_boot, spec->bios_uuid,
			"BIOS boot" };
	if (p->esp_bytes)
		partitions[count++] =
			(struct gpt_partition){ LAYOUT_ESP_PARTITION, ESP_START_BYTES,
				p->esp_bytes, type_efi, spec->esp_uuid, "EFI System" };
	if (p->boot_bytes)
		partitions[count++] = (struct gpt_partition){ LAYOUT_BOOT_PARTITION,
			p->boot_start_bytes, p->boot_bytes, type_linux,
			spec->boot_partition_uuid, "boot" };
	if (p->swap_bytes)
		partitions[count++] =
			(struct gpt_partition){ layout_swap_partition(p->boot_bytes),
				p->swap_start_bytes, p->swap_bytes, type_swap,
				spec->swap_partition_uuid, "swap" };
	partitions[count++] = (struct gpt_partition){
		layout_root_partition(p->boot_bytes, p->swap_bytes), p->root_start_bytes,
		p->root_bytes, type_root[spec->arch], spec->root_partition_uuid, "root"
	};
	return gpt_layout(spec->disk_uuid, partitions, count, disk, mbr, err);
}

/* boot.img into the MBR, core.img into its partition. */
static int add_bios_loader(const struct layout_spec *spec, struct blockmap *disk,
	uint8_t mbr[GPT_SECTOR_BYTES], struct error *err)
{
	const struct loader_images *l = spec->loader;
	CLEANUP(freep) uint8_t *core = NULL;
	const uint64_t sector = BIOS_START_BYTES / GPT_SECTOR_BYTES;

	if (!has_bios(spec))
		return 0;
	if (l->bios_core_bytes > BIOS_BYTES)
		return error_set(err, ERR_SPACE, 0,
			"GRUB's core.img (%zu bytes) does not fit into the BIOS boot "
			"partition of %" PRIu64 " KiB; put fewer modules into it",
			l->bios_core_bytes, BIOS_BYTES / KIB);
	core = xmemdup(l->bios_core, l->bios_core_bytes);
	if (grub_patch_boot(mbr, l->bios_boot, l->bios_boot_bytes, sector, err) < 0 ||
		grub_patch_core(core, l->bios_core_bytes, sector, err) < 0)
		return -1;
	blockmap_add_memory(disk, BIOS_START_BYTES, TAKE_PTR(core), l->bios_core_bytes);
	return 0;
}

static int add_around_root(const struct layout_spec *spec, const struct places *p,
	const struct fat_file *efi, struct blockmap *disk, struct error *err)
{
	uint8_t mbr[GPT_SECTOR_BYTES];

	if (add_tables(spec, p, disk, mbr, err) < 0 ||
		add_bios_loader(spec, disk, mbr, err) < 0 ||
		add_esp(spec, p, efi, disk, err) < 0 ||
		add_boot(spec, p, disk, err) < 0 || add_swap(spec, p, disk, err) < 0)
		return -1;
	blockmap_add_memory(disk, 0, xmemdup(mbr, sizeof(mbr)), sizeof(mbr));
	return 0;
}

int layout_disk(const struct layout_spec *spec, struct blockmap **ret, struct error *err)
{
	CLEANUP(blockmap_freep) struct blockmap *disk = NULL;
	CLEANUP(freep) char *efi_path = NULL;
	struct fat_file efi = { 0 };
	struct blockmap *root;
	struct places p;

	if (has_efi(spec)) {
		efi_path = xasprintf("EFI/BOOT/%s", spec->loader->efi_name);
		efi = (struct fat_file){ efi_path, spec->loader->efi,
			spec->loader->efi_bytes };
	}
	p = places_before_root(spec, &efi);
	if (layout_root(spec, &p, &root, err) < 0)
		return -1;
	disk = blockmap_new(p.root_start_bytes + p.root_bytes + TAIL_BYTES);
	blockmap_add_map(disk, p.root_start_bytes, root);
	if (add_around_root(spec, &p, &efi, disk, err) < 0 ||
		blockmap_seal(disk, err) < 0)
		return -1;
	*ret = TAKE_PTR(disk);
	return 0;
}
