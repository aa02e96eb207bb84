/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the steps in the tree are told: IMAGE_* variables. Each step's head names those it
 * reads.
 */
#pragma once

#include <stdint.h>

#include "base/strv.h"
#include "distro/debian/mirrors.h"
#include "distro/debian/suite.h"
#include "distro/distro.h"

/* Where the tree sees the directory for boot loader images. */
#define DEBIAN_LOADER_DIR "run/amiwright/loader"

/* Where a keyring of the recipe's own stands in the image. */
#define DEBIAN_KEYRING_DIR "etc/apt/keyrings"

/* `keyring` is the image's path of the keyring that its sources are signed by. */
void debian_image_env(const struct distro_spec *spec,
	const struct debian_mirrors *mirrors, const char *keyring, int64_t epoch_s,
	struct strv *env);
