/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Disks made by sfdisk, mke2fs, mkfs.fat and qemu-img, opened and looked through.
 */
#include "core/lint.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/proc.h"
#include "base/size.h"
#include "core/lint_checks.h"
#include "unit.h"
#include "unit_lazy_disk.h"

#define RUN(...) run((const char *const[]){ __VA_ARGS__, NULL }, "")
#define FEED(input, ...) run((const char *const[]){ __VA_ARGS__, NULL }, input)

static void run(const char *const *argv, const char *input)
{
	const struct proc_spec spec = {
		.argv = argv, .input = input, .input_bytes = strlen(input)
	};
	struct error err = ERROR_INIT;

	if (proc_run(&spec, NULL, &err) < 0)
		fail_msg("%s\n%s", err.msg, err.output);
}

/* Files of a disk in the scratch directory. */
struct paths {
	char *disk, *root, *boot, *qcow2, *vmdk;
};

static void paths_release(struct paths *p)
{
	free(p->disk);
	free(p->root);
	free(p->boot);
	free(p->qcow2);
	free(p->vmdk);
}

static void make_dir(const char *in, const char *name)
{
	CLEANUP(freep) char *path = path_join(in, name);

	assert_int_equal(mkdir(path, 0755), 0);
}

/* A tree of a root file system, and one of /boot. */
static void make_trees(const char *scratch, struct paths *p)
{
	p->disk = path_join(scratch, "disk");
	p->root = path_join(scratch, "root");
	p->boot = path_join(scratch, "boot");
	p->qcow2 = path_join(scratch, "disk.qcow2");
	p->vmdk = path_join(scratch, "disk.vmdk");
	make_dir(scratch, "root");
	make_dir(scratch, "boot");
	make_dir(p->root, "etc");
	make_dir(p->root, "usr");
	make_dir(p->boot, "grub");
	unit_write_file(p->root, "etc/fstab", "/dev/sda1 / ext4\n");
	unit_write_file(p->boot, "vmlinuz-6.1", "k");
	unit_write_file(p->boot, "grub/grub.cfg", "linux /vmlinuz root=UUID=1 quiet\n");
}

/* GPT: 1 MiB an ESP, then /boot, then the root file system. */
static void make_disk(
	struct paths *p, const char *label, const char *esp, const char *other)
{
	CLEANUP(freep)
	char *script =
		xasprintf("label: %s\n2048 8192 %s\n10240 8192 %s\n18432 16384 %s\n",
			label, esp, other, other);

	RUN("truncate", "-s", "24M", p->disk);
	FEED(script, "sfdisk", "-q", p->disk);
	RUN("mkfs.fat", "--offset=2048", "-F", "12", p->disk, "4096");
	CLEANUP(freep) char *at = xasprintf("%s@@1M", p->disk);
	RUN("mmd", "-i", at, "::/EFI");
	RUN("mke2fs", "-q", "-F", "-t", "ext4", "-E", "offset=5242880", "-d", p->boot,
		p->disk, "4M");
	RUN("mke2fs", "-q", "-F", "-t", "ext4", "-E", "offset=9437184", "-d", p->root,
		p->disk, "8M");
}

static bool finds(const struct lint_report *r, const char *id, const char *path)
{
	for (size_t i = 0; i < r->count; i++)
		if (!strcmp(r->findings[i].check->id, id) &&
			(!path || !strcmp(r->findings[i].path, path)))
			return true;
	return false;
}

static void look(const char *path, struct lint_report *r)
{
	CLEANUP(fd_closep) int fd = -1;
	CLEANUP(lint_subject_releasep) struct lint_subject s = { 0 };
	struct error err = ERROR_INIT;

	if (lint_subject_open(path, &s, &fd, &err) < 0 ||
		lint_run(&s, NULL, 0, r, &err) < 0)
		fail_msg("%s: %s", path, err.msg);
}

/* The same is found when only what is read of the disk is there; *ret_count is how many
 * blocks of a snapshot these are. */
