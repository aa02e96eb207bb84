/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/change_tell.h"

#include <stdarg.h>

#include "base/alloc.h"
#include "base/cleanup.h"

void change_tell(const struct change_teller *t, const char *region, const char *what,
	const char *fmt, ...)
{
	CLEANUP(freep) char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	progress_step(t->progress, "%s: %s %s %s", region, what,
		t->is_dry_run ? "would be" : "is", text);
}
