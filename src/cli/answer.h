/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What somebody at a terminal answers.
 */
#pragma once

#include <stddef.h>

#include "base/error.h"

/* One line, without its end, or ERR_INTERRUPTED; one that does not fit is cut. */
int answer_read(int fd, char *buf, size_t room, struct error *err);