static void assert_same_when_brought(const char *path, size_t *ret_count)
{
	CLEANUP(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	CLEANUP(lint_report_releasep) struct lint_report whole = { 0 }, brought = { 0 };
	CLEANUP(lint_subject_releasep) struct lint_subject s = { 0 };
	struct lazy_disk lazy;
	const struct disk_source source = lazy_disk_open(&lazy, fd, EBS_BLOCK_BYTES);
	struct error err = ERROR_INIT;

	look(path, &whole);
	if (lint_subject_open_disk(&source, lazy.size_bytes, path, &s, &err) < 0 ||
		lint_run(&s, NULL, 0, &brought, &err) < 0)
		fail_msg("%s: %s", path, err.msg);
	assert_int_equal(brought.count, whole.count);
	for (size_t i = 0; i < whole.count; i++) {
		assert_ptr_equal(brought.findings[i].check, whole.findings[i].check);
		assert_string_equal(brought.findings[i].path, whole.findings[i].path);
		assert_string_equal(brought.findings[i].reason, whole.findings[i].reason);
	}
	*ret_count = lazy.count;
	lazy_disk_release(&lazy);
}

static void assert_all_partitions_seen(const char *path)
{
	CLEANUP(lint_report_releasep) struct lint_report r = { 0 };

	look(path, &r);
	assert_true(finds(&r, "fstab-device-name", "/etc/fstab"));
	assert_true(finds(&r, "serial-console", "/boot/grub/grub.cfg"));
	assert_true(finds(&r, "uefi-removable-loader", "/boot/efi/EFI/BOOT"));
	assert_false(finds(&r, "kernel-missing", NULL));
	assert_false(finds(&r, "unclean-file-system", NULL));
}

static void disks_with_three_partitions(void **state)
{
	CLEANUP(freep) char *big = NULL;
	struct paths p;
	size_t count;

	make_trees(*state, &p);
	big = path_join(p.root, "usr/big");
	/* Nobody looks into it: six blocks, which stay where they are. */
	RUN("sh", "-c", "head -c 3M /dev/urandom >\"$0\"", big);
	make_disk(&p, "dos", "ef", "83");
	assert_all_partitions_seen(p.disk);
	assert_same_when_brought(p.disk, &count);
	assert_in_range(count, 3, 14);
	RUN("rm", p.disk);
	make_disk(&p, "gpt", "U", "L");
	assert_all_partitions_seen(p.disk);
	assert_same_when_brought(p.disk, &count);
	assert_in_range(count, 3, 14);
	RUN("qemu-img", "convert", "-O", "qcow2", "-c", p.disk, p.qcow2);
	assert_all_partitions_seen(p.qcow2);
	RUN("qemu-img", "convert", "-O", "vmdk", "-o", "subformat=streamOptimized",
		p.disk, p.vmdk);
	assert_all_partitions_seen(p.vmdk);
	paths_release(&p);
}

static void a_bare_file_system_that_was_not_unmounted(void **state)
{
	CLEANUP(lint_report_releasep) struct lint_report r = { 0 };
	struct paths p;

	make_trees(*state, &p);
	RUN("mke2fs", "-q", "-F", "-t", "ext4", "-d", p.root, p.disk, "8M");
	RUN("debugfs", "-w", "-R", "feature needs_recovery", p.disk);
	look(p.disk, &r);
	assert_true(finds(&r, "unclean-file-system", "/"));
	assert_true(finds(&r, "kernel-missing", "/boot"));
	assert_false(finds(&r, "uefi-removable-loader", NULL));
	paths_release(&p);
}

/* What makes the file system as large as its partition is enough where that is the disk,
 * or grows itself. */
static void growth_depends_on_what_the_root_stands_on(void **state)
{
	static const struct {
		const char *
			type; /* of the partition, with attributes; NULL: there is none */
		const char *fstab;
		bool found;
	} cases[] = {
		{ NULL, "/dev/vda / ext4 x-systemd.growfs\n", false },
		{ NULL, "/dev/vda / ext4 defaults\n", true },
		{ "type=L", "LABEL=r / ext4 x-systemd.growfs\n", true },
		{ "type=L, attrs=\"GUID:59\"", "\n", false },
		{ "type=L, attrs=\"LegacyBIOSBootable GUID:48,59\"", "\n", false },
		{ "type=L, attrs=\"GUID:48,60\"", "\n", true },
	};
	struct paths p;

	make_trees(*state, &p);
	make_dir(p.root, "etc/repart.d");
	make_dir(p.root, "usr/bin");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(lint_report_releasep) struct lint_report r = { 0 };

		unit_write_file(p.root, "etc/fstab", cases[i].fstab);
		unit_write_file(
			p.root, "etc/repart.d/r.conf", i < 3 ? "" : "Type=root\n");
		unit_write_file(p.root, "usr/bin/systemd-repart", "");
		RUN("rm", "-f", p.disk);
		RUN("truncate", "-s", "10M", p.disk);
		if (cases[i].type) {
			CLEANUP(freep)
			char *script =
				xasprintf("label: gpt\nstart=2048, size=16384, %s\n",
					cases[i].type);

			FEED(script, "sfdisk", "-q", p.disk);
		}
		RUN("mke2fs", "-q", "-F", "-t", "ext4", "-E",
			cases[i].type ? "offset=1048576" : "offset=0", "-d", p.root,
			p.disk, "8M");
		look(p.disk, &r);
		if (finds(&r, "root-growth", "/") != cases[i].found)
			fail_msg("case %zu", i);
	}
	paths_release(&p);
}

