/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"
#include "disk/device_use.h"

/* The devices of a world in a scratch directory: a disk 8:0 with partitions 8:1 and 8:2,
 * the second of which may be held. */
static bool fake_block_device_at(const char *path, dev_t *ret)
{
	static const struct {
		const char *path;
		unsigned int minor;
	} devices[] = { { "/dev/sda", 0 }, { "/dev/sda1", 1 }, { "/dev/sda 2", 2 },
		{ "/dev/sdb", 16 } };

	for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
		if (strcmp(path, devices[i].path) != 0)
			continue;
		*ret = makedev(8, devices[i].minor);
		return true;
	}
	return false;
}

static void put(const char *dir, const char *name, const char *text)
{
	CLEANUP(freep) char *path = path_join(dir, name);
	CLEANUP(freep) char *parent = path_dirname(path);
	struct error err = ERROR_INIT;

	assert_ok(path_make_dirs(parent, 0700, &err), &err);
	assert_ok(file_write_all(path, text, strlen(text), 0600, &err), &err);
}

static void make_sysfs(struct scratch *s, const char *holder)
{
	CLEANUP(freep) char *disk = scratch_path(s, "sys/dev/block/8:0");
	CLEANUP(freep) char *second = scratch_path(s, "sys/dev/block/8:2");

	put(disk, "dev", "8:0\n");
	put(disk, "queue/rotational", "0\n");
	put(disk, "sda1/partition", "1\n");
	put(disk, "sda1/dev", "8:1\n");
	put(disk, "sda2/partition", "2\n");
	put(disk, "sda2/dev", "8:2\n");
	if (holder)
		put(second, holder, "");
}

static int check(
	struct scratch *s, const char *mountinfo, const char *swaps, struct error *err)
{
	CLEANUP(freep) char *sysfs = scratch_path(s, "sys");
	CLEANUP(freep) char *mounts = scratch_path(s, "mountinfo");
	CLEANUP(freep) char *swap = scratch_path(s, "swaps");
	const struct device_world w = { .sysfs = sysfs,
		.mountinfo = mounts,
		.swaps = swap,
		.block_device_at = fake_block_device_at };

	put(s->dir, "mountinfo", mountinfo);
	if (swaps)
		put(s->dir, "swaps", swaps);
	return device_check_unused(&w, "/dev/sda", makedev(8, 0), err);
}

struct use_case {
	const char *mountinfo, *swaps, *holder;
	enum err_code code; /* ERR_NONE: unused */
	const char *says;
};

#define ROOT "22 1 8:17 / / rw,relatime shared:1 - ext4 /dev/sdb1 rw\n"
#define SWAPS "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"

static const struct use_case use_cases[] = {
	{ ROOT, SWAPS, NULL, ERR_NONE, NULL },
	{ ROOT, NULL, NULL, ERR_NONE, NULL }, /* a kernel without swap */
	{ ROOT "30 22 8:0 / /mnt rw - ext4 /dev/sda rw\n", SWAPS, NULL, ERR_TARGET,
		"mounted at '/mnt'" },
	{ ROOT "30 22 8:2 /sub /mnt\\040x rw shared:9 master:1 - ext4 none rw\n", SWAPS,
		NULL, ERR_TARGET, "mounted at '/mnt x'" },
	/* Btrfs: a number of its own, told by the source. */
	{ ROOT "31 22 0:44 / /data rw - btrfs /dev/sda1 rw,ssd\n", SWAPS, NULL,
		ERR_TARGET, "mounted at '/data'" },
	{ ROOT "31 22 0:44 / /data rw - btrfs /dev/sda\\0402 rw,ssd\n", SWAPS, NULL,
		ERR_TARGET, "mounted at '/data'" },
	{ ROOT, SWAPS "/dev/sdb                                partition\t8\t0\t-2\n",
		NULL, ERR_NONE, NULL },
	{ ROOT, SWAPS "/dev/sda1                               partition\t8\t0\t-2\n",
		NULL, ERR_TARGET, "swap space in use ('/dev/sda1')" },
	{ ROOT, SWAPS "/dev/sda\\0402  partition\t8\t0\t-2\n", NULL, ERR_TARGET,
		"swapoff" },
	{ ROOT, SWAPS, "holders/dm-0", ERR_TARGET, "part of the device 'dm-0'" },
	/* What is not understood is no leave to overwrite. */
	{ ROOT "garbage\n", SWAPS, NULL, ERR_FORMAT, "not understood" },
	{ ROOT "30 22 8:0x / /mnt rw - ext4 /dev/sda rw\n", SWAPS, NULL, ERR_FORMAT,
		"not understood" },
	{ ROOT "30 22 8:0 / /mnt rw ext4 /dev/sda rw\n", SWAPS, NULL, ERR_FORMAT,
		"not understood" },
	{ ROOT "30 22 8:0 / - ext4 /dev/sda rw\n", SWAPS, NULL, ERR_FORMAT,
		"not understood" },
};

static void test_uses(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(use_cases); i++) {
		const struct use_case *c = &use_cases[i];
		void *scratch = NULL;
		struct error err = ERROR_INIT;
		int r;

		assert_int_equal(scratch_setup(&scratch), 0);
		make_sysfs(scratch, c->holder);
		r = check(scratch, c->mountinfo, c->swaps, &err);
		assert_int_equal(r, c->code ? -1 : 0);
		assert_int_equal(err.code, c->code);
		if (c->says)
			assert_contains(err.msg, c->says);
		assert_int_equal(scratch_teardown(&scratch), 0);
	}
}

static void test_unknown_device(void **state)
{
	struct scratch *s = *state;
	struct error err = ERROR_INIT;

	assert_int_equal(check(s, ROOT, SWAPS, &err), -1);
	assert_int_equal(err.code, ERR_SYSTEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uses),
		cmocka_unit_test_setup_teardown(
			test_unknown_device, scratch_setup, scratch_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
