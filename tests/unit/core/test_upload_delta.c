/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/upload_delta.h"

#include <signal.h>

#include "aws/ebs.h"
#include "service_support.h"
#include "unit.h"

/* A parent without a block: what the disk has is what differs. */
static const char script[] = "{\"answers\": [{\"body\": \"{\\\"VolumeSize\\\": 1, "
			     "\\\"Blocks\\\": []}\"}]}";

static void blocks_that_differ_are_found(void **state)
{
	static const uint64_t blocks[] = { 0, 63, 64, 200, 2047 };
	CLEANUP(freep) char *path = path_join(*state, "disk");
	CLEANUP(fd_closep) int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	CLEANUP(upload_source_freep) struct upload_source *source = NULL;
	CLEANUP(service_releasep) struct service s = { 0 };
	CLEANUP(block_list_freep) struct block_list *parent = NULL;
	struct upload_delta *d = NULL;
	struct error err = ERROR_INIT;
	uint64_t index = 0;

	assert_int_equal(pwrite(fd, "\0", 1, 5 * EBS_BLOCK_BYTES), 1);
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++)
		assert_int_equal(
			pwrite(fd, "x", 1, (off_t)(blocks[i] * EBS_BLOCK_BYTES)), 1);
	service_start(&s, *state, script);
	if (upload_source_open(path, NULL, &source, &err) < 0 ||
		block_list_open(s.ebs, "snap-1", &parent, &err) < 0 ||
		upload_delta_find(s.ebs, parent, source, GIB, NULL, &d, &err) < 0)
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++) {
		assert_true(upload_delta_seek(d, &index));
		assert_int_equal(index, blocks[i]);
		index++;
	}
	assert_false(upload_delta_seek(d, &index));
	d = upload_delta_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(blocks_that_differ_are_found),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
