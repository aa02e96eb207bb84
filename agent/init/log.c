/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/log.h"

#include <linux/errno.h>
#include <linux/fcntl.h>
#include <stdbool.h>
#include <stdint.h>

#include "init/console.h"
#include "init/file.h"
#include "rt/sys.h"
#include "rt/text.h"

enum { LINE_MOST_BYTES = 512, STDERR = 2 };

static struct {
	const char *stage;
	uint64_t started_ms;
	int file;
} self = { .stage = "ec2-init", .file = -1 };

static int open_file(const char *path)
{
	SYS_CLOSE_LATER int dir = -1;
	const char *name;
	int r = file_open_parent(path, &dir, &name);

	if (r < 0)
		return r;
	return sys_openat(
		dir, name, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NOCTTY, 0600);
}

void log_open(const char *stage, const char *path, const char *console)
{
	self.stage = stage;
	self.started_ms = sys_clock_ms();
	consoles_open(console);
	self.file = open_file(path);
	if (self.file < 0)
		log_say("cannot open the log %s: %s", path, text_errno(self.file));
}

/* 2026-11-21T16:20:01Z, by the civil calendar's own arithmetic: eras of 400 years. */
static void add_time(struct text *t, uint64_t utc_s)
{
	uint64_t days = utc_s / 86400 + 719468; /* since 0000-03-01 */
	uint64_t era = days / 146097, day = days % 146097;
	uint64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	uint64_t month, second = utc_s % 86400;

	day -= 365 * year + year / 4 - year / 100;
	month = (5 * day + 2) / 153; /* 0 is March */
	day -= (153 * month + 2) / 5;
	year += era * 400 + (month >= 10);
	month = month < 10 ? month + 3 : month - 9;
	text_addf(t, "%04lu-%02lu-%02luT%02lu:%02lu:%02luZ", year, month, day + 1,
		second / 3600, second / 60 % 60, second % 60);
}

static void make_printable(struct text *t)
{
	for (size_t i = 0; i < t->length_bytes; i++)
		if (t->data[i] < ' ' || t->data[i] > '~')
			t->data[i] = '?';
}

__attribute__((format(printf, 1, 0))) static void write_line(
	const char *fmt, va_list args, bool to_console)
{
	static char message[LINE_MOST_BYTES], line[LINE_MOST_BYTES + 64];
	struct text said = TEXT_IN(message);
	struct text t = TEXT_IN(line);
	unsigned long passed_ms = self.started_ms ? sys_clock_ms() - self.started_ms : 0;

	text_addv(&said, fmt, args);
	make_printable(&said);
	/* What fails here has nobody left to be told. */
	add_time(&t, sys_clock_utc_s());
	text_addf(&t, " %s: %s (%lu ms)\n", self.stage, message, passed_ms);
	if (self.file >= 0)
		(void)sys_write_all(self.file, line, t.length_bytes);

	t = TEXT_IN(line);
	text_addf(&t, "ec2-init %s: %s (%lu ms)\n", self.stage, message, passed_ms);
	(void)sys_write_all(STDERR, line, t.length_bytes);
	if (to_console)
		consoles_write(line, t.length_bytes);
}

void log_note(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	write_line(fmt, args, false);
	va_end(args);
}

void log_say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	write_line(fmt, args, true);
	va_end(args);
}
