/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Manifests of any bytes: refused with a reason, or read and then made into apt's pins,
 * which hold one line a package and name.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "core/manifest_image.h"
#include "core/manifest_lock.h"
#include "distro/debian/lock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes);

static void check_pins(const struct distro_lock *lock)
{
	CLEANUP(strbuf_releasep) struct strbuf pins = STRBUF_INIT;
	size_t lines = 0, locked = 0;

	debian_lock_pins(lock, &pins);
	for (const char *c = pins.data; *c; c++)
		lines += *c == '\n';
	for (size_t i = 0; i < lock->packages.count; i++)
		locked += lock->packages.items[i].uri != NULL;
	if (lines != 4 * locked)
		abort();
}

static void check_image(const uint8_t *data, size_t size_bytes)
{
	CLEANUP(manifest_image_releasep) struct manifest_image image = { 0 };
	struct error err = ERROR_INIT;

	if (manifest_image_parse(
		    (const char *)data, size_bytes, "manifest", &image, &err) < 0) {
		if (err.code != ERR_FORMAT || !*err.msg)
			abort();
	} else if (!*image.family || strlen(image.name) > 128) {
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
	CLEANUP(distro_lock_releasep) struct distro_lock lock = { 0 };
	struct recipe recipe = {
		.distro = (char[]){ "debian" },
		.release = (char[]){ "bookworm" },
		.arch = RECIPE_ARCH_X86_64,
	};
	struct error err = ERROR_INIT;

	if (manifest_lock_parse((const char *)data, size_bytes, "manifest", &recipe,
		    &lock, &err) == 0)
		check_pins(&lock);
	else if ((err.code != ERR_FORMAT && err.code != ERR_RECIPE) || !*err.msg)
		abort();
	check_image(data, size_bytes);
	return 0;
}
