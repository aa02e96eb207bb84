/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-256 of two messages of the same length: on x86 processors that have instructions
 * for it in little more time than of one, elsewhere one after the other.
 */
#pragma once

#include "tree/hash.h"

void hash_pair(const uint8_t *const messages[static 2], size_t length_bytes,
	uint8_t *const ret_digests[static 2]);
