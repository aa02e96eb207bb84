/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/memory.h"

#include <sys/stat.h>

#include "base/size.h"
#include "unit.h"

static const char meminfo[] = "MemTotal:        8000000 kB\nMemFree:         1000 kB\n"
			      "MemAvailable:    4000000 kB\n";

static uint64_t available(void)
{
	return memory_available_below("proc", "groups");
}

static void make_files(const char *scratch)
{
	assert_int_equal(chdir(scratch), 0);
	assert_int_equal(mkdir("proc", 0700), 0);
	assert_int_equal(mkdir("proc/self", 0700), 0);
	assert_int_equal(mkdir("groups", 0700), 0);
	assert_int_equal(mkdir("groups/ci", 0700), 0);
	assert_int_equal(mkdir("groups/ci/job", 0700), 0);
	unit_write_file(scratch, "proc/meminfo", meminfo);
	unit_write_file(scratch, "proc/self/cgroup", "1:name=x:/\n0::/ci/job\n");
}

static void the_least_of_all_limits_counts(void **state)
{
	make_files(*state);
	assert_int_equal(available(), 4000000 * KIB);
	unit_write_file(*state, "groups/ci/job/memory.max", "max\n");
	unit_write_file(*state, "groups/ci/job/memory.current", "1000\n");
	assert_int_equal(available(), 4000000 * KIB);
	/* A limit above it, of which file pages can be had back. */
	unit_write_file(*state, "groups/ci/memory.max", "1000000\n");
	unit_write_file(*state, "groups/ci/memory.current", "900000\n");
	assert_int_equal(available(), 100000);
	unit_write_file(*state, "groups/ci/memory.stat",
		"anon 5\nactive_file 7\ninactive_file 300000\n");
	assert_int_equal(available(), 400000);
	unit_write_file(*state, "groups/ci/memory.current", "2000000\n");
	assert_int_equal(available(), 0);
	/* The least one. */
	unit_write_file(*state, "groups/ci/memory.max", "9000000000\n");
	unit_write_file(*state, "groups/ci/job/memory.max", "5000\n");
	assert_int_equal(available(), 4000);
}

static void what_cannot_be_read_is_not_guessed(void **state)
{
	make_files(*state);
	unit_write_file(*state, "proc/self/cgroup", "4:memory:/old\n");
	assert_int_equal(available(), 4000000 * KIB);
	unit_write_file(*state, "proc/meminfo", "MemTotal: 1 kB\n");
	assert_int_equal(available(), 0);
	assert_int_equal(memory_available_below("none", "none"), 0);
	assert_true(memory_available_bytes() > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(the_least_of_all_limits_counts),
		SCRATCH_TEST(what_cannot_be_read_is_not_guessed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
