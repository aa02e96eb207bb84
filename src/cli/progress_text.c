/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/progress_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/size.h"

enum { REPEAT_MS = 5000, REPEAT_MOST_MS = 60000 };

#define BOLD "\033[1m"
#define RED "\033[31m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define DIM "\033[2m"
#define PLAIN "\033[0m"

void progress_text_safe(struct strbuf *to, const char *text)
{
	for (; *text; text++) {
		const unsigned char c = (unsigned char)*text,
				    next = (unsigned char)text[1];

		if (c == 0xc2 && next >= 0x80 && next < 0xa0) { /* C1 in UTF-8 */
			strbuf_add_char(to, '?');
			text++;
		} else if (c == '\t') {
			strbuf_add_char(to, ' ');
		} else {
			strbuf_add_char(to, c < 0x20 || c == 0x7f ? '?' : *text);
		}
	}
}

static void add_colored(struct strbuf *to, struct progress_style style, const char *color,
	const char *text)
{
	const bool colored = style.color && *color;

	strbuf_add_str(to, colored ? color : "");
	progress_text_safe(to, text);
	strbuf_add_str(to, colored ? PLAIN : "");
}

static void add_phase(
	struct strbuf *to, struct progress_style style, const struct progress_event *e)
{
	add_colored(to, style, BOLD, e->text);
	if (e->detail && *e->detail) {
		strbuf_add_str(to, ": ");
		progress_text_safe(to, e->detail);
	}
	strbuf_add_char(to, '\n');
}

static void add_part(struct strbuf *to, const struct progress_event *e)
{
	if (e->part)
		strbuf_addf(to, "%s: ", e->part);
}

static void add_check(
	struct strbuf *to, struct progress_style style, const struct progress_event *e)
{
	strbuf_add_str(to, "  ");
	add_colored(to, style, e->done ? GREEN : RED, e->done ? "ok  " : "FAIL");
	strbuf_add_str(to, "  ");
	add_part(to, e);
	progress_text_safe(to, e->text);
	if (e->detail && *e->detail) {
		strbuf_add_str(to, ": ");
		progress_text_safe(to, e->detail);
	}
	strbuf_add_char(to, '\n');
}

static void add_line(struct strbuf *to, struct progress_style style, const char *start,
	const char *color, const struct progress_event *e)
{
	strbuf_add_str(to, start);
	add_part(to, e);
	add_colored(to, style, color, e->text);
	strbuf_add_char(to, '\n');
}

static bool is_shown(const struct progress_event *e, enum progress_level level)
{
	switch (e->kind) {
	case PROGRESS_WARNING:
		return true;
	case PROGRESS_CHECK:
		return level >= PROGRESS_NORMAL || !e->done;
	case PROGRESS_OUTPUT:
		return level >= PROGRESS_VERBOSE;
	default:
		return level >= PROGRESS_NORMAL;
	}
}

void progress_text_line(
	const struct progress_event *e, struct progress_style style, struct strbuf *to)
{
	if (!is_shown(e, style.level))
		return;
	switch (e->kind) {
	case PROGRESS_PHASE:
		add_phase(to, style, e);
		return;
	case PROGRESS_PHASE_END:
		strbuf_addf(to, "  %s took %.1f s\n", e->text, (double)e->done / 1000);
		return;
	case PROGRESS_STEP:
		add_line(to, style, "  ", "", e);
		return;
	case PROGRESS_OUTPUT:
		add_line(to, style, "  | ", DIM, e);
		return;
	case PROGRESS_WARNING:
		add_colored(to, style, YELLOW, "warning:");
		add_line(to, style, " ", "", e);
		return;
	case PROGRESS_CHECK:
		add_check(to, style, e);
		return;
	case PROGRESS_NONE:
	case PROGRESS_AMOUNT:
	case PROGRESS_WAIT:
		return;
	}
}

