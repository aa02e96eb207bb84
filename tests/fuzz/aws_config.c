/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ~/.aws/config as a stranger wrote it: whatever is read is whole strings inside the
 * text, and keys are in lower case.
 */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/ini.h"
#include "aws/shell_split.h"
#include "base/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_inside(const struct ini *ini, const char *text)
{
	check(text >= ini->text && text + strlen(text) < ini->text + ini->text_bytes);
}

static void check_entry(const struct ini *ini, const struct ini_entry *entry)
{
	CLEANUP(strv_releasep) struct strv words = STRV_INIT;
	CLEANUP(freep) char *nested = ini_nested(entry->value, "endpoint_url");

	check_inside(ini, entry->key);
	check_inside(ini, entry->value);
	for (const char *c = entry->key; *c; c++)
		check(!isupper((unsigned char)*c));
	if (shell_split(entry->value, &words))
		check(words.count <= strlen(entry->value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(ini_releasep) struct ini ini = INI_INIT;
	struct error err = ERROR_INIT;

	if (ini_parse((const char *)data, size, "input", &ini, &err) < 0)
		return 0;
	for (size_t i = 0; i < ini.count; i++) {
		const struct ini_section *s = &ini.sections[i];

		for (size_t k = 0; k < s->count; k++) {
			check_entry(&ini, &s->entries[k]);
			check(ini_get(&ini, s, s->entries[k].key) == s->entries[k].value);
		}
	}
	return 0;
}
