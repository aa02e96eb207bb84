/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/ext4_places.h"

#include "ext4_images.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/size.h"

/* Longer than what an inode has room for. */
#define LONG_TARGET                                       \
	"a/target/of/more/than/sixty/characters/needs/a/" \
	"block/of/its/own"

/* The bytes of a file system, and where it has what. */
struct made {
	char *bytes;
	size_t length;
	struct ext4_places *places;
};

static void made_release(struct made *m)
{
	ext4_places_free(m->places);
	free(m->bytes);
}

/* A tree without files, to add to. */
static void begin_anew(struct scratch *s)
{
	const int fd = open(s->tree_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_return_code(fd, 0);
	filetree_free(s->tree);
	s->tree = filetree_new(fd, true);
}

/* What one tree has that another has not; NULL: nothing. */
struct change {
	const char *without, *added, *longer;
};

/* Two hundred files of up to nine blocks, in no order of age. */
static void make_tree(struct scratch *s, const struct change *change)
{
	enum { FILES = 200, MOST_BYTES = 9 * 4096 };
	char content[MOST_BYTES + 4096];

	begin_anew(s);
	for (size_t i = 0; i < FILES; i++) {
		CLEANUP(freep) char *name = xasprintf("%zu", i);
		size_t length = 1 + i * 3701 % MOST_BYTES;
		struct filetree_node n;

		if (change->without && !strcmp(name, change->without))
			continue;
		if (change->longer && !strcmp(name, change->longer))
			length += 4096;
		memset(content, (int)('a' + i % 26), sizeof(content));
		n = tree_file(s, name, content, length);
		n.mtime_s += (int64_t)(i * 7919 % FILES);
		tree_add(s, n);
	}
	if (change->added) {
		memset(content, '+', sizeof(content));
		tree_add(s, tree_file(s, change->added, content, sizeof(content)));
	}
	tree_add(s, tree_symlink("slow", LONG_TARGET));
	tree_seal(s);
}

static struct made make_of(struct scratch *s, const struct ext4_spec *spec)
{
	CLEANUP(freep) char *image = ext4_make_checked(s, spec);
	CLEANUP(fd_closep) int fd = open(image, O_RDONLY | O_CLOEXEC);
	struct made m = { 0 };
	struct error err = ERROR_INIT;

	m.bytes = read_file(image, &m.length);
	assert_ok(ext4_places_read(&DISK_SOURCE(fd), image, 0, m.length, &m.places, &err),
		&err);
	return m;
}

/* A file that is so many blocks long, and so many seconds younger than others. */
static void tree_add_blocks(
	struct scratch *s, const char *name, int number, size_t blocks, int younger_s)
{
	CLEANUP(freep) char *full = xasprintf("%s-%d", name, number);
	CLEANUP(freep) char *content = xmalloc(blocks * 4096);
	struct filetree_node n;

	memset(content, 'x', blocks * 4096);
	n = tree_file(s, full, content, blocks * 4096);
	n.mtime_s += younger_s;
	tree_add(s, n);
}

static void tree_add_empty(struct scratch *s, int number)
{
	CLEANUP(freep) char *name = xasprintf("%d", number);

	tree_add(s, tree_file(s, name, "", 0));
}

/* A file system of that tree, whose blocks stay where `like` has them. */
static struct made make(struct scratch *s, const struct change *change,
	const struct ext4_places *like, uint64_t size_bytes)
{
	struct ext4_spec spec = ext4_spec_for(s);

	make_tree(s, change);
	spec.tree = s->tree;
	spec.like = like;
	spec.size_bytes = size_bytes;
	spec.free_bytes = MIB;
	return make_of(s, &spec);
}

static size_t blocks_that_differ(const struct made *a, const struct made *b)
{
	size_t differ = 0;

	assert_int_equal(a->length, b->length);
	for (size_t at = 0; at < a->length; at += 4096)
		differ += memcmp(a->bytes + at, b->bytes + at, 4096) != 0;
	return differ;
}

static void like_itself_is_the_same(void **state)
{
	const struct change nothing = { 0 };
	CLEANUP(made_release) struct made a = make(*state, &nothing, NULL, 0);
	CLEANUP(made_release) struct made b = make(*state, &nothing, a.places, 0);

	assert_int_equal(blocks_that_differ(&a, &b), 0);
}

/*
 * Superblock, group descriptors, two bitmaps, the directory, one block of inodes for each
 * that is another; and contents.
 */
static void what_has_not_changed_stays(void **state)
{
	enum { TABLES = 5 };
	static const struct change nothing = { 0 };
	static const struct {
		struct change change;
		size_t differ_most;
	} cases[] = {
		{ { .without = "17" }, TABLES + 1 + 8 },
		{ { .added = "a-new-one" }, TABLES + 1 + 10 },
		{ { .longer = "17" }, TABLES + 1 + 8 + 9 },
		{ { .without = "17", .added = "170a" }, TABLES + 1 + 8 + 10 },
	};
	CLEANUP(made_release) struct made a = make(*state, &nothing, NULL, 0);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(made_release)
		struct made b = make(*state, &cases[i].change, a.places, 0);
		CLEANUP(made_release)
		struct made anew = make(*state, &cases[i].change, NULL, a.length);
		const size_t differ = blocks_that_differ(&a, &b);

		assert_in_range(differ, 3, cases[i].differ_most);
		/* Else there would be nothing to show. */
		assert_true(blocks_that_differ(&a, &anew) > 5 * differ);
	}
}