/* A part that says something lasting does not wait for what it waited for. */
void progress_meter_see(struct progress_meter *m, const struct progress_event *e)
{
	struct progress_part_wait *w = m->waits;
	const struct progress_part_wait *end = m->waits + ARRAY_SIZE(m->waits);

	if (!e->part)
		return;
	while (w < end && *w->part && strncmp(w->part, e->part, sizeof(w->part) - 1) != 0)
		w++;
	if (w == end)
		return;
	(void)snprintf(w->part, sizeof(w->part), "%s", e->part);
	(void)snprintf(
		w->what, sizeof(w->what), "%s", e->kind == PROGRESS_WAIT ? e->text : "");
	w->waited_s = e->done;
}

/* "BIOS: login over ssh 12 s; UEFI: restart of the machine 3 s" */
static void add_waits(const struct progress_meter *m, bool seconds, struct strbuf *to)
{
	const char *between = "";

	for (size_t i = 0; i < ARRAY_SIZE(m->waits); i++) {
		const struct progress_part_wait *w = &m->waits[i];

		if (!*w->what)
			continue;
		strbuf_addf(to, "%s%s: ", between, w->part);
		progress_text_safe(to, w->what);
		if (seconds)
			strbuf_addf(to, " %" PRIu64 " s", w->waited_s);
		between = "; ";
	}
}

void progress_text_subject(
	const struct progress_meter *m, const struct progress_event *e, struct strbuf *to)
{
	if (e->part && e->kind == PROGRESS_WAIT)
		add_waits(m, false, to);
	else
		progress_text_safe(to, e->text);
}

static void add_wait(const struct progress_event *e, struct strbuf *to)
{
	strbuf_addf(to, ": %" PRIu64, e->done);
	if (e->total)
		strbuf_addf(to, " of %" PRIu64, e->total);
	strbuf_add_str(to, " s");
}

/* "23 s", "4 min 10 s", "2 h 17 min" */
static void add_duration(uint64_t seconds, struct strbuf *to)
{
	const uint64_t minutes = (seconds + 59) / 60;

	if (seconds < 60)
		strbuf_addf(to, "%" PRIu64 " s", seconds);
	else if (seconds < 3600)
		strbuf_addf(
			to, "%" PRIu64 " min %" PRIu64 " s", seconds / 60, seconds % 60);
	else
		strbuf_addf(
			to, "%" PRIu64 " h %" PRIu64 " min", minutes / 60, minutes % 60);
}

/* Bytes a second since the quantity was first seen; 0 while it is too early to say. */
static uint64_t meter_rate(
	struct progress_meter *m, const struct progress_event *e, uint64_t now_ms)
{
	if (strncmp(m->what, e->text, sizeof(m->what) - 1) != 0 ||
		e->done < m->first_bytes) {
		(void)snprintf(m->what, sizeof(m->what), "%s", e->text);
		m->start_ms = now_ms;
		m->first_bytes = e->done;
	}
	if (now_ms - m->start_ms < 500)
		return 0;
	return (uint64_t)((double)(e->done - m->first_bytes) * 1000 /
			  (double)(now_ms - m->start_ms));
}

void progress_text_amount(struct progress_meter *m, const struct progress_event *e,
	uint64_t now_ms, struct strbuf *to)
{
	const uint64_t rate = e->kind == PROGRESS_AMOUNT ? meter_rate(m, e, now_ms) : 0;
	char size[16];

	if (e->part && e->kind == PROGRESS_WAIT) {
		add_waits(m, true, to);
		return;
	}
	progress_text_safe(to, e->text);
	if (e->kind == PROGRESS_WAIT) {
		add_wait(e, to);
		return;
	}
	strbuf_addf(to, ": %s", size_format(e->done, size));
	if (e->total)
		strbuf_addf(to, " of %s, %.0f %%", size_format(e->total, size),
			(double)e->done * 100 / (double)e->total);
	if (!rate)
		return;
	strbuf_addf(to, ", %s/s", size_format(rate, size));
	if (e->total <= e->done)
		return;
	strbuf_add_str(to, ", ");
	add_duration((e->total - e->done + rate - 1) / rate, to);
	strbuf_add_str(to, " left");
}

uint64_t progress_text_repeat_ms(unsigned int told)
{
	uint64_t ms = REPEAT_MS;

	while (told-- > 1 && ms < REPEAT_MOST_MS)
		ms *= 2;
	return ms < REPEAT_MOST_MS ? ms : REPEAT_MOST_MS;
}
