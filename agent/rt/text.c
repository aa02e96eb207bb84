/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rt/text.h"

#include <linux/errno.h>

#include "rt/string.h"

enum { DIGITS_MOST = 20 /* of 2^64 */ };

struct text text_in(char *data, size_t room_bytes)
{
	data[0] = '\0';
	return (struct text){ .data = data, .room_bytes = room_bytes };
}

void text_add(struct text *t, const void *data, size_t length_bytes)
{
	size_t room = t->room_bytes - 1 - t->length_bytes;

	if (length_bytes > room) {
		t->cut = true;
		length_bytes = room;
	}
	memcpy(t->data + t->length_bytes, data, length_bytes);
	t->length_bytes += length_bytes;
	t->data[t->length_bytes] = '\0';
}

void text_add_str(struct text *t, const char *s)
{
	text_add(t, s, strlen(s));
}

/* One conversion; the letter is that of printf. */
struct conversion {
	char letter;
	char fill;
	size_t width;
	size_t precision; /* SIZE_MAX: none */
	unsigned int longs; /* how many l; z counts for one */
};

static void add_number(
	struct text *t, const struct conversion *c, uint64_t value, bool negative)
{
	unsigned int base = c->letter == 'x' ? 16 : 10;
	char digits[DIGITS_MOST];
	size_t count = 0, width = negative && c->width ? c->width - 1 : c->width;

	do {
		digits[DIGITS_MOST - ++count] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	if (negative && c->fill == '0')
		text_add(t, "-", 1);
	for (; width > count; width--)
		text_add(t, &c->fill, 1);
	if (negative && c->fill != '0')
		text_add(t, "-", 1);
	text_add(t, digits + DIGITS_MOST - count, count);
}

/* The conversion whose % stands before `fmt`; returns what stands behind its letter. */
static const char *parse_conversion(const char *fmt, struct conversion *c)
{
	*c = (struct conversion){ .fill = ' ', .precision = SIZE_MAX };
	if (*fmt == '0')
		c->fill = *fmt++;
	while (*fmt >= '0' && *fmt <= '9')
		c->width = c->width * 10 + (size_t)(*fmt++ - '0');
	if (fmt[0] == '.' && fmt[1] == '*') {
		c->precision = 0;
		fmt += 2;
	}
	for (; *fmt == 'l' || *fmt == 'z'; fmt++)
		c->longs++;
	c->letter = *fmt;
	return *fmt ? fmt + 1 : fmt;
}

void text_addv(struct text *t, const char *fmt, va_list args)
{
	struct conversion c;

	while (*fmt) {
		size_t plain = strcspn(fmt, "%");

		text_add(t, fmt, plain);
		fmt += plain;
		if (!*fmt)
			break;
		fmt = parse_conversion(fmt + 1, &c);
		if (c.precision != SIZE_MAX)
			c.precision = (size_t)va_arg(args, int);
		if (c.letter == 's') {
			const char *s = va_arg(args, const char *);

			text_add(t, s, strnlen(s, c.precision));
		} else if (c.letter == 'c') {
			char byte = (char)va_arg(args, int);

			text_add(t, &byte, 1);
		} else if (c.letter == 'd') {
			int value = va_arg(args, int);

			add_number(t, &c, value < 0 ? -(uint64_t)value : (uint64_t)value,
				value < 0);
		} else if (c.letter == 'u' || c.letter == 'x') {
			/* On both machines long and long long are of one size. */
			add_number(t, &c,
				c.longs ? va_arg(args, unsigned long)
					: va_arg(args, unsigned int),
				false);
		} else {
			text_add(t, "%", 1);
		}
	}
}

void text_addf(struct text *t, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	text_addv(t, fmt, args);
	va_end(args);
}

static const struct {
	int number;
	const char *words;
} errors[] = {
	{ EPERM, "not permitted" },
	{ ENOENT, "no such file or directory" },
	{ EIO, "input/output error" },
	{ ENXIO, "no such device" },
	{ ENOEXEC, "not a program that the kernel can start" },
	{ ENOMEM, "out of memory" },
	{ EACCES, "permission denied" },
	{ EBUSY, "busy" },
	{ EEXIST, "exists already" },
	{ ENODEV, "no such device" },
	{ ENOTDIR, "not a directory" },
	{ EISDIR, "is a directory" },
	{ EINVAL, "invalid argument" },
	{ EFBIG, "too large" },
	{ ENOSPC, "no space left" },
	{ EROFS, "read-only file system" },
	{ ELOOP, "is a symbolic link" },
	{ ENAMETOOLONG, "name too long" },
	{ EMSGSIZE, "too large" },
	{ EPROTO, "not what the protocol says" },
	{ EOPNOTSUPP, "not supported" },
	{ EADDRNOTAVAIL, "no such address here" },
	{ EAFNOSUPPORT, "address family not supported" },
	{ ENETDOWN, "network is down" },
	{ ENETUNREACH, "network is unreachable" },
	{ ECONNRESET, "connection reset" },
	{ ETIMEDOUT, "timed out" },
	{ ECONNREFUSED, "connection refused" },
	{ EHOSTUNREACH, "host is unreachable" },
	{ EDQUOT, "quota exceeded" },
};

const char *text_errno(long minus_errno)
{
	static char number[32];
	struct text t;

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].number == -minus_errno)
			return errors[i].words;
	t = TEXT_IN(number);
	text_addf(&t, "error %d", (int)-minus_errno);
	return number;
}

bool text_number(const char *digits, size_t length, uint64_t most, uint64_t *ret)
{
	uint64_t value = 0;

	if (!length)
		return false;
	for (size_t i = 0; i < length; i++) {
		uint64_t digit = (uint64_t)(unsigned char)digits[i] - '0';

		if (digit > 9 || value > (most - digit) / 10 || digit > most)
			return false;
		value = value * 10 + digit;
	}
	*ret = value;
	return true;
}
