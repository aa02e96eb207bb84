/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/scdoc.h"

#include <string.h>

void scdoc_add_text(struct strbuf *to, const char *text)
{
	for (; *text; text++) {
		if (strchr("*_\\<>#[]", *text))
			strbuf_add_char(to, '\\');
		strbuf_add_char(to, *text);
	}
}
