/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/lint_kernels.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/path.h"
#include "core/lint_uki.h"
#include "tree/initrd.h"

enum { INITRAMFS_MOST_BYTES = 512 << 20 };

static const struct {
	const char *name; /* of the module, with '_' */
	unsigned int driver;
} drivers[] = {
	{ "nvme", LINT_DRIVER_NVME },
	{ "ena", LINT_DRIVER_ENA },
	{ "virtio_blk", LINT_DRIVER_VIRTIO_BLK },
	{ "virtio_pci", LINT_DRIVER_VIRTIO_PCI },
};

/* '-' and '_' mean the same in names of modules. */
static bool same_name(const char *a, const char *name)
{
	for (; *name; a++, name++)
		if ((*a == '-' ? '_' : *a) != *name)
			return false;
	return !strcmp(a, ".ko") || !strncmp(a, ".ko.", 4);
}

unsigned int lint_driver_of_path(const char *path)
{
	const char *name = path_basename(path);

	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++)
		if (same_name(name, drivers[i].name))
			return drivers[i].driver;
	return 0;
}

void lint_kernels_free(struct lint_kernels *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < k->count; i++)
		free(k->kernels[i].version);
	for (size_t i = 0; i < k->initramfs_count; i++)
		free(k->initramfs[i].why);
	free(k->kernels);
	free(k->initramfs);
	free(k);
}

static bool has_line(const char *content, size_t length, const char *line)
{
	const size_t n = strlen(line);
	const char *p = content, *end = content + length;

	while ((p = memmem(p, (size_t)(end - p), line, n))) {
		const bool begins = p == content || p[-1] == '\n';
		const bool ends = p + n == end || p[n] == '\n';

		if (begins && ends)
			return true;
		p++;
	}
	return false;
}

/* What the tools that make an initramfs note in it of how they made it. */
static bool says_hostonly(const char *path, const char *content, size_t length)
{
	const char *name = path_basename(path);

	if (!strcmp(path, "conf/initramfs.conf") || !strncmp(path, "conf/conf.d/", 12))
		return content && (has_line(content, length, "MODULES=dep") ||
					  has_line(content, length, "MODULES=\"dep\""));
	if (!strcmp(name, "hostonly-kernel-modules.txt"))
		return true;
	if (!strcmp(name, "build-parameter.txt"))
		return content && (memmem(content, length, "--hostonly'", 11) ||
					  memmem(content, length, "'-H'", 4));
	return false;
}

/* "usr/lib/modules/6.1/kernel/…": 6.1. */
static void note_version(struct lint_initramfs *i, const char *path)
{
	static const char dir[] = "lib/modules/";
	const char *version = strstr(path, dir);
	size_t length;

	if (!version || i->version[0])
		return;
	version += sizeof(dir) - 1;
	length = strcspn(version, "/");
	if (length < sizeof(i->version) && version[length])
		memcpy(i->version, version, length);
}

static void note_file(
	void *userdata, const char *path, const void *content, size_t content_bytes)
{
	struct lint_initramfs *i = userdata;

	i->drivers |= lint_driver_of_path(path);
	note_version(i, path);
	i->hostonly |= says_hostonly(path, content, content_bytes);
}

/* Not what an instance boots with. */
static bool is_for_rescue(const char *name)
{
	return strstr(name, "rescue") || strstr(name, "kdump") ||
	       strstr(name, "fallback");
}

/* Two names of a file, one of them a link. */
static bool is_known(const struct lint_kernels *k, struct lint_place at)
{
	for (size_t i = 0; i < k->initramfs_count; i++)
		if (k->initramfs[i].at.tree == at.tree &&
			k->initramfs[i].at.index == at.index)
			return true;
	return false;
}

static void add_initramfs(
	struct lint_kernels *k, struct lint_place at, const void *bytes, size_t length)
{
	struct lint_initramfs found = { .at = at };
	struct error why = ERROR_INIT;

	found.readable = initrd_read(bytes, length, note_file, &found, &why) == 0;
	if (!found.readable)
		found.why = xstrdup(why.msg);
	array_reserve_one((void **)&k->initramfs, k->initramfs_count, &k->initramfs_room,
		sizeof(*k->initramfs));
	k->initramfs[k->initramfs_count++] = found;
}

static int read_initramfs(
	struct lint_look *l, struct lint_place at, void *userdata, struct error *err)
{
	struct lint_kernels *k = userdata;
	CLEANUP(freep) char *bytes = NULL;
	size_t length;

	(void)l;
	if (!S_ISREG(lint_node(at)->mode) || is_for_rescue(lint_node(at)->name) ||
		is_known(k, at))
		return 0;
	if (lint_tree_read(
		    at.tree, at.index, INITRAMFS_MOST_BYTES, &bytes, &length, err) < 0)
		return -1;
	add_initramfs(k, at, bytes, length);
	return 0;
}

