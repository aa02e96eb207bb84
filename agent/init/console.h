/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The terminals that the kernel shows its messages on: of a virtual machine usually a
 * screen and a serial line, and which of them somebody looks at is not known.
 * /dev/console is only one of them, and not always the one that the last console= named:
 * where that one does not exist, it is another.
 *
 * Nobody waits for a terminal: one that takes nothing for CONSOLE_STALL_MS is given up. A
 * getty that starts hangs up who has the line open, and then it is opened again.
 */
#pragma once

#include <stddef.h>

enum {
	CONSOLES_MOST = 8, /* all that are told of */
	CONSOLE_STALL_MS = 5000,
};

/* The value of `which` for all that the kernel uses, by CONSOLES_ACTIVE_PATH. */
#define CONSOLES_ACTIVE "active"
#define CONSOLES_ACTIVE_PATH "/sys/class/tty/console/active"

/* `which`: CONSOLES_ACTIVE, a path, or "" for none. What cannot be opened is done
 * without. */
void consoles_open(const char *which);
void consoles_close(void);

/* To each, in one piece as far as the terminal takes it so. */
void consoles_write(const char *data, size_t length);
