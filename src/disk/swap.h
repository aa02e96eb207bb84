/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A swap area as mkswap(8) makes it: a header in the first page (the kernel's union
 * swap_header in include/linux/swap.h), for machines with pages of 4 KiB.
 */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "disk/blockmap.h"

/* Ten pages are the least that mkswap takes. */
#define SWAP_LEAST_BYTES (UINT64_C(40) << 10)

struct swap_spec {
	uint64_t size_bytes;
	const char *label; /* ≤ 15 bytes: a NUL follows */
	uint8_t uuid[16];
};

int swap_layout(const struct swap_spec *spec, struct blockmap **ret, struct error *err);
