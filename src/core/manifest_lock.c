/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/manifest_lock.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "core/manifest_json.h"

/* A package's name or version becomes a line of apt's configuration, and a word of it. */
static bool is_word(const char *text)
{
	if (!text || !*text)
		return false;
	for (const char *c = text; *c; c++)
		if (*c <= ' ' || *c > '~')
			return false;
	return true;
}

static bool is_sha256(const char *text)
{
	return text && strlen(text) == SHA256_HEX_CHARS &&
	       strspn(text, "0123456789abcdef") == SHA256_HEX_CHARS;
}

static int add_package(const json_t *from, size_t number, const char *name,
	struct distro_lock *to, struct error *err)
{
	const char *sha256 = manifest_json_text(from, "sha256"),
		   *uri = manifest_json_text(from, "uri");
	const json_int_t size = json_integer_value(json_object_get(from, "size_bytes"));
	struct distro_package p = { 0 };

	if (!is_word(manifest_json_text(from, "name")) ||
		!is_word(manifest_json_text(from, "version")) ||
		!is_word(manifest_json_text(from, "arch")) ||
		(uri && !is_sha256(sha256)) || size < 0)
		return error_set(err, ERR_FORMAT, 0,
			"'%s': package number %zu is not as a manifest has it", name,
			number + 1);
	p.name = xstrdup(manifest_json_text(from, "name"));
	p.version = xstrdup(manifest_json_text(from, "version"));
	p.arch = xstrdup(manifest_json_text(from, "arch"));
	if (uri) {
		p.uri = xstrdup(uri);
		p.size_bytes = (uint64_t)size;
		memcpy(p.sha256, sha256, sizeof(p.sha256));
	}
	distro_packages_add(&to->packages, &p);
	return 0;
}

static int check_recipe(const json_t *root, const char *name, const struct recipe *recipe,
	struct error *err)
{
	const struct {
		const char *member, *wanted;
	} same[] = {
		{ "distro", recipe->distro },
		{ "release", recipe->release },
		{ "arch", recipe_arch_name(recipe->arch) },
	};
	const json_t *of = json_object_get(root, "recipe");

	for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
		const char *value = manifest_json_text(of, same[i].member);

		if (!value)
			return error_set(err, ERR_FORMAT, 0,
				"'%s' is no manifest: it does not say of which %s it is",
				name, same[i].member);
		if (strcmp(value, same[i].wanted) != 0)
			return error_set(err, ERR_RECIPE, 0,
				"the manifest '%s' is of %s '%s', the recipe of '%s'",
				name, same[i].member, value, same[i].wanted);
	}
	return 0;
}

int manifest_lock_parse(const char *text, size_t length_bytes, const char *name,
	const struct recipe *recipe, struct distro_lock *ret, struct error *err)
{
	json_auto_t *root = NULL;
	CLEANUP(distro_lock_releasep) struct distro_lock lock = { 0 };
	const json_t *packages, *epoch;

	if (manifest_json_parse(text, length_bytes, name, &root, err) < 0)
		return -1;
	if (check_recipe(root, name, recipe, err) < 0)
		return -1;
	packages = json_object_get(root, "packages");
	epoch = json_object_get(root, "epoch");
	if (!json_array_size(packages) || !json_is_integer(epoch) ||
		json_integer_value(epoch) < 0)
		return error_set(err, ERR_FORMAT, 0,
			"'%s' is no manifest: it has no packages, or no epoch", name);
	lock.epoch_s = json_integer_value(epoch);
	for (size_t i = 0; i < json_array_size(packages); i++)
		if (add_package(json_array_get(packages, i), i, name, &lock, err) < 0)
			return -1;
	*ret = lock;
	lock = (struct distro_lock){ 0 };
	return 0;
}

int manifest_lock_read(const char *path, const struct recipe *recipe,
	struct distro_lock *ret, struct error *err)
{
	CLEANUP(freep) char *text = NULL;
	size_t length;

	if (file_read_all(path, MANIFEST_MOST_BYTES, &text, &length, err) < 0)
		return error_context(err, "read the manifest");
	return manifest_lock_parse(text, length, path, recipe, ret, err);
}
