/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A conversation with QEMU: commands without arguments, and the events that matter here.
 * Used by one thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct qmp;

/* `fd` is our end of the monitor's stream socket; taken over, also when it fails. Waits
 * for QEMU's greeting. */
int qmp_open(int fd, uint64_t deadline_ms, struct qmp **ret, struct error *err);
struct qmp *qmp_free(struct qmp *q);
static inline void qmp_freep(struct qmp **q)
{
	*q = qmp_free(*q);
}

int qmp_fd(const struct qmp *q);

/* Take what has come, without waiting. ERR_FORMAT when QEMU talks nonsense. */
int qmp_read(struct qmp *q, struct error *err);

/* Run a command and wait for its answer. ERR_CHILD when QEMU refuses it. */
int qmp_command(
	struct qmp *q, const char *command, uint64_t deadline_ms, struct error *err);

/* What events have told so far. */
bool qmp_closed(const struct qmp *q); /* QEMU has hung up */
bool qmp_guest_shut_down(const struct qmp *q); /* the guest powered itself off */
bool qmp_guest_reset(const struct qmp *q); /* the guest wants to start anew */
