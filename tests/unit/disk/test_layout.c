/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/size.h"
#include "disk/layout.h"

enum { CORE_BYTES = 30000, EFI_BYTES = 700000 };

static void add_bios(struct loader_images *l)
{
	uint8_t *boot = xcalloc(1, 512), *core = xmalloc(CORE_BYTES);

	fill_pattern(boot, 440, 1);
	boot[510] = 0x55;
	boot[511] = 0xaa;
	fill_pattern(core, CORE_BYTES, 2);
	core[508] = (CORE_BYTES + 511) / 512 - 1;
	core[509] = 0;
	l->bios_boot = boot;
	l->bios_boot_bytes = 512;
	l->bios_core = core;
	l->bios_core_bytes = CORE_BYTES;
}

static void add_efi(struct loader_images *l, const char *name)
{
	l->efi = xmalloc(EFI_BYTES);
	l->efi_bytes = EFI_BYTES;
	fill_pattern(l->efi, EFI_BYTES, 3);
	(void)snprintf(l->efi_name, sizeof(l->efi_name), "%s", name);
}

static struct layout_spec spec_for(const struct scratch *s, const struct loader_images *l)
{
	return (struct layout_spec){
		.arch = LAYOUT_X86_64,
		.root = { .kind = FILE_SYSTEM_EXT4,
			.tree = s->tree,
			.label = "root",
			.uuid = { 5 },
			.time_s = 1700000000 },
		.loader = l,
		.time_s = 1700000000,
		.disk_uuid = { 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x46, 0x17, 0x98, 0x19,
			0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f },
		.bios_uuid = { 0xb1, 0x05 },
		.esp_uuid = { 0xe5, 0x90 },
		.root_partition_uuid = { 0x70, 0x07 },
		.esp_volume_id = 0xcafef00d,
	};
}

static char *make_disk(struct scratch *s, const struct layout_spec *spec)
{
	CLEANUP(blockmap_freep) struct blockmap *m = NULL;
	struct error err = ERROR_INIT;

	assert_ok(layout_disk(spec, &m, &err), &err);
	assert_int_equal(blockmap_size_bytes(m) % MIB, 0);
	return write_map(s, m, "disk.img");
}

/* `length` bytes of the disk at `offset`, as a file of their own. */
static char *cut(struct scratch *s, const char *disk, uint64_t offset, uint64_t length)
{
	char *path = scratch_path(s, "part.img");
	CLEANUP(freep) char *from = xasprintf("if=%s", disk);
	CLEANUP(freep) char *to = xasprintf("of=%s", path);
	CLEANUP(freep) char *skip = xasprintf("skip=%u", (unsigned int)(offset / MIB));
	CLEANUP(freep) char *count = xasprintf("count=%u", (unsigned int)(length / MIB));

	free(TOOL("dd", from, to, "bs=1M", skip, count, "conv=sparse"));
	return path;
}

static void check_root(struct scratch *s, const char *disk, uint64_t start, uint64_t end)
{
	CLEANUP(freep) char *part = cut(s, disk, start, end - start);
	CLEANUP(freep) char *content = NULL;

	free(TOOL("e2fsck", "-fn", part));
	content = TOOL("debugfs", "-R", "cat /file", part);
	assert_contains(content, "content of the file");
	assert_return_code(unlink(part), 0);
}

static void check_esp(struct scratch *s, const char *disk, const char *efi_name)
{
	CLEANUP(freep) char *part = cut(s, disk, MIB, 72 * MIB);
	CLEANUP(freep) char *from = xasprintf("::EFI/BOOT/%s", efi_name);
	CLEANUP(freep) char *to = scratch_path(s, "efi");
	CLEANUP(freep) char *bytes = NULL;
	uint8_t expected[EFI_BYTES];
	size_t length;

	free(TOOL("fsck.vfat", "-n", part));
	free(TOOL("mcopy", "-n", "-i", part, from, to));
	bytes = read_file(to, &length);
	fill_pattern(expected, EFI_BYTES, 3);
	assert_int_equal(length, EFI_BYTES);
	assert_memory_equal(bytes, expected, EFI_BYTES);
	assert_return_code(unlink(to), 0);
}

