/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whose signatures count, and what they vouch for.
 */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "distro/distro.h"

/* The recipe's keyring, or Debian's as packaged on this machine. ERR_TOOL when missing.
 */
int debian_keyring_find(
	const struct distro_spec *spec, const char **ret, struct error *err);

/*
 * The newest date of the Release files in apt's directory of lists, which apt has
 * verified. The environment's SOURCE_DATE_EPOCH, when set, goes before.
 */
int debian_lists_date(const char *lists_dir, int64_t *ret_epoch_s, struct error *err);

/* The Date field of Release text, as Unix time; false when it has none. */
bool debian_release_date(const char *text, int64_t *ret_epoch_s);
