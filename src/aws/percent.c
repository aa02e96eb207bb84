/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/percent.h"

#include <string.h>

void percent_encode(struct strbuf *to, const char *text)
{
	static const char unreserved[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

	while (*text) {
		size_t plain = strspn(text, unreserved);

		strbuf_add(to, text, plain);
		text += plain;
		if (*text)
			strbuf_addf(to, "%%%02X", (unsigned char)*text++);
	}
}
