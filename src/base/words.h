/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words as people type them: booleans, and the known word nearest to one that is not
 * known. And how they are read to: one image, two images.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 1, yes, true, on and 0, no, false, off, in any case. False when `text` is none of
 * these. */
bool bool_parse(const char *text, bool *ret);

/*
 * The nearest of several known words, by Damerau-Levenshtein distance (a letter inserted,
 * left out, changed, or two neighbours swapped), the same in another case, or what other
 * tools' word for it means ("amd64"). Offer each candidate, then ask:
 *
 *	struct nearest n = { .word = "packagez" };
 *	nearest_offer(&n, "packages");
 *	nearest_best(&n);
 */
struct nearest {
	const char *word;
	const char *best;
	size_t distance;
};

void nearest_offer(struct nearest *n, const char *candidate);

/* NULL when none is near enough to be what was meant: about a third of the letters
 * differ. */
const char *nearest_best(const struct nearest *n);

/* Number of edits between two words; of each, only the first 63 bytes are looked at. */
size_t edit_distance(const char *a, const char *b);

/* What stands behind a noun: "%zu image%s". */
static inline const char *plural_s(uint64_t count)
{
	return count == 1 ? "" : "s";
}