static void check_verified(const char *disk)
{
	CLEANUP(freep) char *output = TOOL("sfdisk", "--verify", disk);

	assert_contains(output, "No errors detected.");
	assert_null(strstr(output, "backup"));
}

static void test_bios_and_uefi(void **state)
{
	static const char *const expected[] = {
		"label-id: 10111213-1415-4617-9819-1A1B1C1D1E1F\n",
		"disk.img1 : start=          40, size=        2008, "
		"type=21686148-6449-6E6F-744E-656564454649, "
		"uuid=B1050000-0000-0000-0000-000000000000, name=\"BIOS boot\"\n",
		"disk.img2 : start=        2048, size=      147456, "
		"type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, "
		"uuid=E5900000-0000-0000-0000-000000000000, name=\"EFI System\"\n",
		"disk.img3 : start=      149504, size=      174080, "
		"type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709, "
		"uuid=70070000-0000-0000-0000-000000000000, name=\"root\"\n",
	};
	struct scratch *s = *state;
	CLEANUP(loader_images_releasep) struct loader_images l = { 0 };
	struct layout_spec spec;
	CLEANUP(freep) char *disk = NULL;
	CLEANUP(freep) char *table = NULL;
	CLEANUP(freep) char *bytes = NULL;
	size_t length;

	add_bios(&l);
	add_efi(&l, "BOOTX64.EFI");
	tree_add(s, tree_file(s, "file", "content of the file", 19));
	tree_seal(s);
	spec = spec_for(s, &l);
	spec.size_bytes = 159 * MIB - 5; /* rounded up */
	disk = make_disk(s, &spec);
	check_verified(disk);
	table = TOOL("sfdisk", "-d", disk);
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_contains(table, expected[i]);
	check_esp(s, disk, "BOOTX64.EFI");
	check_root(s, disk, 73 * MIB, 158 * MIB);
	bytes = read_file(disk, &length);
	assert_int_equal(length, 159 * MIB);
	/* boot.img, but for what is patched; the protective MBR's entry; core.img. */
	assert_memory_equal(bytes, l.bios_boot, 0x5c);
	assert_memory_equal(bytes + 0x68, (char *)l.bios_boot + 0x68, 440 - 0x68);
	assert_int_equal((uint8_t)bytes[0x1c2], 0xee);
	assert_memory_equal(bytes + 20 * KIB, l.bios_core, 500);
	assert_memory_equal(
		bytes + 20 * KIB + 512, (char *)l.bios_core + 512, CORE_BYTES - 512);
}

static void test_uefi_only_arm64_fits(void **state)
{
	struct scratch *s = *state;
	CLEANUP(loader_images_releasep) struct loader_images l = { 0 };
	struct layout_spec spec;
	CLEANUP(freep) char *disk = NULL;
	CLEANUP(freep) char *table = NULL;

	add_efi(&l, "BOOTAA64.EFI");
	tree_add(s, tree_file(s, "file", "content of the file", 19));
	tree_seal(s);
	spec = spec_for(s, &l);
	spec.arch = LAYOUT_ARM64;
	spec.root.free_bytes = 20 * MIB;
	disk = make_disk(s, &spec);
	check_verified(disk);
	table = TOOL("sfdisk", "-d", disk);
	assert_contains(table, "disk.img2 : start=        2048, size=      147456");
	assert_contains(table, "disk.img3 : start=      149504");
	assert_contains(table, "type=B921B045-1DF0-41C3-AF44-4C6F280D3FAE");
	assert_null(strstr(table, "disk.img1"));
	check_esp(s, disk, "BOOTAA64.EFI");
}

static void test_no_loader(void **state)
{
	struct scratch *s = *state;
	struct layout_spec spec;
	CLEANUP(freep) char *disk = NULL;
	CLEANUP(freep) char *table = NULL;

	tree_add(s, tree_file(s, "file", "content of the file", 19));
	tree_seal(s);
	spec = spec_for(s, NULL);
	spec.size_bytes = 100 * MIB;
	disk = make_disk(s, &spec);
	check_verified(disk);
	table = TOOL("sfdisk", "-d", disk);
	assert_contains(table, "disk.img3 : start=        2048, size=      200704");
	check_root(s, disk, MIB, 99 * MIB);
}

