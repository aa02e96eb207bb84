/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The judgements: what a guest that is in order looks like. Pure functions over what the
 * probe has found.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "base/strv.h"
#include "core/verify_facts.h"

struct check_input {
	const struct facts *facts;
	const struct facts *before; /* of the boot before this one; NULL: the first */
	const char *user; /* whom we logged in as */
	const char *host_name; /* what the metadata says, fully qualified */
	const struct strv *console_keys; /* host keys that the console showed */
	const struct strv *launch_keys; /* public lines, as the metadata have them */
	uint64_t volume_bytes;
	int64_t time_s; /* ours, when the probe ended */
};

enum check_outcome { CHECK_FAILED = 0, CHECK_PASSED, CHECK_SKIPPED };

/* Appends to `found` what was found, in words. */
typedef enum check_outcome check_fn(const struct check_input *in, struct strbuf *found);

struct check {
	const char *name;
	check_fn *run;
};

extern const struct check verify_checks[];
extern const size_t verify_check_count;