/* Only to be told: gaps of what is gone are too small for what is new. */
static void a_disk_without_room_is_laid_out_anew(void **state)
{
	static const struct change few = { .without = "17" }, more = { .added = "new" };
	struct scratch *s = *state;
	struct ext4_spec spec = ext4_spec_for(s);
	struct error err = ERROR_INIT;
	uint64_t least;

	make_tree(s, &more);
	spec.tree = s->tree;
	assert_ok(ext4_smallest_bytes(&spec, &least, &err), &err);
	{
		CLEANUP(made_release) struct made a = make(s, &few, NULL, least);
		CLEANUP(made_release) struct made b = make(s, &more, a.places, least);

		assert_int_equal(b.length, least);
	}
}

/* A file system of another size, or one that lies about whose its blocks are: what is
 * made is whole all the same, which e2fsck has seen. */
static void what_does_not_fit_is_left(void **state)
{
	static const struct change nothing = { 0 };
	CLEANUP(made_release) struct made large = make(*state, &nothing, NULL, GIB);
	CLEANUP(made_release) struct made small = make(*state, &nothing, large.places, 0);
	CLEANUP(made_release)
	struct made back = make(*state, &nothing, small.places, GIB);

	assert_int_equal(back.length, GIB);
	assert_in_range(small.length, 8 * MIB, 64 * MIB);
}

/* Of a tree much smaller than the parent's, the tables are no longer than it needs. */
static void numbers_do_not_stay_far_apart(void **state)
{
	enum { BEFORE = 3000, AFTER = 1000 };
	struct scratch *s = *state;
	struct ext4_spec spec = ext4_spec_for(s);
	CLEANUP(made_release) struct made a = { 0 };
	CLEANUP(made_release) struct made b = { 0 };

	for (int i = 0; i < BEFORE; i++)
		tree_add_empty(s, i);
	tree_seal(s);
	spec.tree = s->tree;
	a = make_of(s, &spec);
	begin_anew(s);
	for (int i = BEFORE - AFTER; i < BEFORE; i++)
		tree_add_empty(s, i);
	tree_seal(s);
	spec.tree = s->tree;
	spec.like = a.places;
	b = make_of(s, &spec);
	for (int i = BEFORE - AFTER; i < BEFORE; i++) {
		CLEANUP(freep) char *name = xasprintf("%d", i);
		struct ext4_place place;

		assert_true(ext4_places_find(b.places, name, &place));
		assert_in_range(place.inode, 12, 12 + AFTER + AFTER / 8);
	}
}

/* Three hundred holes of one block, two large ones, and a file larger than either. */
static void a_large_file_is_in_few_pieces(void **state)
{
	enum { SMALL = 600, MIB_BLOCKS = 256 };
	struct scratch *s = *state;
	struct ext4_spec spec = ext4_spec_for(s);
	CLEANUP(made_release) struct made a = { 0 };
	CLEANUP(made_release) struct made b = { 0 };
	struct ext4_place place;
	struct error err = ERROR_INIT;

	for (int i = 0; i < SMALL; i++)
		tree_add_blocks(s, "small", i, 1, 0);
	tree_add_blocks(s, "middle", 0, 2 * MIB_BLOCKS, 1);
	tree_add_blocks(s, "last", 0, 1, 2);
	tree_seal(s);
	spec.tree = s->tree;
	assert_ok(ext4_smallest_bytes(&spec, &spec.size_bytes, &err), &err);
	spec.size_bytes += 3 * MIB;
	a = make_of(s, &spec);
	begin_anew(s);
	for (int i = 0; i < SMALL; i += 2)
		tree_add_blocks(s, "small", i, 1, 0);
	tree_add_blocks(s, "last", 0, 1, 2);
	tree_add_blocks(s, "large", 0, 9 * MIB_BLOCKS / 2, 3);
	tree_seal(s);
	spec.tree = s->tree;
	spec.like = a.places;
	b = make_of(s, &spec);
	assert_true(ext4_places_find(b.places, "large-0", &place));
	assert_in_range(place.extent_count, 2, 16);
}

/* Each byte of the tables that may lie does, one after the other. */
static void lies_cost_no_more_than_the_likeness(void **state)
{
	enum { ROUNDS = 30 };
	static const struct change nothing = { 0 };
	struct scratch *s = *state;
	CLEANUP(made_release) struct made a = make(s, &nothing, NULL, 0);
	CLEANUP(freep) char *image = scratch_path(s, "lies.img");
	size_t read = 0;

	for (uint32_t seed = 1; seed <= ROUNDS; seed++) {
		CLEANUP(ext4_places_freep) struct ext4_places *places = NULL;
		CLEANUP(fd_closep) int fd = -1;
		struct error err = ERROR_INIT;
		/* Behind the superblock, which has a checksum; most are in inodes. */
		const size_t at = 8192 + seed * 2654435761U % (a.length / 8);
		char byte = a.bytes[at];

		a.bytes[at] = (char)(seed * 37);
		assert_ok(file_write_all(image, a.bytes, a.length, 0600, &err), &err);
		a.bytes[at] = byte;
		fd = open(image, O_RDONLY | O_CLOEXEC);
		if (ext4_places_read(
			    &DISK_SOURCE(fd), image, 0, a.length, &places, &err) < 0) {
			assert_int_equal(err.code, ERR_FORMAT);
			continue;
		}
		read++;
		{
			CLEANUP(made_release)
			struct made b = make(s, &nothing, places, a.length);

			assert_int_equal(b.length, a.length);
		}
	}
	assert_true(read > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(like_itself_is_the_same),
		SCRATCH_TEST(what_has_not_changed_stays),
		SCRATCH_TEST(a_disk_without_room_is_laid_out_anew),
		SCRATCH_TEST(what_does_not_fit_is_left),
		SCRATCH_TEST(numbers_do_not_stay_far_apart),
		SCRATCH_TEST(a_large_file_is_in_few_pieces),
		SCRATCH_TEST(lies_cost_no_more_than_the_likeness),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