/* The tree of /boot: a file, in a directory of its own. */
static struct filetree *boot_tree(const struct scratch *s)
{
	CLEANUP(freep) char *dir = scratch_path(s, "boot");
	CLEANUP(freep) char *file = scratch_path(s, "boot/kernel");
	struct filetree_node n = {
		.path = xstrdup("kernel"), .mode = S_IFREG | 0644, .size_bytes = 6
	};
	struct error err = ERROR_INIT;
	struct filetree *t;

	assert_return_code(mkdir(dir, 0700), 0);
	assert_ok(file_write_all(file, "kernel", 6, 0600, &err), &err);
	t = filetree_new(open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), true);
	filetree_add(t, &n);
	assert_ok(filetree_seal(t, &err), &err);
	return t;
}

static void check_boot_and_swap(struct scratch *s, const char *disk)
{
	CLEANUP(freep) char *boot = cut(s, disk, 73 * MIB, 40 * MIB);
	CLEANUP(freep) char *content = NULL;
	CLEANUP(freep) char *about = NULL;
	CLEANUP(freep) char *swap = NULL;

	free(TOOL("e2fsck", "-fn", boot));
	content = TOOL("debugfs", "-R", "cat /kernel", boot);
	assert_contains(content, "kernel");
	assert_return_code(unlink(boot), 0);
	swap = cut(s, disk, 113 * MIB, 20 * MIB);
	about = TOOL("blkid", "-p", swap);
	assert_contains(about, "LABEL=\"swap\"");
	assert_contains(about, "TYPE=\"swap\"");
	assert_return_code(unlink(swap), 0);
}

static void check_xfs_root(
	struct scratch *s, const char *disk, uint64_t start, uint64_t end)
{
	CLEANUP(freep) char *part = cut(s, disk, start, end - start);
	CLEANUP(freep) char *original = scratch_path(s, "tree/file");

	free(TOOL("xfs_repair", "-n", "-f", part));
	free(TOOL("grub-fstest", part, "cmp", "(loop0)/file", original));
}

static void test_boot_swap_and_xfs(void **state)
{
	static const char *const expected[] = {
		"disk.img3 : start=      149504, size=       81920, "
		"type=0FC63DAF-8483-4772-8E79-3D69D8477DE4, "
		"uuid=B0000000-0000-0000-0000-000000000000, name=\"boot\"\n",
		"disk.img4 : start=      231424, size=       40960, "
		"type=0657FD6D-A4AB-43C4-84E5-0933C84B4F4F, "
		"uuid=5A000000-0000-0000-0000-000000000000, name=\"swap\"\n",
		"disk.img5 : start=      272384, size=      614400, "
		"type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709, "
		"uuid=70070000-0000-0000-0000-000000000000, name=\"root\"\n",
	};
	struct scratch *s = *state;
	CLEANUP(loader_images_releasep) struct loader_images l = { 0 };
	CLEANUP(filetree_freep) struct filetree *boot = boot_tree(s);
	struct layout_spec spec;
	CLEANUP(freep) char *disk = NULL;
	CLEANUP(freep) char *table = NULL;

	add_bios(&l);
	add_efi(&l, "BOOTX64.EFI");
	tree_add(s, tree_file(s, "file", "content of the file", 19));
	tree_seal(s);
	spec = spec_for(s, &l);
	spec.root.kind = FILE_SYSTEM_XFS;
	spec.boot = (struct file_system_spec){ .kind = FILE_SYSTEM_EXT2,
		.tree = boot,
		.size_bytes = 40 * MIB - 5,
		.label = "boot",
		.time_s = 1700000000 };
	spec.boot_partition_uuid[0] = 0xb0;
	spec.swap_bytes = 20 * MIB - 5;
	spec.swap_label = "swap";
	spec.swap_partition_uuid[0] = 0x5a;
	disk = make_disk(s, &spec);
	check_verified(disk);
	table = TOOL("sfdisk", "-d", disk);
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_contains(table, expected[i]);
	check_boot_and_swap(s, disk);
	check_xfs_root(s, disk, 133 * MIB, 433 * MIB);
}

