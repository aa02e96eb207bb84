/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ownership: CLEANUP(fn) releases a local when its scope ends; TAKE_PTR and TAKE_FD move
 * the value out, so that the scope no longer owns it. A type's own cleanup function
 * stands beside the type, named <type>_freep or <type>_releasep.
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CLEANUP(fn) __attribute__((cleanup(fn)))

#define TAKE_PTR(p)                                    \
	({                                             \
		__typeof__(p) *take_at_ = &(p);        \
		__typeof__(p) take_value_ = *take_at_; \
		*take_at_ = NULL;                      \
		take_value_;                           \
	})

#define TAKE_FD(fd)                          \
	({                                   \
		int *take_at_ = &(fd);       \
		int take_value_ = *take_at_; \
		*take_at_ = -1;              \
		take_value_;                 \
	})

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* For locals of any pointer type: CLEANUP(freep) char *s = NULL; */
static inline void freep(void *p)
{
	free(*(void **)p);
}

static inline void fd_closep(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

static inline void file_closep(FILE **file)
{
	if (*file)
		(void)fclose(*file);
	*file = NULL;
}
