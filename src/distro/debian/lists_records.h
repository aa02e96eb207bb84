/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The records of package lists: what they say of a package, one after the other.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Whether one of apt's files of that name is a list of packages. */
bool lists_have_records(const char *name);

/* A record without the empty line behind it, and the hash of the package's file. An error
 * of its own ends the reading. */
typedef int (*lists_record_fn)(void *userdata, const char *record, size_t length_bytes,
	const char *sha256, struct error *err);

/* Every record that has a SHA-256, of one list. */
int lists_records_of(
	const char *path, lists_record_fn fn, void *userdata, struct error *err);

/* Every record that has a SHA-256, of every list in apt's directory `dir`, by the lists'
 * names. */
int lists_each_record(
	const char *dir, lists_record_fn fn, void *userdata, struct error *err);
