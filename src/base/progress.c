/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/progress.h"

#include <stdarg.h>

#include "base/alloc.h"
#include "base/cleanup.h"

void progress_report(struct progress *p, const struct progress_event *event)
{
	if (p)
		p->report(p, event);
}

void progress_phase(struct progress *p, const char *name, const char *heading)
{
	progress_report(
		p, &(struct progress_event){
			   .kind = PROGRESS_PHASE, .text = name, .detail = heading });
}

void progress_phase_end(struct progress *p, const char *name, uint64_t took_ms)
{
	progress_report(
		p, &(struct progress_event){
			   .kind = PROGRESS_PHASE_END, .text = name, .done = took_ms });
}

static void report_text(struct progress *p, enum progress_kind kind, const char *fmt,
	va_list ap) __attribute__((format(printf, 3, 0)));

static void report_text(
	struct progress *p, enum progress_kind kind, const char *fmt, va_list ap)
{
	CLEANUP(freep) char *text = p ? xvasprintf(fmt, ap) : NULL;

	progress_report(p, &(struct progress_event){ .kind = kind, .text = text });
}

void progress_step(struct progress *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report_text(p, PROGRESS_STEP, fmt, ap);
	va_end(ap);
}

void progress_warning(struct progress *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report_text(p, PROGRESS_WARNING, fmt, ap);
	va_end(ap);
}

void progress_amount(
	struct progress *p, const char *what, uint64_t done_bytes, uint64_t total_bytes)
{
	progress_report(p, &(struct progress_event){ .kind = PROGRESS_AMOUNT,
				   .text = what,
				   .done = done_bytes,
				   .total = total_bytes });
}

void progress_wait(
	struct progress *p, const char *what, uint64_t waited_s, uint64_t most_s)
{
	progress_report(p, &(struct progress_event){ .kind = PROGRESS_WAIT,
				   .text = what,
				   .done = waited_s,
				   .total = most_s });
}

void progress_check(struct progress *p, const char *check, int passed, const char *detail)
{
	progress_report(p, &(struct progress_event){ .kind = PROGRESS_CHECK,
				   .text = check,
				   .detail = detail,
				   .done = passed ? 1 : 0 });
}

void progress_output_line(const char *line, void *progress)
{
	progress_report(progress,
		&(struct progress_event){ .kind = PROGRESS_OUTPUT, .text = line });
}
