/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/alloc.h"
#include "cli/progress.h"

#include <stdlib.h>

void progress_view_finish(struct progress_view *v, const struct error *err)
{
	if (v)
		v->finish(v, err);
}

struct progress_view *progress_view_free(struct progress_view *v)
{
	if (v)
		v->free(v);
	return NULL;
}

void progress_view_hold(struct progress_view *v)
{
	if (v && v->hold)
		v->hold(v);
}

void progress_view_resume(struct progress_view *v)
{
	if (v && v->resume)
		v->resume(v);
}

struct tee {
	struct progress_view view; /* first */
	struct progress_view *a, *b;
};

static void tee_report(struct progress *p, const struct progress_event *e)
{
	struct tee *t = (struct tee *)p;

	progress_report(&t->a->progress, e);
	progress_report(&t->b->progress, e);
}

static void tee_finish(struct progress_view *v, const struct error *err)
{
	struct tee *t = (struct tee *)v;

	progress_view_finish(t->a, err);
	progress_view_finish(t->b, err);
}

static void tee_free(struct progress_view *v)
{
	struct tee *t = (struct tee *)v;

	progress_view_free(t->a);
	progress_view_free(t->b);
	free(t);
}

static void tee_hold(struct progress_view *v)
{
	struct tee *t = (struct tee *)v;

	progress_view_hold(t->a);
	progress_view_hold(t->b);
}

static void tee_resume(struct progress_view *v)
{
	struct tee *t = (struct tee *)v;

	progress_view_resume(t->a);
	progress_view_resume(t->b);
}

struct progress_view *progress_tee_new(struct progress_view *a, struct progress_view *b)
{
	struct tee *t = xcalloc(1, sizeof(*t));

	t->view = (struct progress_view){ { tee_report }, tee_finish, tee_free, tee_hold,
		tee_resume };
	t->a = a;
	t->b = b;
	return &t->view;
}
