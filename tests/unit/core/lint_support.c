/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lint_support.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/path.h"
#include "base/strbuf.h"
#include "unit.h"

static void newc_entry(
	struct strbuf *to, const char *name, mode_t mode, const char *text, size_t length)
{
	strbuf_addf(to, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x", 0,
		mode, 0, 0, 1, 0, length, 0, 0, 0, 0, strlen(name) + 1, 0);
	strbuf_add(to, name, strlen(name) + 1);
	while (to->length_bytes % 4)
		strbuf_add_char(to, '\0');
	strbuf_add(to, text, length);
	while (to->length_bytes % 4)
		strbuf_add_char(to, '\0');
}

char *newc_of(const char *lines, size_t *ret_length)
{
	struct strbuf to = STRBUF_INIT;

	while (*lines) {
		const size_t length = strcspn(lines, "\n");
		CLEANUP(freep) char *line = xstrndup(lines, length);
		char *text = strchr(line, '=');

		if (text)
			*text++ = '\0';
		newc_entry(&to, line, S_IFREG | 0644, text ? text : "x",
			text ? strlen(text) : 1);
		lines += length + (lines[length] == '\n');
	}
	newc_entry(&to, "TRAILER!!!", 0, "", 0);
	*ret_length = to.length_bytes;
	return strbuf_take(&to);
}

static bool is_in(struct filetree_node *nodes, size_t count, const char *path)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(nodes[i].path, path))
			return true;
	return false;
}

struct making {
	struct filetree_node nodes[128];
	size_t count;
	struct strbuf contents;
};

static struct filetree_node *add_node(struct making *m, const char *path, mode_t mode)
{
	struct filetree_node *n = &m->nodes[m->count++];

	assert_true(m->count < ARRAY_SIZE(m->nodes));
	*n = (struct filetree_node){ .path = xstrdup(path), .mode = mode };
	return n;
}

static void add_parents(struct making *m, const char *path)
{
	for (const char *slash = strchr(path, '/'); slash;
		slash = strchr(slash + 1, '/')) {
		CLEANUP(freep) char *dir = xstrndup(path, (size_t)(slash - path));

		if (!is_in(m->nodes, m->count, dir))
			add_node(m, dir, S_IFDIR | 0755);
	}
}

static void put_le(uint8_t *to, uint32_t value)
{
	for (size_t i = 0; i < 4; i++)
		to[i] = (uint8_t)(value >> (8 * i));
}

/* A PE image with two sections. */
char *uki_of(const char *cmdline, const char *initramfs, size_t *ret_length)
{
	enum { PE = 64, SECTIONS = PE + 24, SECTION = 40, CONTENTS = 512 };
	size_t initrd_length = 0;
	CLEANUP(freep)
	char *initrd = initramfs ? newc_of(initramfs, &initrd_length) : xstrdup("");
	const size_t cmdline_length = strlen(cmdline);
	uint8_t *image = xcalloc(1, CONTENTS + cmdline_length + initrd_length);
	uint8_t *section = image + SECTIONS;

	memcpy(image, "MZ", 2);
	put_le(image + 0x3c, PE);
	memcpy(image + PE, "PE\0", 4);
	image[PE + 6] = initramfs ? 2 : 1;
	memcpy(section, ".cmdline", 8);
	put_le(section + 8, (uint32_t)cmdline_length);
	put_le(section + 16, (uint32_t)cmdline_length);
	put_le(section + 20, CONTENTS);
	section += SECTION;
	memcpy(section, ".initrd", 7);
	put_le(section + 8, (uint32_t)initrd_length);
	put_le(section + 16, (uint32_t)initrd_length);
	put_le(section + 20, (uint32_t)(CONTENTS + cmdline_length));
	memcpy(image + CONTENTS, cmdline, cmdline_length);
	memcpy(image + CONTENTS + cmdline_length, initrd, initrd_length);
	*ret_length = CONTENTS + cmdline_length + initrd_length;
	return (char *)image;
}

static void add_file(struct making *m, const struct lint_file *f)
{
	const mode_t mode = f->mode ? f->mode : f->target ? S_IFLNK | 0777 : 0644;
	struct filetree_node *n;
	size_t length = f->text ? strlen(f->text) : 0;

	add_parents(m, f->path);
	n = add_node(m, f->path, mode & S_IFMT ? mode : mode | S_IFREG);
	n->target = f->target ? xstrdup(f->target) : NULL;
	n->content_offset_bytes = m->contents.length_bytes;
	if (f->cmdline) {
		CLEANUP(freep) char *bytes = uki_of(f->cmdline, f->initramfs, &length);

		strbuf_add(&m->contents, bytes, length);
	} else if (f->initramfs) {
		CLEANUP(freep) char *bytes = newc_of(f->initramfs, &length);

		strbuf_add(&m->contents, bytes, length);
	} else if (f->text) {
		strbuf_add(&m->contents, f->text, length);
	}
	n->size_bytes = length;
	if (!f->xattr)
		return;
	n->xattrs = xcalloc(1, sizeof(*n->xattrs));
	n->xattrs[0] = (struct filetree_xattr){ xstrdup(f->xattr), xstrdup("v"), 1 };
	n->xattr_count = 1;
}

struct lint_tree *lint_tree_of(const struct lint_file *files, struct filetree **ret_files)
{
	struct making m = { .contents = STRBUF_INIT };
	struct error err = ERROR_INIT;
	const int fd = memfd_create("contents", MFD_CLOEXEC);
	struct filetree *tree;

	for (; files->path; files++)
		add_file(&m, files);
	assert_true(fd >= 0);
	if (fd_pwrite_all(fd, m.contents.data, m.contents.length_bytes, 0, "contents",
		    &err) < 0)
		fail_msg("%s", err.msg);
	strbuf_release(&m.contents);
	tree = filetree_new(fd, false);
	for (size_t i = 0; i < m.count; i++)
		filetree_add(tree, &m.nodes[i]);
	if (filetree_seal(tree, &err) < 0)
		fail_msg("%s", err.msg);
	*ret_files = tree;
	return lint_tree_from_files(tree);
}
