/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ext4_images.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"

struct ext4_spec ext4_spec_for(const struct scratch *s)
{
	return (struct ext4_spec){
		.tree = s->tree,
		.label = "test root",
		.uuid = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 1, 2, 3, 4, 5,
			6, 7, 8 },
		.hash_seed = { 9, 8, 7 },
		.time_s = 1700000000,
	};
}

char *ext4_make_checked(struct scratch *s, const struct ext4_spec *spec)
{
	CLEANUP(blockmap_freep) struct blockmap *m = NULL;
	struct error err = ERROR_INIT;
	char *path;

	assert_ok(ext4_layout(spec, &m, &err), &err);
	path = write_map(s, m, "root.img");
	free(TOOL("e2fsck", "-fn", path));
	return path;
}

char *ext4_debugfs(const struct scratch *s, const char *image, const char *commands)
{
	CLEANUP(freep) char *script = scratch_path(s, "commands");
	struct error err = ERROR_INIT;

	assert_ok(file_write_all(script, commands, strlen(commands), 0600, &err), &err);
	return TOOL("debugfs", "-f", script, image);
}

char *ext4_output_of(const char *text, const char *command)
{
	CLEANUP(freep) char *echo = xasprintf("debugfs: %s\n", command);
	const char *from = strstr(text, echo), *to;

	if (!from)
		fail_msg("no '%s' in:\n%s", command, text);
	from += strlen(echo);
	to = strstr(from, "\ndebugfs: ");
	return to ? xstrndup(from, (size_t)(to - from)) : xstrdup(from);
}

int tree_open_sparse(struct scratch *s, const char *name, uint64_t size_bytes)
{
	CLEANUP(freep) char *path = xasprintf("%s/%s", s->tree_dir, name);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct filetree_node n = { .path = xstrdup(name),
		.mode = S_IFREG | 0600,
		.size_bytes = size_bytes,
		.sparse = true };

	assert_return_code(fd, 0);
	assert_return_code(ftruncate(fd, (off_t)size_bytes), 0);
	tree_add(s, n);
	return fd;
}
