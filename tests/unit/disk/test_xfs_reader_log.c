/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Logs of every age, judged by xfs_logprint too. */
#include <fcntl.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "xfs_images.h"

static void assert_clean(const char *image, bool clean)
{
	CLEANUP(fd_closep) int fd = -1;
	CLEANUP(xfs_reader_freep)
	struct xfs_reader *r = xfs_open_image(image, 0, XFS_IMAGE_BYTES, &fd);
	CLEANUP(freep) char *log = TOOL("xfs_logprint", "-t", image);

	assert_contains(log, clean ? "<CLEAN>" : "<DIRTY>");
	assert_int_equal(xfs_reader_is_clean(r), clean);
}

static uint64_t log_at(const char *image)
{
	CLEANUP(freep)
	char *sb = TOOL("xfs_db", "-r", "-c", "sb 0", "-c", "print", image);
	const uint64_t at = number_after(sb, "logstart = ");
	const uint64_t ag_log = number_after(sb, "agblklog = ");

	return ((at >> ag_log) * number_after(sb, "agblocks = ") +
		       (at & ((UINT64_C(1) << ag_log) - 1))) *
	       4096;
}

/* xfs_logprint tells, too, whether there is something to be replayed. */
static void a_log_that_was_not_replayed_is_told(void **state)
{
	static const char *const options[4] = { NULL };
	static const char *const formats[] = { "logformat -c 3", "logformat -c 9 -s 64",
		"logformat -c 2 -s 512" };
	CLEANUP(freep) char *image = xfs_make_image(*state, options);
	CLEANUP(fd_closep) int fd = open(image, O_RDWR | O_CLOEXEC);
	struct error err = ERROR_INIT;

	assert_clean(image, true);
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		free(TOOL("xfs_db", "-x", "-c", formats[i], image));
		assert_clean(image, true);
	}
	/* The record says "a transaction begins" in place of "unmounted". */
	assert_ok(
		fd_pwrite_all(fd, "\1", 1, log_at(image) + 512 + 9, "image", &err), &err);
	assert_clean(image, false);
}

int main(void)
{
#define SCRATCH(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		SCRATCH(a_log_that_was_not_replayed_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
