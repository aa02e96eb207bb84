/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/tree_room.h"

#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/vfs.h>

#include "base/sandbox.h"
#include "base/size.h"
#include "unit.h"

/* What is asked for, and what is to come of it. */
struct scene {
	const char *dir;
	bool on_disk;
	uint64_t needed_bytes, free_bytes;
	bool in_memory;
};

/* Of how many bytes it is; 0: it is no file system of its own. */
static uint64_t memory_at(const char *dir)
{
	struct statfs fs;

	if (statfs(dir, &fs) < 0 || fs.f_type != TMPFS_MAGIC)
		return 0;
	return fs.f_blocks * (uint64_t)fs.f_bsize;
}

static int wrong(const char *what, struct error *err)
{
	return error_set(err, ERR_FORMAT, 0, "%s", what);
}

static int write_in(const char *dir, size_t length_bytes, struct error *err)
{
	CLEANUP(freep) char *path = path_join(dir, "file");
	CLEANUP(freep) char *bytes = xcalloc(1, length_bytes);

	return file_write_all(path, bytes, length_bytes, 0600, err);
}

static int open_and_close(
	void *userdata, struct progress *p, struct strbuf *result, struct error *err)
{
	const struct scene *s = userdata;
	const uint64_t before_bytes = memory_at(s->dir);
	struct tree_room room = { .dir = s->dir, .on_disk = s->on_disk };
	struct error full = ERROR_INIT;

	(void)p;
	(void)result;
	if (tree_room_open(&room, s->needed_bytes, s->free_bytes, err) < 0 ||
		write_in(s->dir, MIB, err) < 0)
		return -1;
	if (room.in_memory != s->in_memory)
		return wrong("it is not where it should be", err);
	if (memory_at(s->dir) != (s->in_memory ? s->free_bytes / 2 : before_bytes))
		return wrong("there is not as much room as there should be", err);
	if (s->in_memory && (write_in(s->dir, s->free_bytes / 2 + 1, &full) == 0 ||
				    full.code != ERR_SPACE))
		return wrong("more than half of the memory is taken", err);
	if (tree_room_close(&room, err) < 0)
		return -1;
	if (unit_count_entries(s->dir) != 0 || memory_at(s->dir) != before_bytes)
		return wrong("something is left", err);
	return 0;
}

/* The scratch directory may be in memory itself. */
static int on_another_file_system(
	void *userdata, struct progress *p, struct strbuf *result, struct error *err)
{
	struct scene s = *(const struct scene *)userdata;
	CLEANUP(freep) char *dir = path_join(s.dir, "room");

	if (mount("ramfs", s.dir, "ramfs", 0, NULL) < 0)
		return error_errno(err, "mount");
	s.dir = dir;
	if (path_make_dirs(dir, 0755, err) < 0)
		return -1;
	return open_and_close(&s, p, result, err);
}

static void run(const char *dir, struct scene s)
{
	struct error err = ERROR_INIT;

	s.dir = dir;
	if (sandbox_run(on_another_file_system, &s, NULL, NULL, &err) < 0)
		fail_msg("%s", err.msg);
}

static void half_of_the_memory_is_taken_when_it_is_enough(void **state)
{
	run(*state, (struct scene){ .needed_bytes = 4 * MIB,
			    .free_bytes = 8 * MIB,
			    .in_memory = true });
	run(*state, (struct scene){ .needed_bytes = 4 * MIB + 1, .free_bytes = 8 * MIB });
}

static void who_wants_the_disk_gets_it(void **state)
{
	run(*state,
		(struct scene){
			.on_disk = true, .needed_bytes = MIB, .free_bytes = 8 * MIB });
}

static int in_memory_already(
	void *userdata, struct progress *p, struct strbuf *result, struct error *err)
{
	CLEANUP(freep) char *dir = path_join(userdata, "room");
	struct tree_room outer = { .dir = userdata };
	struct scene s = { .dir = dir, .needed_bytes = MIB, .free_bytes = 8 * MIB };

	if (tree_room_open(&outer, MIB, 16 * MIB, err) < 0 ||
		path_make_dirs(dir, 0755, err) < 0)
		return -1;
	return open_and_close(&s, p, result, err);
}

static void what_is_in_memory_stays_where_it_is(void **state)
{
	struct error err = ERROR_INIT;

	if (sandbox_run(in_memory_already, *state, NULL, NULL, &err) < 0)
		fail_msg("%s", err.msg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(half_of_the_memory_is_taken_when_it_is_enough),
		SCRATCH_TEST(who_wants_the_disk_gets_it),
		SCRATCH_TEST(what_is_in_memory_stays_where_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
