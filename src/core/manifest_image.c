/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/manifest_image.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "core/manifest_lock.h"
#include "core/recipe_check.h"
#include "tree/hash.h"

enum { DIGEST_CHARS = 8 };

static void json_releasep(json_t **j)
{
	json_decref(*j);
}

void manifest_image_release(struct manifest_image *m)
{
	free(m->family);
	free(m->name);
	*m = (struct manifest_image){ 0 };
}

char *manifest_image_name(const char *recipe, const char *arch, const char *sha256_hex)
{
	return xasprintf("%s-%s-%.*s", recipe, arch, DIGEST_CHARS, sha256_hex);
}

static const char *text_of(const json_t *object, const char *member)
{
	return json_string_value(json_object_get(object, member));
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
		const char *name = text_of(json_array_get(loaders, i), "name");
		const size_t length = name ? strlen(name) : 0;

		bios |= name && !strcmp(name, "boot.img");
		uefi |= length > 4 && !strcasecmp(name + length - 4, ".efi");
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
	CLEANUP(json_releasep) json_t *root = NULL;
	CLEANUP(manifest_image_releasep) struct manifest_image m = { 0 };
	const char *recipe, *digest;
	json_error_t why;

	root = json_loadb(text, length_bytes, JSON_REJECT_DUPLICATES, &why);
	if (!root)
		return error_set(err, ERR_FORMAT, 0, "'%s':%d:%d: %s", name, why.line,
			why.column, why.text);
	recipe = text_of(json_object_get(root, "recipe"), "name");
	digest = text_of(json_object_get(root, "disk"), "sha256");
	m.architecture = architecture(text_of(json_object_get(root, "recipe"), "arch"));
	m.boot_mode =
		boot_mode(json_object_get(json_object_get(root, "boot"), "loaders"));
	if (json_integer_value(json_object_get(root, "manifest")) != 1 || !recipe ||
		recipe_check_image_name(recipe) || !is_digest(digest) || !m.architecture)
		return error_set(err, ERR_FORMAT, 0,
			"'%s' is no manifest of version 1, which amiwright build leaves "
			"beside an image",
			name);
	m.family = xstrdup(recipe);
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
