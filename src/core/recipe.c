/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/recipe.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/size.h"
#include "base/words.h"
#include "core/recipe_input.h"
#include "core/recipe_schema.h"
#include "core/recipe_value.h"
#include "disk/ext4.h"
#include "disk/xfs.h"

/* No system with a kernel fits into less: what it really takes is known with its tree. */
#define ROOT_LEAST_BYTES (128 * MIB)

struct recipe *recipe_free(struct recipe *r)
{
	if (!r)
		return NULL;
	for (size_t i = 0; i < recipe_key_count(); i++) {
		recipe_value_release(r, &recipe_keys[i]);
		free(r->origins[i].text);
	}
	free(r->origins);
	free(r->path);
	free(r);
	return NULL;
}

static char *origin_text(const struct recipe_choice *c)
{
	if (!c->input->source.has_lines)
		return xstrdup(c->input->source.name);
	return xasprintf("%s:%u:%u", c->input->source.name, c->node->place.line,
		c->node->place.column);
}

static int store_default(
	struct recipe *r, const struct recipe_key *key, struct error *err)
{
	const struct recipe_source source = { .name = "default" };
	const struct recipe_base base = { .directory = "." };
	CLEANUP(recipe_node_freep) struct recipe_node *n = NULL;
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

	if (key->derive)
		key->derive(r, &text);
	else if (key->fallback)
		strbuf_add_str(&text, key->fallback);
	if (!text.length_bytes)
		return 0;
	if (recipe_yaml_parse(text.data, text.length_bytes, &source, &n, err) < 0)
		return -1;
	return recipe_value_store(r, key, n, &source, &base, err);
}

static int store_key(struct recipe *r, size_t i, const struct recipe_choice *c,
	const struct recipe_input *file, struct error *err)
{
	const struct recipe_key *key = &recipe_keys[i];

	if (c->node) {
		r->origins[i].kind = c->input->kind;
		r->origins[i].text = origin_text(c);
		return recipe_value_store(
			r, key, c->node, &c->input->source, &c->input->base, err);
	}
	if (key->required)
		return recipe_error_at(&file->source, file->root->place, err,
			"the key '%s' is missing; for example %s: %s", key->path,
			key->path, key->example);
	r->origins[i].text = xstrdup("default");
	return store_default(r, key, err);
}

/* What is wrong with a key in the light of another. */
__attribute__((format(printf, 4, 5))) static int refuse(
	const struct recipe *r, const char *path, struct error *err, const char *fmt, ...)
{
	CLEANUP(freep) char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	return error_set(err, ERR_RECIPE, 0, "%s: %s",
		r->origins[recipe_key_find(path)].text, text);
}

/* "trixie, bookworm; did you mean 'bookworm'?" */
static void add_known(struct strbuf *to, const char *const *known, const char *word)
{
	struct nearest near = { .word = word };

	for (size_t i = 0; known && known[i]; i++) {
		strbuf_addf(to, "%s%s", i ? ", " : "", known[i]);
		nearest_offer(&near, known[i]);
	}
	if (nearest_best(&near))
		strbuf_addf(to, "; did you mean '%s'?", nearest_best(&near));
}

static bool is_known(const char *const *known, const char *word)
{
	while (*known && strcmp(*known, word) != 0)
		known++;
	return *known != NULL;
}

static int check_distro(struct recipe *r, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf known = STRBUF_INIT;
	CLEANUP(strv_releasep) struct strv names = STRV_INIT;

	r->driver = distro_find(r->distro);
	if (r->driver)
		return 0;
	for (size_t i = 0; distro_drivers[i]; i++)
		strv_add(&names, distro_drivers[i]->name);
	add_known(&known, (const char *const *)names.items, r->distro);
	return refuse(r, "distro", err,
		"'distro': amiwright does not know '%s'; it knows %s", r->distro,
		known.data);
}

static int check_release(const struct recipe *r, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf known = STRBUF_INIT;

	if (!is_known(r->driver->releases, r->release)) {
		add_known(&known, r->driver->releases, r->release);
		return refuse(r, "release", err,
			"'release': '%s' is not a release of %s that amiwright knows: %s",
			r->release, r->distro, known.data);
	}
	if (!is_known(r->driver->arches, recipe_arch_name(r->arch)))
		return refuse(r, "arch", err, "'arch': there is no %s for %s", r->distro,
			recipe_arch_name(r->arch));
	return 0;
}

static int check_locale(const struct recipe *r, struct error *err)
{
	const char *near;

	if (r->driver->find_locale(r->release, r->locale, &near))
		return 0;
	return refuse(r, "locale", err, "'locale': '%s' is not a locale of %s %s; %s%s%s",
		r->locale, r->distro, r->release,
		near ? "did you mean '" : "one looks like en_US.UTF-8", near ? near : "",
		near ? "'?" : "");
}

