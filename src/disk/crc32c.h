/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CRC-32C (Castagnoli), RFC 3720, appendix B.4: what XFS guards its blocks with. */
#pragma once

#include <stddef.h>
#include <stdint.h>

uint32_t crc32c(const void *bytes, size_t length_bytes);
