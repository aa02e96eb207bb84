/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk/crc32c.h"

enum { CRC_CHARS = 8 };

void record_add(struct strbuf *to, const char *text)
{
	size_t length = strlen(text);

	if (length > RECORD_MOST_CHARS || memchr(text, '\n', length))
		abort();
	strbuf_addf(to, "%08" PRIx32 " %s\n", crc32c(text, length), text);
}

size_t record_read(
	const char *text, size_t length_bytes, char ret[static RECORD_MOST_CHARS + 1])
{
	const char *end = memchr(text, '\n', length_bytes);
	const size_t line = end ? (size_t)(end - text) : 0;
	const char *content = text + CRC_CHARS + 1;
	char crc[CRC_CHARS + 1];
	size_t length;

	if (line <= CRC_CHARS + 1 || text[CRC_CHARS] != ' ')
		return 0;
	length = line - CRC_CHARS - 1;
	if (length > RECORD_MOST_CHARS || memchr(content, '\0', length))
		return 0;
	(void)snprintf(crc, sizeof(crc), "%08" PRIx32, crc32c(content, length));
	if (memcmp(text, crc, CRC_CHARS) != 0)
		return 0;
	memcpy(ret, content, length);
	ret[length] = '\0';
	return line + 1;
}