/* A unified kernel image may come without an initramfs. */
static int read_uki(
	struct lint_look *l, struct lint_place at, void *userdata, struct error *err)
{
	struct lint_kernels *k = userdata;
	CLEANUP(freep) char *bytes = NULL;
	const char *initrd;
	size_t length, initrd_length;

	(void)l;
	if (!S_ISREG(lint_node(at)->mode) || is_known(k, at))
		return 0;
	if (lint_tree_read(
		    at.tree, at.index, INITRAMFS_MOST_BYTES, &bytes, &length, err) < 0)
		return -1;
	k->image = true;
	if (uki_find_section(bytes, length, ".initrd", &initrd, &initrd_length))
		add_initramfs(k, at, initrd, initrd_length);
	return 0;
}

static int note_image(
	struct lint_look *l, struct lint_place at, void *userdata, struct error *err)
{
	(void)l;
	(void)err;
	if (S_ISREG(lint_node(at)->mode))
		((struct lint_kernels *)userdata)->image = true;
	return 0;
}

/* Drivers of the lines "kernel/drivers/nvme/host/nvme.ko". */
static int read_built_in(
	struct lint_look *l, struct lint_kernel *k, const char *dir, struct error *err)
{
	CLEANUP(freep) char *path = xasprintf("%s/modules.builtin", dir);
	CLEANUP(freep) char *text = NULL;
	struct lint_lines in;
	char *line;

	if (lint_read_path(l, path, &text, err) < 0)
		return -1;
	in = (struct lint_lines){ text, 0 };
	while ((line = lint_next_line(&in)))
		k->built_in |= lint_driver_of_path(line);
	return 0;
}

static int note_kernel(
	struct lint_look *l, struct lint_place at, void *userdata, struct error *err)
{
	struct lint_kernels *k = userdata;
	struct lint_kernel found = { .at = at };
	const char *path = lint_node(at)->path;
	const uint32_t end = lint_tree_end(at.tree, at.index);

	if (!S_ISDIR(lint_node(at)->mode))
		return 0;
	if (read_built_in(l, &found, path, err) < 0)
		return -1;
	for (struct lint_place m = { at.tree, at.index + 1 }; m.index < end; m.index++)
		if (S_ISREG(lint_node(m)->mode))
			found.modules |= lint_driver_of_path(lint_node(m)->path);
	/* What a removed kernel has left behind, or only headers. */
	if (!found.modules && !found.built_in)
		return 0;
	found.version = xstrdup(lint_node(at)->name);
	array_reserve_one((void **)&k->kernels, k->count, &k->room, sizeof(*k->kernels));
	k->kernels[k->count++] = found;
	return 0;
}

/* By the version in its path or of its modules; else the only one there is. */
static void assign_initramfs(struct lint_kernels *k)
{
	for (size_t i = 0; i < k->count; i++) {
		struct lint_kernel *kernel = &k->kernels[i];

		for (size_t j = 0; j < k->initramfs_count; j++)
			if (strstr(lint_node(k->initramfs[j].at)->path,
				    kernel->version) ||
				!strcmp(k->initramfs[j].version, kernel->version))
				kernel->initramfs = &k->initramfs[j];
		if (!kernel->initramfs && k->count == 1 && k->initramfs_count)
			kernel->initramfs = &k->initramfs[0];
	}
}

int lint_kernels_read(struct lint_look *l, struct error *err)
{
	static const char *const images[] = { "boot/vmlinuz*", "boot/vmlinux*",
		"boot/Image*", "boot/*/vmlinuz*", "boot/*/*/linux",
		"usr/lib/modules/*/vmlinuz", "boot/efi/*/*/LINUX", NULL };
	static const char *const initramfs[] = { "boot/initr*", "boot/*/*/initrd",
		"usr/lib/modules/*/initrd", "usr/lib/modules/*/initramfs.img",
		"boot/efi/*/*/INITRD", NULL };

	if (l->kernels)
		return 0;
	l->kernels = xcalloc(1, sizeof(*l->kernels));
	if (lint_each_of(l, images, note_image, l->kernels, err) < 0 ||
		lint_each(l, "usr/lib/modules/*", note_kernel, l->kernels, err) < 0 ||
		(!lint_exists(l, "usr/lib/modules") &&
			lint_each(l, "lib/modules/*", note_kernel, l->kernels, err) <
				0) ||
		lint_each_of(l, initramfs, read_initramfs, l->kernels, err) < 0 ||
		lint_each_of(l, lint_uki_patterns, read_uki, l->kernels, err) < 0)
		return -1;
	assign_initramfs(l->kernels);
	return 0;
}
