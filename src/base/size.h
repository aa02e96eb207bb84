/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sizes as people write them. Units are IEC: K, M, G, T (also KiB, MiB, …) are powers of
 * 1024.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

#define KIB (UINT64_C(1) << 10)
#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

/* A block of every EBS snapshot (EBS direct APIs, BlockSize). */
#define EBS_BLOCK_BYTES (512 * KIB)

/* The largest volume that one can be of (EBS direct APIs, StartSnapshot, VolumeSize). */
#define EBS_VOLUME_MOST_GIB 65536

/* "8G", "512MiB", "17B"; of a number alone, "1048576", bytes. One that may be meant as
 * GiB of a volume, which EC2's own tools take it for, is refused, but for 0. False when
 * it is not a size, or more than UINT64_MAX. */
bool size_parse(const char *text, uint64_t *ret_bytes);

/* Why that was false, behind the text: "is not a size; write it like 512M or 8G". */
void size_add_refusal(const char *text, struct strbuf *to);

/* "1.40 GiB", "512 KiB", "17 B": three significant digits, or all that "1023 MiB" has. */
const char *size_format(uint64_t bytes, char buf[static 16]);

static inline uint64_t round_up(uint64_t n, uint64_t unit)
{
	return (n + unit - 1) / unit * unit;
}
