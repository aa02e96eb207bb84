/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/manifest.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/json.h"

/* Raised when a member changes its meaning or goes. */
enum { MANIFEST_VERSION = 1 };

/* As what it is to be registered. */
static void add_image(const struct recipe *r, struct json *j)
{
	const struct recipe_map *tags = &r->image.tags;

	json_object_begin(j, "image");
	json_add_string(j, "description", r->image.description);
	json_add_string(j, "boot_mode", recipe_boot_mode_name(r->image.boot_mode));
	json_add_string(j, "imds", recipe_imds_name(r->image.imds));
	json_object_begin(j, "tags");
	for (size_t i = 0; i < tags->names.count; i++)
		json_add_string(j, tags->names.items[i], tags->values.items[i]);
	json_object_end(j);
	json_object_end(j);
}

static void add_recipe(const struct manifest *m, struct json *j)
{
	const struct recipe *r = m->recipe;

	json_object_begin(j, "recipe");
	json_add_string(j, "name", r->name);
	json_add_string(j, "distro", r->distro);
	json_add_string(j, "release", r->release);
	json_add_string(j, "arch", recipe_arch_name(r->arch));
	json_add_string(j, "user", r->user);
	json_add_string(j, "sha256", m->recipe_digest);
	add_image(r, j);
	json_object_end(j);
}

static void add_tools(const struct manifest *m, struct json *j)
{
	json_array_begin(j, "tools");
	json_add_string(j, NULL, "amiwright " AMIWRIGHT_VERSION);
	for (size_t i = 0; i < m->made->tools.count; i++)
		json_add_string(j, NULL, m->made->tools.items[i]);
	json_array_end(j);
}

static void add_disk(const struct manifest *m, struct json *j)
{
	json_object_begin(j, "disk");
	json_add_uint(j, "size_bytes", m->size_bytes);
	json_add_string(j, "sha256", m->digests.sha256);
	json_object_begin(j, "linear");
	json_add_string(j, "checksum", m->digests.linear);
	json_add_uint(j, "block_bytes", EBS_BLOCK_BYTES);
	json_add_uint(j, "blocks", m->digests.blocks);
	json_object_end(j);
	json_object_end(j);
}

static void add_loader(struct json *j, const char *name, const void *image, size_t bytes)
{
	manifest_digest hex;

	if (!image)
		return;
	hash_bytes(image, bytes, hex);
	json_object_begin(j, NULL);
	json_add_string(j, "name", name);
	json_add_string(j, "sha256", hex);
	json_object_end(j);
}

/* The regular files of /boot whose names match, in the tree's order. */
static void add_boot_files(const struct manifest *m, struct json *j, const char *member,
	const char *const *patterns)
{
	json_array_begin(j, member);
	for (uint32_t i = 0; i < filetree_count(m->tree); i++) {
		const struct filetree_node *n = filetree_node(m->tree, i);
		bool wanted = false;

		for (size_t p = 0; patterns[p]; p++)
			wanted |= fnmatch(patterns[p], n->path, FNM_PATHNAME) == 0;
		if (!wanted || !S_ISREG(n->mode))
			continue;
		json_object_begin(j, NULL);
		json_add_string(j, "path", n->path);
		json_add_string(j, "sha256", m->file_digests[i]);
		json_object_end(j);
	}
	json_array_end(j);
}

static void add_boot(const struct manifest *m, struct json *j)
{
	static const char *const kernels[] = { "boot/vmlinu[xz]*", "boot/kernel-*",
		"boot/bzImage*", NULL };
	static const char *const initramfs[] = { "boot/initrd*", "boot/initramfs*",
		NULL };
	const struct loader_images *l = m->loader;

	json_object_begin(j, "boot");
	json_array_begin(j, "loaders");
	add_loader(j, "boot.img", l->bios_boot, l->bios_boot_bytes);
	add_loader(j, "core.img", l->bios_core, l->bios_core_bytes);
	add_loader(j, l->efi_name, l->efi, l->efi_bytes);
	json_array_end(j);
	add_boot_files(m, j, "kernels", kernels);
	add_boot_files(m, j, "initramfs", initramfs);
	json_object_end(j);
}

/* One a line. */
static void add_package(const struct distro_package *p, struct json *j)
{
	json_object_begin(j, NULL);
	j->pretty = false;
	json_add_string(j, "name", p->name);
	json_add_string(j, "version", p->version);
	json_add_string(j, "arch", p->arch);
	json_add_string(j, "source", p->source);
	json_add_string(j, "source_version", p->source_version);
	json_add_string(j, "uri", p->uri);
	json_add_string(j, "sha256", p->uri ? p->sha256 : NULL);
	if (p->uri)
		json_add_uint(j, "size_bytes", p->size_bytes);
	else
		json_add_null(j, "size_bytes");
	json_object_end(j);
	j->pretty = true;
}

static const char *type_name(mode_t mode)
{
	return S_ISREG(mode)	? "file"
	       : S_ISDIR(mode)	? "directory"
	       : S_ISLNK(mode)	? "symlink"
	       : S_ISCHR(mode)	? "character device"
	       : S_ISBLK(mode)	? "block device"
	       : S_ISFIFO(mode) ? "fifo"
				: "socket";
}

/* One a line. */
static void add_file(const struct filetree_node *n, const char *digest, struct json *j)
{
	char mode[8];

	(void)snprintf(mode, sizeof(mode), "%04o", (unsigned int)(n->mode & 07777));
	json_object_begin(j, NULL);
	j->pretty = false;
	json_add_string(j, "path", n->path);
	json_add_string(j, "type", type_name(n->mode));
	json_add_string(j, "mode", mode);
	json_add_uint(j, "uid", n->uid);
	json_add_uint(j, "gid", n->gid);
	if (S_ISREG(n->mode)) {
		json_add_uint(j, "size_bytes", n->size_bytes);
		json_add_string(j, "sha256", digest);
	} else if (n->target) {
		json_add_string(j, "target", n->target);
	}
	json_object_end(j);
	j->pretty = true;
}

static void add_files(const struct manifest *m, struct json *j)
{
	json_array_begin(j, "files");
	for (uint32_t i = 1; i < filetree_count(m->tree); i++)
		add_file(filetree_node(m->tree, i), m->file_digests[i], j);
	json_array_end(j);
}

void manifest_format(const struct manifest *m, bool with_files, struct strbuf *to)
{
	struct json j = JSON_PRETTY_INIT(to);

	json_object_begin(&j, NULL);
	json_add_uint(&j, "manifest", MANIFEST_VERSION);
	add_recipe(m, &j);
	json_add_uint(&j, "epoch", (uint64_t)m->made->epoch_s);
	add_tools(m, &j);
	add_disk(m, &j);
	add_boot(m, &j);
	json_array_begin(&j, "packages");
	for (size_t i = 0; i < m->made->packages.count; i++)
		add_package(&m->made->packages.items[i], &j);
	json_array_end(&j);
	if (with_files)
		add_files(m, &j);
	json_object_end(&j);
	strbuf_add_char(to, '\n');
}
