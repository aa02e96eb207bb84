/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors are sticky: after one every read gives zeros, and the loops end at once. A
 * code is followed bit by bit through the counts of codes of each length, which needs
 * no table but those counts and the symbols in order of their codes: slow, small, and
 * fast enough for what user data is.
 */
#include "data/inflate.h"

#include <stdbool.h>

#include "rt/string.h"

enum {
	CODE_LENGTH_MOST = 15,
	LITERALS = 286,
	LITERALS_FIXED = 288, /* the last two have codes, but no meaning */
	DISTANCES = 30,
	LENGTH_CODES = 19,
	END_OF_BLOCK = 256,
};

struct code {
	uint16_t count[CODE_LENGTH_MOST +
		       1]; /* of symbols, by the length of their codes */
	uint16_t symbols[LITERALS_FIXED]; /* in the order of their codes */
};

struct inflater {
	const uint8_t *at, *end;
	uint32_t bits;
	unsigned int bit_count; /* below 8 between two reads */
	uint8_t *to;
	size_t made_bytes, room_bytes;
	enum data_result result;
};

static unsigned int fail(struct inflater *s, enum data_result result)
{
	if (s->result == DATA_OK)
		s->result = result;
	return 0;
}

/* The next `count` bits, at most 16, the first the lowest. */
static unsigned int take_bits(struct inflater *s, unsigned int count)
{
	unsigned int value;

	if (s->result != DATA_OK)
		return 0;
	while (s->bit_count < count) {
		if (s->at == s->end)
			return fail(s, DATA_TRUNCATED);
		s->bits |= (uint32_t)*s->at++ << s->bit_count;
		s->bit_count += 8;
	}
	value = s->bits & ((1U << count) - 1);
	s->bits >>= count;
	s->bit_count -= count;
	return value;
}

/*
 * RFC 1951, 3.2.2: lengths to codes. Too many codes, or room left for more, is no code;
 * but one symbol alone may have a code of one bit, or a block without any distance none.
 */
static void make_code(
	struct inflater *s, struct code *c, const uint8_t *lengths, unsigned int symbols)
{
	uint16_t next[CODE_LENGTH_MOST + 1];
	unsigned int used = 0, left = 1;

	memset(c->count, 0, sizeof(c->count));
	for (unsigned int i = 0; i < symbols; i++)
		c->count[lengths[i]]++;
	c->count[0] = 0;
	for (unsigned int n = 1; n <= CODE_LENGTH_MOST; n++) {
		next[n] = (uint16_t)used;
		used += c->count[n];
		left <<= 1;
		if (c->count[n] > left) {
			(void)fail(s, DATA_CORRUPT);
			return;
		}
		left -= c->count[n];
	}
	if (left > 0 && used > 0 && !(used == 1 && c->count[1] == 1))
		(void)fail(s, DATA_CORRUPT);
	for (unsigned int i = 0; i < symbols; i++)
		if (lengths[i] > 0)
			c->symbols[next[lengths[i]]++] = (uint16_t)i;
}

static unsigned int take_symbol(struct inflater *s, const struct code *c)
{
	unsigned int value = 0, first = 0, before = 0;

	/*
	 * `first` is the first code of this length, `before` the symbols of shorter
	 * ones.
	 */
	for (unsigned int n = 1; n <= CODE_LENGTH_MOST && s->result == DATA_OK; n++) {
		value = value << 1 | take_bits(s, 1);
		if (value - first < c->count[n])
			return s->result == DATA_OK ? c->symbols[before + value - first]
						    : 0;
		before += c->count[n];
		first = (first + c->count[n]) << 1;
	}
	return fail(s, DATA_CORRUPT);
}

static bool put(struct inflater *s, uint8_t byte)
{
	if (s->made_bytes == s->room_bytes)
		return fail(s, DATA_TOO_LARGE);
	s->to[s->made_bytes++] = byte;
	return true;
}

/* A length or distance that has a base and some bits more (RFC 1951, 3.2.5). */
static unsigned int take_more(struct inflater *s, unsigned int base, unsigned int bits)
{
	return base + take_bits(s, bits);
}

static unsigned int take_length(struct inflater *s, unsigned int symbol)
{
	static const uint16_t bases[] = { 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23,
		27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258 };
	unsigned int i = symbol - END_OF_BLOCK - 1;

	if (i >= sizeof(bases) / sizeof(bases[0]))
		return fail(s, DATA_CORRUPT);
	return take_more(s, bases[i], i < 8 || i == 28 ? 0 : (i - 4) / 4);
}

static unsigned int take_distance(struct inflater *s, const struct code *distances)
{
	unsigned int i = take_symbol(s, distances);

	if (i >= DISTANCES)
		return fail(s, DATA_CORRUPT);
	if (i < 4)
		return i + 1;
	return take_more(s, (2 + i % 2) * (1U << (i / 2 - 1)) + 1, i / 2 - 1);
}

