/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What decides about a tree of Debian besides spec and program: see distro_driver.inputs.
 */
#pragma once

#include "base/error.h"
#include "base/strbuf.h"
#include "distro/debian/apt.h"
#include "distro/distro.h"

/* Who and what makes a part of a tree that is kept: spec->maker, which is not NULL, and
 * what runs the packages' programs. Appended to `to`. */
void debian_maker_format(const struct distro_spec *spec, struct strbuf *to);

/*
 * Of an apt that has `sources` and, unless the build is locked, has fetched their lists.
 * A locked build does not depend on what these say: its manifest names all packages, and
 * the date.
 */
int debian_inputs_format(const struct distro_spec *spec, struct apt *apt,
	const char *sources, struct strbuf *to, struct error *err);
