/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/manifest_image.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/text.h"
#include "core/manifest_json.h"
#include "core/manifest_lock.h"
#include "core/recipe_check.h"
#include "tree/hash.h"

enum { DIGEST_CHARS = 8 };

void manifest_image_release(struct manifest_image *m)
{
	free(m->family);
	free(m->user);
	free(m->name);
	free(m->description);
	strv_release(&m->tags.names);
	strv_release(&m->tags.values);
	*m = (struct manifest_image){ 0 };
}

char *manifest_image_name(const char *recipe, const char *arch, const char *sha256_hex)
{
	return xasprintf("%s-%s-%.*s", recipe, arch, DIGEST_CHARS, sha256_hex);
}

static const char *architecture(const char *arch)
{
	static const char *const known[] = { "x86_64", "arm64" };

	for (size_t i = 0; arch && i < ARRAY_SIZE(known); i++)
		if (!strcmp(arch, known[i]))
			return known[i];
	return NULL;
}

static bool take_boot_mode(const char *text, struct manifest_image *m)
{
	for (enum recipe_boot_mode mode = RECIPE_MODE_UEFI_PREFERRED;
		mode <= RECIPE_MODE_LEGACY_BIOS; mode++)
		if (!strcmp(text, recipe_boot_mode_name(mode))) {
			m->boot_mode = recipe_boot_mode_name(mode);
			return true;
		}
	return false;
}

static bool take_imds(const char *text, struct manifest_image *m)
{
	m->allows_imds_v1 = !strcmp(text, recipe_imds_name(RECIPE_IMDS_ANY));
	return m->allows_imds_v1 || !strcmp(text, recipe_imds_name(RECIPE_IMDS_V2));
}

static bool take_tags(json_t *from, struct recipe_map *to)
{
	const char *name;
	json_t *value;

	json_object_foreach(from, name, value)
	{
		const char *text = json_string_value(value);

		if (!text || recipe_check_tag_name(name) || recipe_check_tag_value(text))
			return false;
		strv_add(&to->names, name);
		strv_add(&to->values, text);
	}
	return true;
}

/* What the recipe says of the AMI; manifests of old say nothing. */
static bool take_image(const json_t *from, struct manifest_image *m)
{
	const char *description = manifest_json_text(from, "description");
	const char *mode = manifest_json_text(from, "boot_mode");
	const char *imds = manifest_json_text(from, "imds");

	if ((mode && !take_boot_mode(mode, m)) || (imds && !take_imds(imds, m)) ||
		(description && recipe_check_description(description)))
		return false;
	m->description = description ? xstrdup(description) : NULL;
	return take_tags(json_object_get(from, "tags"), &m->tags);
}

/* The boot loaders are named as files: boot.img is of BIOS, BOOTX64.EFI of UEFI. */
static const char *boot_mode(const json_t *loaders)
{
	bool bios = false, uefi = false;

	for (size_t i = 0; i < json_array_size(loaders); i++) {
		const char *name = manifest_json_text(json_array_get(loaders, i), "name");

		if (!name || !*name)
			continue;
		bios |= !strcmp(name, "boot.img");
		uefi |= text_ends_with_any_case(name + 1, ".efi");
	}
	if (bios && uefi)
		return "uefi-preferred";
	return uefi ? "uefi" : bios ? "legacy-bios" : NULL;
}

static bool is_digest(const char *text)
{
	return text && strlen(text) == SHA256_HEX_CHARS &&
	       strspn(text, "0123456789abcdef") == SHA256_HEX_CHARS;
}

int manifest_image_parse(const char *text, size_t length_bytes, const char *name,
	struct manifest_image *ret, struct error *err)
{
	json_auto_t *root = NULL;
	CLEANUP(manifest_image_releasep) struct manifest_image m = { 0 };
	const json_t *recipe, *disk;
	const char *family, *digest, *user;
	json_int_t bytes;

	if (manifest_json_parse(text, length_bytes, name, &root, err) < 0)
		return -1;
	recipe = json_object_get(root, "recipe");
	disk = json_object_get(root, "disk");
	family = manifest_json_text(recipe, "name");
	user = manifest_json_text(recipe, "user");
	digest = manifest_json_text(disk, "sha256");
	bytes = json_integer_value(json_object_get(disk, "size_bytes"));
	m.architecture = architecture(manifest_json_text(recipe, "arch"));
	m.boot_mode =
		boot_mode(json_object_get(json_object_get(root, "boot"), "loaders"));
	if (!family || recipe_check_image_name(family) || !is_digest(digest) ||
		!m.architecture || !take_image(json_object_get(recipe, "image"), &m))
		return manifest_json_refuse(name, err);
	m.family = xstrdup(family);
	m.user = user && !recipe_check_user(user) ? xstrdup(user) : NULL;
	m.disk_bytes = bytes > 0 ? (uint64_t)bytes : 0;
	m.name = manifest_image_name(family, m.architecture, digest);
	*ret = m;
	m = (struct manifest_image){ 0 };
	return 0;
}

int manifest_image_read(const char *path, struct manifest_image *ret, struct error *err)
{
	CLEANUP(freep) char *text = NULL;
	size_t length;

	if (file_read_all(path, MANIFEST_MOST_BYTES, &text, &length, err) < 0)
		return error_context(err, "read the manifest");
	return manifest_image_parse(text, length, path, ret, err);
}
