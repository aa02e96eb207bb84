/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/identity.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "tree/hash.h"

void identity_uuid(
	const struct recipe *r, const char *purpose, uint8_t ret[static UUID_BYTES])
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	char hex[SHA256_HEX_CHARS + 1];

	strbuf_addf(&text, "amiwright\n%s\n%s\n%s\n%s\n%s\n", purpose, r->name, r->distro,
		r->release, recipe_arch_name(r->arch));
	hash_bytes(text.data, text.length_bytes, hex);
	for (size_t i = 0; i < UUID_BYTES; i++) {
		const char digits[] = { hex[2 * i], hex[2 * i + 1], '\0' };

		ret[i] = (uint8_t)strtoul(digits, NULL, 16);
	}
	ret[6] = (uint8_t)(0x80 | (ret[6] & 0x0f)); /* version 8: custom */
	ret[8] = (uint8_t)(0x80 | (ret[8] & 0x3f)); /* variant 10 */
}

void uuid_format(const uint8_t uuid[static UUID_BYTES], char ret[static UUID_CHARS + 1])
{
	size_t at = 0;

	for (size_t i = 0; i < UUID_BYTES; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			ret[at++] = '-';
		at += (size_t)snprintf(ret + at, UUID_CHARS + 1 - at, "%02x", uuid[i]);
	}
}
