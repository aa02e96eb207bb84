/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A running QEMU: the process, its monitor and its console. It ends when its guest powers
 * itself off or restarts itself, and dies with this program. Used by one thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "vm/console.h"
#include "vm/qemu_args.h"

struct machine_spec {
	struct vm_spec vm; /* console_fd and qmp_fd are made here */
	int log_fd; /* of the console; see console.h */
	int show_fd;
	int dir_fd; /* a private directory for scratch files; borrowed */
};

struct machine;

/* The descriptors in `spec` stay the caller's and may be closed afterwards. */
int machine_start(
	const struct machine_spec *spec, struct machine **ret, struct error *err);

/* Kills it. NULL is fine. */
struct machine *machine_free(struct machine *m);
static inline void machine_freep(struct machine **m)
{
	*m = machine_free(*m);
}

/*
 * Wait until something has happened (console, monitor, the machine's end) or the deadline
 * (0: none) has passed, or `also_fd` (-1: none) can be read. Fails with ERR_INTERRUPTED.
 */
int machine_wait(struct machine *m, int also_fd, uint64_t deadline_ms, struct error *err);

bool machine_has_ended(const struct machine *m);

/* Why it has ended, as an error: returns -1. */
int machine_explain_end(const struct machine *m, struct error *err);

struct console *machine_console(struct machine *m);
bool machine_was_shut_down(const struct machine *m); /* by its guest */
bool machine_was_reset(const struct machine *m); /* likewise, to be started anew */
