/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/module_grow.h"

#include "grow/grow.h"
#include "init/log.h"
#include "rt/text.h"

static unsigned long mib(uint64_t bytes)
{
	return bytes >> 20;
}

/* A console's line for what was changed, and the log's for what needed nothing. */
static void report(const struct grow_report *r)
{
	if (r->partition_old_bytes != r->partition_new_bytes)
		log_say("grow: partition %s from %lu to %lu MiB", r->device,
			mib(r->partition_old_bytes), mib(r->partition_new_bytes));
	else if (r->table_written)
		log_say("grow: mended the partition table of %s", r->device);
	if (r->file_system_old_bytes != r->file_system_new_bytes)
		log_say("grow: file system of %s from %lu to %lu MiB", r->device,
			mib(r->file_system_old_bytes), mib(r->file_system_new_bytes));
	if (r->partition_reason)
		log_note("grow: partition not grown: %s", r->partition_reason);
	if (r->file_system_reason)
		log_note("grow: file system not grown: %s", r->file_system_reason);
	if (!r->partition_reason && !r->file_system_reason)
		log_note(
			"grow: %s has %lu MiB", r->device, mib(r->file_system_new_bytes));
}

bool module_grow(void)
{
	static const struct grow_options options = GROW_OPTIONS_DEFAULT;
	struct grow_report r = { 0 };
	int result = grow_root(&options, &r);

	report(&r);
	if (result < 0)
		log_say("grow: failed: %s", text_errno(result));
	return result >= 0;
}
