/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CRC-32 of gzip (RFC 1952, 8) and of GUID partition tables (UEFI 2.10, 5.3.2). */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* `crc` is 0 for the first bytes, then what the call before returned. */
uint32_t crc32_add(uint32_t crc, const void *data, size_t bytes);
