/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/map_digests.h"

#include "disk/sink.h"
#include "unit.h"

static void add(struct blockmap *m, uint64_t offset_bytes, size_t length_bytes, int byte)
{
	void *bytes = xmalloc(length_bytes);

	memset(bytes, byte, length_bytes);
	blockmap_add_memory(m, offset_bytes, bytes, length_bytes);
}

/* Of the same disk in a file: what is short at its end, and what is zero though the map
 * does not know it, too. */
static void they_are_those_of_the_file(void **state)
{
	static const struct {
		uint64_t size_bytes, offset_bytes;
		size_t length_bytes;
		int byte;
		uint64_t blocks;
	} cases[] = {
		{ 3 * EBS_BLOCK_BYTES, 0, 1, 'a', 1 },
		{ 3 * EBS_BLOCK_BYTES, EBS_BLOCK_BYTES - 1, 2, 'b', 2 },
		{ 9 * EBS_BLOCK_BYTES + 100, 9 * EBS_BLOCK_BYTES, 100, 'c', 1 },
		{ 9 * EBS_BLOCK_BYTES + 100, 5 * EBS_BLOCK_BYTES, 4096, 0, 0 },
		{ 4096, 0, 4096, 'd', 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(blockmap_freep)
		struct blockmap *m = blockmap_new(cases[i].size_bytes);
		CLEANUP(map_digests_freep) struct map_digests *d = NULL;
		CLEANUP(freep) char *path = xasprintf("%s/%zu", (char *)*state, i);
		CLEANUP(fd_closep)
		int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
		CLEANUP(sink_freep) struct sink *sink = sink_file_new(fd, path);
		struct disk_digests of_map, of_file;
		struct error err = ERROR_INIT;

		add(m, cases[i].offset_bytes, cases[i].length_bytes, cases[i].byte);
		if (blockmap_seal(m, &err) < 0 || sink_write(sink, m, NULL, &err) < 0 ||
			hash_disk(fd, path, cases[i].size_bytes, &of_file, &err) < 0 ||
			map_digests_begin(m, &d, &err) < 0 ||
			map_digests_end(d, &of_map, &err) < 0 ||
			map_digests_end(d, &of_map, &err) < 0)
			fail_msg("%s", err.msg);
		assert_string_equal(of_map.sha256, of_file.sha256);
		assert_string_equal(of_map.linear, of_file.linear);
		assert_int_equal(of_map.blocks, cases[i].blocks);
	}
}

static void they_can_be_given_up(void **state)
{
	CLEANUP(blockmap_freep) struct blockmap *m = blockmap_new(64 * GIB);
	struct map_digests *d = NULL;
	struct error err = ERROR_INIT;

	(void)state;
	add(m, 64 * GIB - 1, 1, 'x');
	assert_int_equal(blockmap_seal(m, &err), 0);
	assert_int_equal(map_digests_begin(m, &d, &err), 0);
	/* It is not read to its end: that would take minutes. */
	d = map_digests_free(d);
	assert_null(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(they_are_those_of_the_file),
		cmocka_unit_test(they_can_be_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
