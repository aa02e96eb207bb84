/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory for keys: on pages of its own, which no core dump contains (MADV_DONTDUMP) and
 * which are zeroed before they are given back. Copies on the way to a key (the
 * environment, a file that is read, a request that is made) are in ordinary memory, and
 * what a library copies is not reached from here: so from the first such page on, the
 * process leaves no core dump at all.
 *
 * That is the soft limit of its size, 1 byte, which ends one into a pipe as well (Linux,
 * fs/coredump.c; 0 would not, see core(5)). Not prctl(PR_SET_DUMPABLE, 0): /proc/self
 * would then belong to root, and the sandbox's helpers could not write the maps of its
 * user namespace any more.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

/* Zeroed; aborts when memory is out. secret_free() takes the size that was asked for. */
void *secret_alloc(size_t size_bytes);
void secret_free(void *memory, size_t size_bytes);

/* A forked child finds zeros instead. False where the kernel does not do so (before Linux
 * 4.14). */
bool secret_keep_from_children(void *memory, size_t size_bytes);

/* Zero a string on the heap, then free it; NULL is fine. */
void secret_string_free(char *text);
static inline void secret_string_freep(char **text)
{
	secret_string_free(*text);
	*text = NULL;
}

/* Zero all the room of a buffer, then release it. */
void secret_strbuf_release(struct strbuf *s);
static inline void secret_strbuf_releasep(struct strbuf *s)
{
	secret_strbuf_release(s);
}
