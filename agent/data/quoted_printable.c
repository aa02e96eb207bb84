/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "data/quoted_printable.h"

#include <stdbool.h>
#include <stdint.h>

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* After the "=" before `at`: how far a soft line end reaches, or 0 when there is none. */
static size_t soft_end_bytes(const char *text, size_t length, size_t at)
{
	size_t i = at;

	while (i < length && (text[i] == ' ' || text[i] == '\t'))
		i++;
	if (i < length && text[i] == '\r')
		i++;
	if (i == length)
		return i - at;
	return text[i] == '\n' ? i + 1 - at : 0;
}

struct decoder {
	uint8_t *to;
	size_t room_bytes;
	size_t made_bytes;
	size_t solid_bytes; /* without the blanks that go if the line ends now */
};

static bool put(struct decoder *d, int byte)
{
	if (d->made_bytes == d->room_bytes)
		return false;
	d->to[d->made_bytes++] = (uint8_t)byte;
	return true;
}

/* A character that stands for itself. */
static bool put_literal(struct decoder *d, const char *text, size_t length, size_t at)
{
	char c = text[at];

	if (c == '\n' || (c == '\r' && at + 1 < length && text[at + 1] == '\n'))
		d->made_bytes = d->solid_bytes;
	if (!put(d, c))
		return false;
	if (c != ' ' && c != '\t')
		d->solid_bytes = d->made_bytes;
	return true;
}

enum data_result quoted_printable_decode(
	const char *text, size_t length, void *to, size_t room_bytes, size_t *ret_bytes)
{
	struct decoder d = { .to = to, .room_bytes = room_bytes };

	for (size_t i = 0; i < length; i++) {
		bool is_code = text[i] == '=' && i + 2 < length &&
			       hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
		size_t soft = text[i] == '=' ? soft_end_bytes(text, length, i + 1) : 0;

		if (soft > 0 || (text[i] == '=' && i + 1 == length)) {
			i += soft;
			d.solid_bytes = d.made_bytes;
		} else if (is_code) {
			if (!put(&d,
				    hex_value(text[i + 1]) << 4 | hex_value(text[i + 2])))
				return DATA_TOO_LARGE;
			i += 2;
			d.solid_bytes = d.made_bytes;
		} else if (!put_literal(&d, text, length, i)) {
			return DATA_TOO_LARGE;
		}
	}
	*ret_bytes = d.solid_bytes;
	return DATA_OK;
}
