/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/shell_split.h"

#include <string.h>

#include "base/strbuf.h"

static const char white[] = " \t\r\n";

/* One quoted piece; `text` is behind the opening quote. NULL when it is not closed. */
static const char *add_quoted(const char *text, char quote, struct strbuf *word)
{
	for (; *text != quote; text++) {
		if (!*text)
			return NULL;
		/* Inside "", a backslash means itself but before itself and the quote. */
		if (quote == '"' && *text == '\\' && (text[1] == '\\' || text[1] == '"'))
			text++;
		strbuf_add_char(word, *text);
	}
	return text + 1;
}

static const char *add_word(const char *text, struct strbuf *word)
{
	while (text && *text && !strchr(white, *text)) {
		if (*text == '\'' || *text == '"') {
			text = add_quoted(text + 1, *text, word);
			continue;
		}
		if (*text == '\\' && !*++text)
			return NULL;
		strbuf_add_char(word, *text++);
	}
	return text;
}

bool shell_split(const char *text, struct strv *ret)
{
	struct strv words = STRV_INIT;

	for (;;) {
		struct strbuf word = STRBUF_INIT;

		text += strspn(text, white);
		if (!*text)
			break;
		text = add_word(text, &word);
		if (!text) {
			strbuf_release(&word);
			strv_release(&words);
			return false;
		}
		strv_take(&words, strbuf_take(&word));
	}
	*ret = words;
	return true;
}
