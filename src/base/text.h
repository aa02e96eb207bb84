/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Questions about C strings that <string.h> does not answer.
 */
#pragma once

#include <stdbool.h>

/* Whether the first bytes of `text` are `start`. A text starts with
 * itself, and with "". */
bool text_starts_with(const char *text, const char *start);

/* Whether the last bytes of `text` are `end`. A text ends with itself, and with "". */
bool text_ends_with(const char *text, const char *end);

/* The same, whatever the case of letters (of the C locale) is. */
bool text_ends_with_any_case(const char *text, const char *end);
