/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One message of the QEMU Machine Protocol (QEMU's docs/interop/qmp-spec), a JSON object
 * on a line, as far as it matters here. By value.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum qmp_kind { QMP_OTHER = 0, QMP_GREETING, QMP_RETURN, QMP_ERROR, QMP_EVENT };

struct qmp_message {
	enum qmp_kind kind;
	uint64_t id; /* of the command that a return or error answers; 0: none */
	char text[512]; /* the event's name; the error's description */
	bool by_guest; /* of events: the guest did it */
	bool by_reset; /* of SHUTDOWN: not powered off, but to start anew */
};

/* ERR_FORMAT when it is not such a message. */
int qmp_message_parse(const char *line, size_t length_bytes, struct qmp_message *ret,
	struct error *err);
