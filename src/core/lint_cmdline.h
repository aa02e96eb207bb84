/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel command lines that boot loaders of an image have: GRUB's configuration,
 * SYSLINUX's and U-Boot's extlinux.conf, the entries of the Boot Loader Specification,
 * unified kernel images.
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "core/lint_look.h"

/* `words` is the whole line, with blanks between its words. */
typedef void lint_cmdline_fn(struct lint_look *l, struct lint_place at, unsigned int line,
	const char *words, void *userdata);

int lint_each_cmdline(
	struct lint_look *l, lint_cmdline_fn *fn, void *userdata, struct error *err);

/*
 * The value of the next word "key=value" from `*at` on, which moves behind it; NULL when
 * there is no more. Its length is in *ret_length.
 */
const char *lint_cmdline_value(const char **at, const char *key, size_t *ret_length);
