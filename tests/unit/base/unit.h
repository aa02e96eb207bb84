/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the unit tests of the base share: cmocka with the headers that it wants before it,
 * a fresh directory for each test, and waits with a deadline. A test that uses the
 * directory is declared with SCRATCH_TEST(); its path is *state.
 */
#pragma once

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/remove_tree.h"

/* Far more than anything here takes, also on a busy machine. */
enum { UNIT_PATIENCE_MS = 20000 };

#define SCRATCH_TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)

static inline int scratch_make(void **state)
{
	const char *tmp = getenv("TMPDIR");
	char *path = xasprintf("%s/amiwright-unit.XXXXXX", tmp ? tmp : "/tmp");

	*state = path;
	return mkdtemp(path) ? 0 : -1;
}

static inline int scratch_remove(void **state)
{
	struct error err = ERROR_INIT;
	int rc = remove_tree(*state, &err);

	free(*state);
	return rc;
}

/* Directory entries but "." and "..": so also, of "/proc/self/fd", the open descriptors.
 */
static inline size_t unit_count_entries(const char *path)
{
	DIR *dir = opendir(path);
	size_t count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	(void)closedir(dir);
	return count - 2;
}

static inline void unit_write_file(const char *dir, const char *name, const char *text)
{
	CLEANUP(freep) char *path = path_join(dir, name);
	struct error err = ERROR_INIT;

	assert_int_equal(file_write_all(path, text, strlen(text), 0644, &err), 0);
}

/* True when nobody holds the other end of the pipe any more; what comes is dropped. */
static inline int unit_pipe_ends(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	char dropped[256];

	while (poll(&wait, 1, UNIT_PATIENCE_MS) > 0)
		if (read(fd, dropped, sizeof(dropped)) <= 0)
			return 1;
	return 0;
}

static inline void unit_assert_error(
	const struct error *err, enum err_code code, const char *part_of_message)
{
	assert_int_equal(err->code, code);
	if (!strstr(err->msg, part_of_message))
		fail_msg("'%s' is not in: %s", part_of_message, err->msg);
}
