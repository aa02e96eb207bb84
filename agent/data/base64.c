/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "data/base64.h"

static const char alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t base64_encode(const void *data, size_t bytes, char *to, bool pad)
{
	const uint8_t *at = data;
	char *const start = to;

	for (; bytes > 0; at += 3) {
		size_t group = bytes < 3 ? bytes : 3;
		uint32_t bits = (uint32_t)at[0] << 16;

		if (group > 1)
			bits |= (uint32_t)at[1] << 8;
		if (group > 2)
			bits |= at[2];
		for (size_t i = 0; i < 4; i++) {
			if (i <= group)
				*to++ = alphabet[bits >> (18 - 6 * i) & 63];
			else if (pad)
				*to++ = '=';
		}
		bytes -= group;
	}
	*to = '\0';
	return (size_t)(to - start);
}

/* The six bits that a letter stands for, or -1. */
static int letter_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Letters and "=" met so far, and the bits that do not make a byte yet. */
struct decoder {
	uint8_t *to;
	size_t room_bytes;
	size_t made_bytes;
	size_t letters;
	size_t pads;
	uint32_t bits;
};

static enum data_result take_letter(struct decoder *d, uint32_t value)
{
	d->bits = d->bits << 6 | value;
	d->letters++;
	if (d->letters % 4 == 1)
		return DATA_OK;
	if (d->made_bytes == d->room_bytes)
		return DATA_TOO_LARGE;
	/* After the second, third and fourth letter 4, 2 and 0 bits are left over. */
	d->to[d->made_bytes++] = (uint8_t)(d->bits >> (2 * ((4 - d->letters % 4) % 4)));
	return DATA_OK;
}

enum data_result base64_decode(
	const char *text, size_t length, void *to, size_t room_bytes, size_t *ret_bytes)
{
	struct decoder d = { .to = to, .room_bytes = room_bytes };
	size_t tail;

	for (size_t i = 0; i < length; i++) {
		int value = letter_value(text[i]);
		enum data_result result = DATA_OK;

		if (is_space(text[i]))
			continue;
		if (text[i] == '=')
			d.pads++;
		else if (value < 0 || d.pads > 0)
			return DATA_CORRUPT;
		else
			result = take_letter(&d, (uint32_t)value);
		if (result != DATA_OK)
			return result;
	}
	tail = d.letters % 4;
	if (d.pads > 0 && (tail < 2 || tail + d.pads > 4))
		return DATA_CORRUPT;
	if ((tail + d.pads) % 4 != 0)
		return DATA_TRUNCATED;
	*ret_bytes = d.made_bytes;
	return DATA_OK;
}
