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
	const char *recipe, *digest, *user;
	json_int_t bytes;

	if (manifest_json_parse(text, length_bytes, name, &root, err) < 0)
		return -1;
	recipe = manifest_json_text(json_object_get(root, "recipe"), "name");
	user = manifest_json_text(json_object_get(root, "recipe"), "user");
	digest = manifest_json_text(json_object_get(root, "disk"), "sha256");
	bytes = json_integer_value(
		json_object_get(json_object_get(root, "disk"), "size_bytes"));
	m.architecture =
		architecture(manifest_json_text(json_object_get(root, "recipe"), "arch"));
	m.boot_mode =
		boot_mode(json_object_get(json_object_get(root, "boot"), "loaders"));
	if (!recipe || recipe_check_image_name(recipe) || !is_digest(digest) ||
		!m.architecture)
		return manifest_json_refuse(name, err);
	m.family = xstrdup(recipe);
	m.user = user && !recipe_check_user(user) ? xstrdup(user) : NULL;
	m.disk_bytes = bytes > 0 ? (uint64_t)bytes : 0;
	m.name = manifest_image_name(recipe, m.architecture, digest);
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