static int check_boot(const struct recipe *r, struct error *err)
{
	const bool bios = r->disk.boot & RECIPE_BOOT_BIOS,
		   uefi = r->disk.boot & RECIPE_BOOT_UEFI;

	if (bios && r->arch == RECIPE_ARCH_ARM64)
		return refuse(r, "disk.boot", err,
			"'disk.boot': arm64 machines have no BIOS; write [uefi]");
	if ((r->image.boot_mode != RECIPE_MODE_LEGACY_BIOS && !uefi) ||
		(r->image.boot_mode != RECIPE_MODE_UEFI && !bios))
		return refuse(r, "image.boot-mode", err,
			"'image.boot-mode': %s needs %s, which 'disk.boot' leaves out",
			recipe_boot_mode_name(r->image.boot_mode),
			r->image.boot_mode == RECIPE_MODE_UEFI ? "uefi"
			: r->image.boot_mode == RECIPE_MODE_LEGACY_BIOS
				? "bios"
				: "bios and uefi");
	return 0;
}

/* Whatever the size is of, a disk holds it. */
static int check_disk_most(const struct recipe *r, struct error *err)
{
	const struct {
		const char *path;
		uint64_t bytes;
	} sizes[] = {
		{ "disk.size", r->disk.size_bytes },
		{ "disk.free", r->disk.free_bytes },
		{ "disk.boot-size", r->disk.boot_bytes },
		{ "disk.swap", r->disk.swap_bytes },
	};
	char size[16];

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		if (sizes[i].bytes > EBS_VOLUME_MOST_GIB * GIB)
			return refuse(r, sizes[i].path, err,
				"'%s': %s are more than an EBS volume can have, which is "
				"64 TiB",
				sizes[i].path, size_format(sizes[i].bytes, size));
	if (r->disk.root == RECIPE_ROOT_EXT4 && r->disk.size_bytes > EXT4_MOST_BYTES)
		return refuse(r, "disk.size", err,
			"'disk.size': %s are more than the 16 TiB that ext4 is made for "
			"here; with 'disk.root: xfs' they can be more",
			size_format(r->disk.size_bytes, size));
	return 0;
}

/* What nothing of the tree has to be known for. */
static int check_disk_least(const struct recipe *r, struct error *err)
{
	uint64_t least =
		r->disk.root == RECIPE_ROOT_XFS ? XFS_LEAST_BYTES : ROOT_LEAST_BYTES;
	char size[16], needed[16];

	if (r->disk.boot_fs != RECIPE_BOOT_FS_NONE)
		least += r->disk.boot_bytes;
	least += r->disk.swap_bytes;
	if (!r->disk.size_bytes || r->disk.size_bytes >= least)
		return 0;
	return refuse(r, "disk.size", err,
		"'disk.size': %s are too few: the file systems and swap that the recipe "
		"asks for take more than %s; 'auto' makes the disk as large as it has to "
		"be",
		size_format(r->disk.size_bytes, size), size_format(least, needed));
}

int recipe_load(
	const char *path, const struct strv *sets, struct recipe **ret, struct error *err)
{
	CLEANUP(recipe_inputs_releasep) struct recipe_inputs in = { 0 };
	CLEANUP(recipe_freep) struct recipe *r = NULL;

	if (recipe_inputs_add_file(&in, path, err) < 0 ||
		recipe_inputs_add_environment(&in, err) < 0 ||
		recipe_inputs_add_sets(&in, sets, err) < 0)
		return -1;
	r = xcalloc(1, sizeof(*r));
	r->path = xstrdup(path);
	r->origins = xcalloc(recipe_key_count(), sizeof(*r->origins));
	for (size_t i = 0; i < recipe_key_count(); i++)
		if (store_key(r, i, &in.choices[i], in.items[0], err) < 0)
			return -1;
	if (check_distro(r, err) < 0 || check_release(r, err) < 0 ||
		check_locale(r, err) < 0 || check_boot(r, err) < 0 ||
		check_disk_most(r, err) < 0 || check_disk_least(r, err) < 0)
		return -1;
	*ret = TAKE_PTR(r);
	return 0;
}

struct distro_spec recipe_distro_spec(const struct recipe *r)
{
	return (struct distro_spec){
		.release = r->release,
		.arch = recipe_arch_name(r->arch),
		.packages = &r->packages,
		.agent = r->agent,
		.user = r->user,
		.hostname = r->hostname,
		.locale = r->locale,
		.root_password_hash = r->root_password_hash,
		.mirror = r->mirror,
		.keyring = r->keyring,
		.overlay = r->overlay,
		.scripts = &r->scripts,
		.kernel_args = r->kernel_args,
		.root_fs = recipe_root_name(r->disk.root),
		.boot_fs = recipe_boot_fs_name(r->disk.boot_fs),
		.swap = r->disk.swap_bytes > 0,
		.bios = r->disk.boot & RECIPE_BOOT_BIOS,
		.uefi = r->disk.boot & RECIPE_BOOT_UEFI,
	};
}