static void test_boot_too_small(void **state)
{
	struct scratch *s = *state;
	CLEANUP(filetree_freep) struct filetree *boot = boot_tree(s);
	struct layout_spec spec;
	struct blockmap *m = NULL;
	struct error err = ERROR_INIT;

	tree_seal(s);
	spec = spec_for(s, NULL);
	spec.boot = (struct file_system_spec){ .kind = FILE_SYSTEM_EXT4,
		.tree = boot,
		.size_bytes = 3 * MIB,
		.label = "boot",
		.time_s = 1 };
	assert_int_equal(layout_disk(&spec, &m, &err), -1);
	assert_int_equal(err.code, ERR_SPACE);
	assert_contains(err.msg, "/boot: its content needs at least ");
	assert_contains(err.msg, "and it has 3 MiB");
	assert_null(m);
}

static void test_too_small(void **state)
{
	static const uint64_t sizes[] = { 1, 3 * MIB, 73 * MIB, 74 * MIB, 77 * MIB };
	struct scratch *s = *state;
	CLEANUP(loader_images_releasep) struct loader_images l = { 0 };
	struct layout_spec spec;

	add_bios(&l);
	add_efi(&l, "BOOTX64.EFI");
	tree_seal(s);
	spec = spec_for(s, &l);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct blockmap *m = NULL;
		struct error err = ERROR_INIT;
		unsigned int least;

		spec.size_bytes = sizes[i];
		assert_int_equal(layout_disk(&spec, &m, &err), -1);
		assert_int_equal(err.code, ERR_SPACE);
		assert_null(m);
		/* What it says is enough is enough, and the least. */
		assert_non_null(strstr(err.msg, "at least "));
		least = (unsigned int)strtoul(
			strstr(err.msg, "at least ") + strlen("at least "), NULL, 10);
		spec.size_bytes = (uint64_t)least * MIB;
		assert_ok(layout_disk(&spec, &m, &err), &err);
		m = blockmap_free(m);
		spec.size_bytes -= MIB;
		assert_int_equal(layout_disk(&spec, &m, &err), -1);
	}
}

static void test_same_bytes_each_time(void **state)
{
	struct scratch *s = *state;
	CLEANUP(loader_images_releasep) struct loader_images l = { 0 };
	CLEANUP(blockmap_freep) struct blockmap *a = NULL;
	CLEANUP(blockmap_freep) struct blockmap *b = NULL;
	CLEANUP(freep) uint8_t *bytes_a = NULL;
	CLEANUP(freep) uint8_t *bytes_b = NULL;
	struct error err = ERROR_INIT;
	struct layout_spec spec;

	add_bios(&l);
	add_efi(&l, "BOOTX64.EFI");
	tree_add(s, tree_file(s, "file", "content of the file", 19));
	tree_seal(s);
	spec = spec_for(s, &l);
	assert_ok(layout_disk(&spec, &a, &err), &err);
	assert_ok(layout_disk(&spec, &b, &err), &err);
	bytes_a = read_map(a);
	bytes_b = read_map(b);
	assert_int_equal(blockmap_size_bytes(a), blockmap_size_bytes(b));
	assert_memory_equal(bytes_a, bytes_b, blockmap_size_bytes(a));
}

static void test_core_image_too_large(void **state)
{
	struct scratch *s = *state;
	CLEANUP(loader_images_releasep) struct loader_images l = { 0 };
	struct layout_spec spec;
	struct blockmap *m = NULL;
	struct error err = ERROR_INIT;

	add_bios(&l);
	l.bios_core = xreallocarray(l.bios_core, 1, MIB + 1);
	l.bios_core_bytes = MIB + 1;
	tree_seal(s);
	spec = spec_for(s, &l);
	assert_int_equal(layout_disk(&spec, &m, &err), -1);
	assert_int_equal(err.code, ERR_SPACE);
	assert_contains(err.msg, "core.img");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_bios_and_uefi),
		SCRATCH_TEST(test_uefi_only_arm64_fits),
		SCRATCH_TEST(test_no_loader),
		SCRATCH_TEST(test_boot_swap_and_xfs),
		SCRATCH_TEST(test_boot_too_small),
		SCRATCH_TEST(test_too_small),
		SCRATCH_TEST(test_same_bytes_each_time),
		SCRATCH_TEST(test_core_image_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
