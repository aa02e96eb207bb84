/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was done, for three readers: the log file (0600: names of users and hosts are in
 * it), standard error for the service manager, and the console, whose few lines are all
 * that a person sees of an instance that cannot be logged in to. A line carries the
 * milliseconds since the program started. What is printed of foreign bytes is made
 * printable here.
 *
 * State of its own has only this module and the consoles below it. Lines before
 * log_open() go to standard error only; a file that cannot be opened is done without.
 */
#pragma once

/*
 * `stage` is a word of the program's own and outlives the log; `console` is for
 * consoles_open().
 */
void log_open(const char *stage, const char *path, const char *console);

/* Into the log. */
__attribute__((format(printf, 1, 2))) void log_note(const char *fmt, ...);
/* Into the log and onto the console. */
__attribute__((format(printf, 1, 2))) void log_say(const char *fmt, ...);
