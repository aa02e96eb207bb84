/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/uri.h"

#include <string.h>

static bool is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

static void encode(struct strbuf *to, const char *text, bool keep_slash)
{
	static const char digits[] = "0123456789ABCDEF";

	while (*text) {
		const char *from = text;
		unsigned char c;

		while (is_unreserved(*text) || (keep_slash && *text == '/'))
			text++;
		strbuf_add(to, from, (size_t)(text - from));
		if (!*text)
			return;
		c = (unsigned char)*text++;
		strbuf_add(to, (const char[]){ '%', digits[c >> 4], digits[c & 15] }, 3);
	}
}

void uri_encode(struct strbuf *to, const char *text)
{
	encode(to, text, false);
}

void uri_encode_path(struct strbuf *to, const char *path)
{
	encode(to, path, true);
}
