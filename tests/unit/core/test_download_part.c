/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/download_part.h"

#include <sys/stat.h>

#include "base/size.h"
#include "unit.h"

static const struct download_origin origin = { "snap-1", "here", GIB };
static uint8_t block[EBS_BLOCK_BYTES];
static uint8_t digest[SHA256_BYTES];

/* A block of one byte again and again, and its digest. */
static void make_block(int byte)
{
	struct hash *h = hash_new();

	memset(block, byte, sizeof(block));
	hash_add(h, block, sizeof(block));
	hash_end(h, digest);
	h = hash_free(h);
}

static int try_open(
	void **state, const char *name, struct download_part **ret, struct error *err)
{
	CLEANUP(freep) char *target = path_join(*state, name);

	assert_int_equal(setenv("XDG_STATE_HOME", *state, 1), 0);
	return download_part_open(target, &origin, ret, err);
}

static struct download_part *open_part(void **state, const char *name)
{
	struct download_part *p = NULL;
	struct error err = ERROR_INIT;

	if (try_open(state, name, &p, &err) < 0)
		fail_msg("%s", err.msg);
	return p;
}

static void store(struct download_part *p, uint64_t index, int byte)
{
	struct error err = ERROR_INIT;

	make_block(byte);
	assert_int_equal(download_part_store(p, index, block, digest, &err), 0);
}

static bool has(struct download_part *p, uint64_t index)
{
	struct error err = ERROR_INIT;
	bool has;

	assert_int_equal(download_part_has(p, index, &has, &err), 0);
	return has;
}

