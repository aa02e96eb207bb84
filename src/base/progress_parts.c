/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/progress_parts.h"

static void part_report(struct progress *progress, const struct progress_event *event)
{
	struct progress_part *p = (struct progress_part *)progress;
	struct progress_event named = *event;

	named.part = p->name;
	(void)pthread_mutex_lock(&p->parts->lock);
	progress_report(p->parts->to, &named);
	(void)pthread_mutex_unlock(&p->parts->lock);
}

void progress_part_init(
	struct progress_part *p, struct progress_parts *parts, const char *name)
{
	*p = (struct progress_part){
		.progress = { part_report }, .parts = parts, .name = name
	};
}
