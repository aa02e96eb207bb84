/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was done, and for which instance: a directory (0700) with one small file a module,
 * that holds the instance's id and a word about how it went ("i-0123 done"). A copy of
 * the disk that wakes up as another instance finds another id there, and so does all
 * again. Each file is replaced whole; one that a power cut emptied is a module not done.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum {
	INSTANCE_ID_MOST_BYTES = 65, /* EC2's have 19 characters; and a terminator */
	STATE_WORD_MOST_BYTES = 32,
};

/* By value; state_open(), state_close(). */
struct state {
	int dir;
};

/* 0 or -errno. The directory is made when it is missing. */
int state_open(struct state *s, const char *directory);
void state_close(struct state *s);

struct state_mark {
	char id[INSTANCE_ID_MOST_BYTES];
	char word[STATE_WORD_MOST_BYTES];
};

/* What is written for `module`; empty when nothing is, or nothing that makes sense. */
struct state_mark state_get(const struct state *s, const char *module);
bool state_is(const struct state *s, const char *module, const char *id);

/*
 * How much it would matter when a power cut made the mark undone. STATE_LAZY: the module
 * would run once more and come to the same end, so nothing waits for the disk.
 */
enum state_care { STATE_LAZY = 0, STATE_SYNCED };

/* 0 or -errno. */
int state_set(const struct state *s, const char *module, const char *id, const char *word,
	enum state_care care);