static void assert_byte_at(const char *path, uint64_t at, uint8_t byte)
{
	CLEANUP(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t found;

	assert_int_equal(pread(fd, &found, 1, (off_t)at), 1);
	assert_int_equal(found, byte);
}

static void it_goes_on_and_is_finished(void **state)
{
	CLEANUP(freep) char *target = path_join(*state, "disk");
	CLEANUP(freep) char *journals = path_join(*state, "amiwright/downloads");
	struct download_part *p = open_part(state, "disk");
	struct error err = ERROR_INIT;
	struct stat st;

	assert_false(download_part_is_resumed(p));
	assert_false(download_part_is_kept(p));
	assert_false(has(p, 3));
	store(p, 3, 'c');
	store(p, 9, 0);
	assert_true(download_part_is_kept(p));
	p = download_part_free(p);
	assert_false(path_exists(target));
	p = open_part(state, "disk");
	assert_true(download_part_is_resumed(p));
	assert_true(has(p, 3));
	assert_false(has(p, 4));
	assert_true(has(p, 9));
	store(p, 4, 'd');
	assert_int_equal(download_part_finish(p, &err), 0);
	p = download_part_free(p);
	assert_int_equal(stat(target, &st), 0);
	assert_int_equal(st.st_size, GIB);
	assert_in_range(st.st_blocks * 512, 2 * EBS_BLOCK_BYTES, 4 * EBS_BLOCK_BYTES);
	assert_byte_at(target, 4 * EBS_BLOCK_BYTES - 1, 'c');
	assert_byte_at(target, 4 * EBS_BLOCK_BYTES, 'd');
	assert_int_equal(unit_count_entries(journals), 0);
	assert_int_equal(unit_count_entries(*state), 2);
}

static void what_was_lost_is_not_there(void **state)
{
	struct download_part *p = open_part(state, "disk");
	CLEANUP(freep) char *path = xstrdup(download_part_path(p));
	CLEANUP(fd_closep) int fd = open(path, O_WRONLY | O_CLOEXEC);

	store(p, 3, 'c');
	store(p, 5, 'e');
	p = download_part_free(p);
	assert_int_equal(pwrite(fd, "x", 1, 3 * EBS_BLOCK_BYTES + 7), 1);
	p = open_part(state, "disk");
	assert_false(has(p, 3));
	assert_true(has(p, 5));
	/* Where something was written, zeros have to be. */
	store(p, 3, 0);
	assert_byte_at(path, 3 * EBS_BLOCK_BYTES + 7, 0);
	p = download_part_free(p);
	/* Without its file, or with one of another size, a journal says nothing. */
	assert_int_equal(ftruncate(fd, 1000), 0);
	p = open_part(state, "disk");
	assert_false(download_part_is_resumed(p));
	store(p, 3, 'c');
	p = download_part_free(p);
	assert_int_equal(unlink(path), 0);
	p = open_part(state, "disk");
	assert_false(download_part_is_resumed(p));
	p = download_part_free(p);
}

static void nothing_is_left_without_a_block(void **state)
{
	CLEANUP(freep) char *journals = path_join(*state, "amiwright/downloads");
	struct download_part *p = open_part(state, "disk");

	p = download_part_free(p);
	assert_int_equal(unit_count_entries(journals), 0);
	assert_int_equal(unit_count_entries(*state), 1);
}

static void the_second_is_refused(void **state)
{
	CLEANUP(download_part_freep) struct download_part *p = open_part(state, "disk");
	struct download_part *second = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(try_open(state, "disk", &second, &err), -1);
	unit_assert_error(&err, ERR_TARGET, "another amiwright is downloading");
	assert_int_equal(try_open(state, "./disk", &second, &err), -1);
	assert_true(path_exists(download_part_path(p)));
}

static void targets_are_files(void **state)
{
	static const struct {
		const char *name;
		enum err_code code;
		const char *message;
	} cases[] = {
		{ ".", ERR_TARGET, "is not a regular file" },
		{ "pipe", ERR_TARGET, "is not a regular file" },
		{ "dangling", ERR_TARGET, "symbolic link to nothing" },
		{ "new/", ERR_TARGET, "not a file's name" },
		{ "no/such", ERR_SYSTEM, "find the directory" },
		/* Their unfinished files are not ours. */
		{ "linked", ERR_SYSTEM, "create '" },
		{ "shared", ERR_TARGET, "not the unfinished download" },
	};
	CLEANUP(freep) char *pipe = path_join(*state, "pipe");
	CLEANUP(freep) char *dangling = path_join(*state, "dangling");
	CLEANUP(freep) char *other = path_join(*state, "other");
	CLEANUP(freep) char *linked = path_join(*state, ".linked.snap-1.part");
	CLEANUP(freep) char *shared = path_join(*state, ".shared.snap-1.part");

	assert_int_equal(mkfifo(pipe, 0600), 0);
	assert_int_equal(symlink("nothing", dangling), 0);
	unit_write_file(*state, "other", "precious");
	assert_int_equal(symlink("other", linked), 0);
	assert_int_equal(link(other, shared), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct download_part *p = NULL;
		struct error err = ERROR_INIT;

		if (try_open(state, cases[i].name, &p, &err) == 0)
			fail_msg("not refused: %s", cases[i].name);
		unit_assert_error(&err, cases[i].code, cases[i].message);
	}
	assert_byte_at(other, 7, 's');
}

static void a_link_leads_to_its_file(void **state)
{
	CLEANUP(freep) char *name = path_join(*state, "link");
	CLEANUP(freep) char *target = path_join(*state, "disk");
	CLEANUP(download_part_freep) struct download_part *p = NULL;
	struct error err = ERROR_INIT;
	struct stat st;

	unit_write_file(*state, "disk", "old");
	assert_int_equal(symlink("disk", name), 0);
	p = open_part(state, "link");
	assert_int_equal(download_part_finish(p, &err), 0);
	assert_int_equal(lstat(name, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(lstat(target, &st), 0);
	assert_int_equal(st.st_size, GIB);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(it_goes_on_and_is_finished),
		SCRATCH_TEST(what_was_lost_is_not_there),
		SCRATCH_TEST(nothing_is_left_without_a_block),
		SCRATCH_TEST(the_second_is_refused),
		SCRATCH_TEST(targets_are_files),
		SCRATCH_TEST(a_link_leads_to_its_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
