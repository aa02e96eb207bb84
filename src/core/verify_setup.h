/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What has to be there before a disk image can be booted: its facts, tools, a launch key,
 * a log for the console. By value.
 */
#pragma once

#include "base/error.h"
#include "core/verify.h"
#include "core/verify_disk.h"
#include "vm/instance.h"

struct verify_setup {
	struct verify_spec spec; /* defaults filled in; borrows what it points to */
	struct disk_facts disk;
	struct strv launch_keys; /* the one in spec.work_dir, then spec.further_keys */
	char *console; /* path of the log */
	int dir_fd; /* spec.work_dir */
	int log_fd;
};

#define VERIFY_SETUP_INIT                  \
	{                                  \
		.dir_fd = -1, .log_fd = -1 \
	}

int verify_setup_prepare(
	struct verify_setup *s, const struct verify_spec *spec, struct error *err);
void verify_setup_release(struct verify_setup *s);
static inline void verify_setup_releasep(struct verify_setup *s)
{
	verify_setup_release(s);
}

/* The machine that was asked for, with this firmware. */
struct instance_spec verify_setup_instance(
	const struct verify_setup *s, enum vm_firmware firmware);