/* Byte by byte: what is copied may reach into what the copy makes. */
static void copy_back(struct inflater *s, unsigned int length, unsigned int distance)
{
	if (s->result != DATA_OK)
		return;
	if (distance > s->made_bytes) {
		(void)fail(s, DATA_CORRUPT);
		return;
	}
	while (length-- > 0 && put(s, s->to[s->made_bytes - distance]))
		;
}

static void read_codes(
	struct inflater *s, const struct code *literals, const struct code *distances)
{
	while (s->result == DATA_OK) {
		unsigned int symbol = take_symbol(s, literals);

		if (symbol == END_OF_BLOCK)
			return;
		if (symbol < END_OF_BLOCK) {
			if (s->result == DATA_OK)
				(void)put(s, (uint8_t)symbol);
		} else {
			unsigned int length = take_length(s, symbol);

			copy_back(s, length, take_distance(s, distances));
		}
	}
}

static void read_stored(struct inflater *s)
{
	unsigned int length, inverse;

	(void)take_bits(s, s->bit_count); /* up to the next byte */
	length = take_bits(s, 16);
	inverse = take_bits(s, 16);
	if (s->result == DATA_OK && length != (inverse ^ 0xffff))
		(void)fail(s, DATA_CORRUPT);
	else if ((size_t)(s->end - s->at) < length)
		(void)fail(s, DATA_TRUNCATED);
	else if (s->room_bytes - s->made_bytes < length)
		(void)fail(s, DATA_TOO_LARGE);
	if (s->result != DATA_OK)
		return;
	if (length > 0)
		memcpy(s->to + s->made_bytes, s->at, length);
	s->at += length;
	s->made_bytes += length;
}

static void read_fixed(struct inflater *s)
{
	uint8_t lengths[LITERALS_FIXED];
	struct code literals, distances;

	/* RFC 1951, 3.2.6. */
	for (unsigned int i = 0; i < LITERALS_FIXED; i++)
		lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
	make_code(s, &literals, lengths, LITERALS_FIXED);
	memset(lengths, 5, 32);
	make_code(s, &distances, lengths, 32);
	read_codes(s, &literals, &distances);
}

/* The lengths of both codes, themselves coded by `c` (RFC 1951, 3.2.7). */
static void read_lengths(
	struct inflater *s, const struct code *c, uint8_t *lengths, unsigned int count)
{
	unsigned int i = 0;

	while (i < count && s->result == DATA_OK) {
		unsigned int symbol = take_symbol(s, c), times = 1;
		uint8_t length = (uint8_t)symbol;

		if (symbol == 16) {
			times = take_more(s, 3, 2);
			length = i > 0 ? lengths[i - 1] : 0;
			if (i == 0)
				(void)fail(s, DATA_CORRUPT);
		} else if (symbol > 16) {
			times = symbol == 17 ? take_more(s, 3, 3) : take_more(s, 11, 7);
			length = 0;
		}
		if (times > count - i) {
			(void)fail(s, DATA_CORRUPT);
			return;
		}
		memset(lengths + i, length, times);
		i += times;
	}
}

static void read_dynamic(struct inflater *s)
{
	static const uint8_t order[LENGTH_CODES] = { 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11,
		4, 12, 3, 13, 2, 14, 1, 15 };
	unsigned int literal_count = take_more(s, 257, 5);
	unsigned int distance_count = take_more(s, 1, 5);
	unsigned int order_count = take_more(s, 4, 4);
	uint8_t lengths[LITERALS + DISTANCES] = { 0 };
	struct code literals, distances;

	if (literal_count > LITERALS || distance_count > DISTANCES) {
		(void)fail(s, DATA_CORRUPT);
		return;
	}
	for (unsigned int i = 0; i < order_count; i++)
		lengths[order[i]] = (uint8_t)take_bits(s, 3);
	make_code(s, &literals, lengths, LENGTH_CODES);
	memset(lengths, 0, sizeof(lengths));
	read_lengths(s, &literals, lengths, literal_count + distance_count);
	if (s->result == DATA_OK && lengths[END_OF_BLOCK] == 0)
		(void)fail(s, DATA_CORRUPT);
	make_code(s, &literals, lengths, literal_count);
	make_code(s, &distances, lengths + literal_count, distance_count);
	read_codes(s, &literals, &distances);
}

enum data_result inflate(const uint8_t *from, size_t from_bytes, uint8_t *to,
	size_t room_bytes, size_t *ret_used_bytes, size_t *ret_made_bytes)
{
	struct inflater s = {
		.at = from, .end = from + from_bytes, .to = to, .room_bytes = room_bytes
	};
	bool last = false;

	while (!last && s.result == DATA_OK) {
		last = take_bits(&s, 1);
		switch (take_bits(&s, 2)) {
		case 0:
			read_stored(&s);
			break;
		case 1:
			read_fixed(&s);
			break;
		case 2:
			read_dynamic(&s);
			break;
		default:
			(void)fail(&s, DATA_CORRUPT);
		}
	}
	if (s.result == DATA_OK) {
		*ret_used_bytes = (size_t)(s.at - from);
		*ret_made_bytes = s.made_bytes;
	}
	return s.result;
}
