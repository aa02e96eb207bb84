/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/words.h"

#include <string.h>
#include <strings.h>

#include "base/cleanup.h"

enum { WORD_MOST = 63 };

bool bool_parse(const char *text, bool *ret)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = {
		{ "1", true },
		{ "yes", true },
		{ "true", true },
		{ "on", true },
		{ "0", false },
		{ "no", false },
		{ "false", false },
		{ "off", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!strcasecmp(text, words[i].word)) {
			*ret = words[i].value;
			return true;
		}
	}
	return false;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t edit_distance(const char *a, const char *b)
{
	size_t a_length = strnlen(a, WORD_MOST), b_length = strnlen(b, WORD_MOST);
	/* Three rows of the distance table; swaps look two rows back. */
	size_t rows[3][WORD_MOST + 1];

	for (size_t j = 0; j <= b_length; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t *row = rows[i % 3], *above = rows[(i + 2) % 3];
		const size_t *above2 = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			row[j] = least(above[j] + 1, row[j - 1] + 1);
			row[j] = least(row[j], above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
				a[i - 2] == b[j - 1])
				row[j] = least(row[j], above2[j - 2] + 1);
		}
	}
	return rows[a_length % 3][b_length];
}

/* Words of other tools for the same thing, which letters would lead astray. */
static bool means(const char *word, const char *candidate)
{
	static const struct {
		const char *theirs, *ours;
	} synonyms[] = {
		{ "amd64", "x86_64" },
		{ "x64", "x86_64" },
		{ "aarch64", "arm64" },
		{ "efi", "uefi" },
		{ "legacy", "bios" },
		{ "ls", "images" },
		{ "list", "images" },
		{ "delete", "remove" },
		{ "rm", "remove" },
		{ "deregister", "remove" },
		{ "validate", "plan" },
		{ "check", "verify" },
		{ "test", "verify" },
		{ "boot", "run" },
		{ "prune", "cleanup" },
		{ "output", "to" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(synonyms); i++)
		if (!strcmp(word, synonyms[i].theirs) &&
			!strcmp(candidate, synonyms[i].ours))
			return true;
	return false;
}

void nearest_offer(struct nearest *n, const char *candidate)
{
	size_t distance = means(n->word, candidate) || !strcasecmp(n->word, candidate)
				  ? 0
				  : edit_distance(n->word, candidate);

	if (n->best && distance >= n->distance)
		return;
	n->best = candidate;
	n->distance = distance;
}

const char *nearest_best(const struct nearest *n)
{
	size_t length = strlen(n->word);

	if (!n->best || n->distance > (length + 2) / 3)
		return NULL;
	return n->best;
}
