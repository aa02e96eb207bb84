/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's console: lines are plain and bounded, whatever the pieces that the bytes come
 * in; what is taken for a host key is one line that a known-hosts file can hold.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "vm/console_facts.h"
#include "vm/console_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

struct sink {
	struct strbuf all;
	struct console_facts facts;
};

static void take_line(const char *line, void *userdata)
{
	struct sink *sink = userdata;

	check(strlen(line) <= CONSOLE_LINE_MOST_BYTES);
	for (const char *c = line; *c; c++)
		check(*c >= ' ' && *c < 127);
	strbuf_addf(&sink->all, "%s\n", line);
	console_facts_line(&sink->facts, line, true);
}

static void run(const uint8_t *data, size_t size, size_t piece, struct sink *sink)
{
	struct console_text text = CONSOLE_TEXT_INIT;

	*sink = (struct sink){ .all = STRBUF_INIT, .facts = CONSOLE_FACTS_INIT };
	for (size_t at = 0; at < size; at += piece)
		console_text_add(&text, (const char *)data + at,
			size - at < piece ? size - at : piece, take_line, sink);
	console_text_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sink whole, pieces;

	run(data, size, size ? size : 1, &whole);
	run(data, size, 3, &pieces);
	check(strcmp(whole.all.data, pieces.all.data) == 0);
	for (size_t i = 0; i < whole.facts.host_keys.count; i++) {
		const char *key = whole.facts.host_keys.items[i];

		check(strncmp(key, "ssh-", 4) == 0 || strncmp(key, "ecdsa-", 6) == 0);
		check(strchr(key, ' ') && !strchr(strchr(key, ' ') + 1, ' '));
	}
	check(*console_facts_suggestion(&whole.facts));
	console_facts_release(&whole.facts);
	console_facts_release(&pieces.facts);
	strbuf_release(&whole.all);
	strbuf_release(&pieces.all);
	return 0;
}
