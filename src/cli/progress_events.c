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

struct events {
	struct progress_view view; /* first */
	FILE *to;
	char last[64];
	uint64_t last_ms;
	uint64_t last_done;
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

static bool is_due(struct events *v, const struct progress_event *e)
{
	const uint64_t now_ms = clock_now_ms();
	const bool same = e->text && !strncmp(v->last, e->text, sizeof(v->last) - 1);

	if (e->kind != PROGRESS_AMOUNT && e->kind != PROGRESS_WAIT)
		return true;
	if (same && e->kind == PROGRESS_WAIT && e->done == v->last_done)
		return false;
	if (same && e->kind == PROGRESS_AMOUNT && now_ms - v->last_ms < AMOUNT_MS &&
		e->done != e->total)
		return false;
	(void)snprintf(v->last, sizeof(v->last), "%s", e->text);
	v->last_ms = now_ms;
	v->last_done = e->done;
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
