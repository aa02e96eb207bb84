/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text in a buffer of fixed size. What does not fit is left out and remembered in `cut`,
 * so that a writer checks once, at the end. The text is terminated at all times.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *data;
	size_t room_bytes; /* of `data`, the terminator included */
	size_t length_bytes;
	bool cut;
};

/* `array` is a char array that outlives the text. */
#define TEXT_IN(array) text_in(array, sizeof(array))
struct text text_in(char *data, size_t room_bytes);

void text_add(struct text *t, const void *data, size_t length_bytes);
void text_add_str(struct text *t, const char *s);

/*
 * Of printf: %s, %.*s, %c, %d, %u, %x, %zu, %lu, %llu and %%, with a width and a zero
 * before the digits of a number ("%02x"). An errno is "%s" of text_errno().
 */
__attribute__((format(printf, 2, 3))) void text_addf(
	struct text *t, const char *fmt, ...);
__attribute__((format(printf, 2, 0))) void text_addv(
	struct text *t, const char *fmt, va_list args);

/* What -errno means, in words for the few that are met here, else "error 12". Static. */
const char *text_errno(long minus_errno);

/*
 * A decimal number of `length` digits and nothing else, at most `most`; false: it is not
 * one.
 */
bool text_number(const char *digits, size_t length, uint64_t most, uint64_t *ret);
