/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/json.h"
#include "cli/progress.h"

enum { AMOUNT_MS = 200 }; /* between two events about the same amount */

/* The last amount or wait, of one part or of the whole. */
struct last {
	char part[16];
	char what[64];
	uint64_t ms;
	uint64_t done;
};

struct events {
	struct progress_view view; /* first */
	FILE *to;
	struct last last[4]; /* of more parts than these, the last one's stands for all */
};

static void begin(struct json *j, const char *event)
{
	char now[32];

	clock_format_utc(time(NULL), now, sizeof(now));
	json_object_begin(j, NULL);
	json_add_string(j, "time", now);
	json_add_string(j, "event", event);
}

static void end(struct events *v, struct json *j)
{
	json_object_end(j);
	strbuf_add_char(j->to, '\n');
	(void)fwrite(j->to->data, 1, j->to->length_bytes, v->to);
	(void)fflush(v->to);
}

static struct last *last_of(struct events *v, const char *part)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(v->last) - 1 && *v->last[i].what &&
		strncmp(v->last[i].part, part, sizeof(v->last[i].part) - 1) != 0)
		i++;
	return &v->last[i];
}

static bool is_due(struct events *v, const struct progress_event *e)
{
	const char *part = e->part ? e->part : "";
	const uint64_t now_ms = clock_now_ms();
	struct last *last;
	bool same;

	if (e->kind != PROGRESS_AMOUNT && e->kind != PROGRESS_WAIT)
		return true;
	last = last_of(v, part);
	same = !strncmp(last->what, e->text, sizeof(last->what) - 1);
	if (same && e->kind == PROGRESS_WAIT && e->done == last->done)
		return false;
	if (same && e->kind == PROGRESS_AMOUNT && now_ms - last->ms < AMOUNT_MS &&
		e->done != e->total)
		return false;
	(void)snprintf(last->part, sizeof(last->part), "%s", part);
	(void)snprintf(last->what, sizeof(last->what), "%s", e->text);
	last->ms = now_ms;
	last->done = e->done;
	return true;
}

static void add_members(struct json *j, const struct progress_event *e)
{
	switch (e->kind) {
	case PROGRESS_PHASE:
		json_add_string(j, "phase", e->text);
		json_add_string(j, "heading", e->detail);
		return;
	case PROGRESS_PHASE_END:
		json_add_string(j, "phase", e->text);
		json_add_seconds(j, "seconds", e->done);
		return;
	case PROGRESS_AMOUNT:
		json_add_string(j, "what", e->text);
		json_add_uint(j, "bytes", e->done);
		if (e->total)
			json_add_uint(j, "total_bytes", e->total);
		return;
	case PROGRESS_WAIT:
		json_add_string(j, "what", e->text);
		json_add_uint(j, "waited_seconds", e->done);
		if (e->total)
			json_add_uint(j, "most_seconds", e->total);
		return;
	case PROGRESS_CHECK:
		json_add_string(j, "check", e->text);
		json_add_bool(j, "passed", e->done);
		json_add_string(j, "found", e->detail);
		return;
	case PROGRESS_STEP:
	case PROGRESS_OUTPUT:
	case PROGRESS_WARNING:
	case PROGRESS_NONE:
		json_add_string(j, "text", e->text);
		return;
	}
}

static void events_report(struct progress *p, const struct progress_event *e)
{
	static const char *const names[] = {
		[PROGRESS_NONE] = "none",
		[PROGRESS_PHASE] = "phase",
		[PROGRESS_PHASE_END] = "phase_end",
		[PROGRESS_STEP] = "step",
		[PROGRESS_AMOUNT] = "amount",
		[PROGRESS_WAIT] = "wait",
		[PROGRESS_OUTPUT] = "output",
		[PROGRESS_WARNING] = "warning",
		[PROGRESS_CHECK] = "check",
	};
	struct events *v = (struct events *)p;
	CLEANUP(strbuf_releasep) struct strbuf line = STRBUF_INIT;
	struct json j = JSON_INIT(&line);

	if (!is_due(v, e))
		return;
	begin(&j, names[e->kind]);
	if (e->part)
		json_add_string(&j, "part", e->part);
	add_members(&j, e);
	end(v, &j);
}

static void events_finish(struct progress_view *view, const struct error *err)
{
	struct events *v = (struct events *)view;
	CLEANUP(strbuf_releasep) struct strbuf line = STRBUF_INIT;
	struct json j = JSON_INIT(&line);

	begin(&j, "end");
	json_add_bool(&j, "ok", !err);
	json_add_uint(&j, "exit_code", err ? (uint64_t)error_exit_code(err) : 0);
	if (err) {
		json_add_string(&j, "class", error_code_name(err->code));
		json_add_string(&j, "error", err->msg);
		json_add_string(&j, "output", err->output);
	}
	end(v, &j);
}

static void events_free(struct progress_view *v)
{
	free(v);
}

struct progress_view *progress_events_new(FILE *to)
{
	struct events *v = xcalloc(1, sizeof(*v));

	v->view = (struct progress_view){ { events_report }, events_finish, events_free };
	v->to = to;
	return &v->view;
}
