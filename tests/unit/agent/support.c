/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/proc.h"
#include "base/remove_tree.h"

enum { FILE_MOST_BYTES = 64 << 20 };

int scratch_setup(void **state)
{
	const char *base = getenv("TMPDIR");
	char *dir = xasprintf("%s/amiwright-agent-XXXXXX", base && *base ? base : "/tmp");

	*state = dir;
	return mkdtemp(dir) ? 0 : -1;
}

int scratch_teardown(void **state)
{
	struct error err = ERROR_INIT;
	int rc = remove_tree(*state, &err);

	free(*state);
	return rc;
}

void scratch_write(
	const char *dir, const char *name, const void *bytes, size_t length_bytes)
{
	CLEANUP(freep) char *path = path_join(dir, name);
	struct error err = ERROR_INIT;

	if (file_write_all(path, bytes, length_bytes, 0600, &err) < 0)
		fail_msg("%s", err.msg);
}

char *scratch_read(const char *dir, const char *name, size_t *ret_length_bytes)
{
	CLEANUP(freep) char *path = path_join(dir, name);
	struct error err = ERROR_INIT;
	char *bytes = NULL;

	if (file_read_all(path, FILE_MOST_BYTES, &bytes, ret_length_bytes, &err) < 0)
		fail_msg("%s", err.msg);
	return bytes;
}

char *run_in(const char *dir, const char *command)
{
	CLEANUP(freep) char *line = xasprintf("exec 2>&1; cd '%s'; %s", dir, command);
	const char *const argv[] = { "sh", "-ec", line, NULL };
	const struct proc_spec spec = { .argv = argv, .any_exit = true };
	struct proc_result result;
	struct error err = ERROR_INIT;

	if (proc_run(&spec, &result, &err) < 0)
		fail_msg("%s", err.msg);
	if (result.exit_code != 0)
		fail_msg("%s\nended with %d:\n%s", command, result.exit_code, result.out);
	return result.out;
}

void fill_pattern(uint8_t *to, size_t length_bytes, uint32_t seed)
{
	uint32_t x = seed * 2654435761U + 1;

	for (size_t i = 0; i < length_bytes; i++) {
		x = x * 1664525U + 1013904223U;
		to[i] = (uint8_t)(x >> 24);
	}
}
