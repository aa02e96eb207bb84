/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Progress as lines of text: what the terminal and the plain view share.
 */
#pragma once

#include "base/strbuf.h"
#include "cli/progress.h"

/* The lasting line of an event, with its newline; nothing for amounts, waits, and
 * whatever the level leaves out. */
void progress_text_line(
	const struct progress_event *e, struct progress_style style, struct strbuf *to);

struct progress_part_wait {
	char part[16];
	char what[64]; /* "": it does not wait */
	uint64_t waited_s;
};

/*
 * What the live line is about: the speed of one quantity that grows, and what each of
 * several parts waits for. It has to see every event.
 */
struct progress_meter {
	char what[64]; /* the quantity; another one starts the meter anew */
	uint64_t start_ms, first_bytes;
	struct progress_part_wait waits[4]; /* by several parts, where there are such */
};

void progress_meter_see(struct progress_meter *m, const struct progress_event *e);

/* What an amount or a wait is about: "download", "BIOS: login; UEFI: restart". */
void progress_text_subject(const struct progress_meter *m, const struct progress_event *e,
	struct strbuf *to);

/* "download: 12.0 MiB of 106 MiB, 11 %, 4.1 MiB/s, 23 s left", or "ssh: 12 of 240 s". */
void progress_text_amount(struct progress_meter *m, const struct progress_event *e,
	uint64_t now_ms, struct strbuf *to);

/* How long the same subject is then not told of again in a line that stays, after so many
 * such lines: 5 s at first, twice as long each time, a minute at most. */
uint64_t progress_text_repeat_ms(unsigned int told);

/* Append `text` without what a terminal would obey: control characters become '?'. */
void progress_text_safe(struct strbuf *to, const char *text);