static void an_xfs_root(void **state)
{
	CLEANUP(lint_report_releasep) struct lint_report r = { 0 };
	CLEANUP(freep) char *proto = path_join(*state, "proto");
	CLEANUP(freep) char *text = NULL;
	struct paths p;
	size_t count;

	make_trees(*state, &p);
	text = xasprintf("/none 0 0 d--755 0 0\nusr d--755 0 0 $\netc d--755 0 0\n"
			 "fstab ---644 0 0 %s/etc/fstab\n$\n$\n",
		p.root);
	unit_write_file(*state, "proto", text);
	RUN("truncate", "-s", "300M", p.disk);
	RUN("mkfs.xfs", "-q", "-p", proto, p.disk);
	look(p.disk, &r);
	assert_true(finds(&r, "fstab-device-name", "/etc/fstab"));
	assert_true(finds(&r, "kernel-missing", "/boot"));
	assert_false(finds(&r, "unclean-file-system", NULL));
	assert_same_when_brought(p.disk, &count);
	paths_release(&p);
}

/* The first root counts; the other is told, and what has no files is not. */
static void what_is_not_looked_at_is_told(void **state)
{
	CLEANUP(lint_report_releasep) struct lint_report r = { 0 };
	struct paths p;

	make_trees(*state, &p);
	RUN("truncate", "-s", "40M", p.disk);
	FEED("label: gpt\n2048 16384 L\n18432 16384 L\n34816 16384 S\n", "sfdisk", "-q",
		p.disk);
	RUN("mke2fs", "-q", "-F", "-t", "ext4", "-E", "offset=1048576", "-d", p.root,
		p.disk, "8M");
	RUN("mke2fs", "-q", "-F", "-t", "ext4", "-E", "offset=9437184", "-d", p.root,
		p.disk, "8M");
	look(p.disk, &r);
	assert_true(finds(&r, "not-looked-at", "/"));
	assert_true(finds(&r, "fstab-device-name", "/etc/fstab"));
	for (size_t i = 0; i < r.count; i++)
		if (!strcmp(r.findings[i].check->id, "not-looked-at"))
			assert_string_equal(r.findings[i].reason,
				"partition 2 (ext4, another root file system) was not "
				"looked at");
	/* /usr is empty, and may be that partition. */
	assert_false(finds(&r, "kernel-missing", NULL));
	paths_release(&p);
}

static void assert_refused(const char *path, enum err_code code, const char *says)
{
	CLEANUP(fd_closep) int fd = -1;
	CLEANUP(lint_subject_releasep) struct lint_subject s = { 0 };
	struct error err = ERROR_INIT;

	if (lint_subject_open(path, &s, &fd, &err) == 0)
		fail_msg("'%s' was taken, which should not be for: %s", path, says);
	unit_assert_error(&err, code, says);
}

static void what_is_no_image_is_refused(void **state)
{
	struct paths p;

	make_trees(*state, &p);
	assert_refused(p.disk, ERR_SYSTEM, "No such file");
	assert_refused(p.boot, ERR_FORMAT, "no root file system");
	RUN("truncate", "-s", "0", p.disk);
	assert_refused(p.disk, ERR_FORMAT, "empty");
	RUN("truncate", "-s", "4M", p.disk);
	assert_refused(p.disk, ERR_FORMAT, "it holds nothing and no partition table");
	RUN("mkfs.fat", p.disk);
	assert_refused(p.disk, ERR_FORMAT, "no root file system");
	RUN("truncate", "-s", "24M", p.disk);
	FEED("label: gpt\n2048 8192 L\n", "sfdisk", "-q", p.disk);
	assert_refused(p.disk, ERR_FORMAT, "partition 1 holds nothing");
	make_disk(&p, "gpt", "U", "L");
	RUN("truncate", "-s", "12M", p.disk);
	assert_refused(p.disk, ERR_FORMAT, "cut off");
	paths_release(&p);
}

static void other_file_systems_are_named(void **state)
{
	struct paths p;

	make_trees(*state, &p);
	unit_write_file(*state, "disk", "LUKS\xba\xbe");
	RUN("truncate", "-s", "8M", p.disk);
	assert_refused(p.disk, ERR_FORMAT, "it holds an encrypted volume (LUKS)");
	paths_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(disks_with_three_partitions),
		SCRATCH_TEST(a_bare_file_system_that_was_not_unmounted),
		SCRATCH_TEST(growth_depends_on_what_the_root_stands_on),
		SCRATCH_TEST(an_xfs_root),
		SCRATCH_TEST(what_is_not_looked_at_is_told),
		SCRATCH_TEST(what_is_no_image_is_refused),
		SCRATCH_TEST(other_file_systems_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
