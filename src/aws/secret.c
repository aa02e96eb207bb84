/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

static void leave_no_core_dump(void)
{
	struct rlimit size;

	if (getrlimit(RLIMIT_CORE, &size) < 0 || size.rlim_cur <= 1)
		return;
	size.rlim_cur = 1;
	(void)setrlimit(RLIMIT_CORE, &size);
}

void *secret_alloc(size_t size_bytes)
{
	void *memory = mmap(NULL, size_bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED) {
		(void)fputs("amiwright: out of memory\n", stderr);
		abort();
	}
	leave_no_core_dump();
	/* Since Linux 3.4; where it is refused the key is no worse off than before. */
	(void)madvise(memory, size_bytes, MADV_DONTDUMP);
	return memory;
}

void secret_free(void *memory, size_t size_bytes)
{
	if (!memory)
		return;
	explicit_bzero(memory, size_bytes);
	(void)munmap(memory, size_bytes);
}

bool secret_keep_from_children(void *memory, size_t size_bytes)
{
	return madvise(memory, size_bytes, MADV_WIPEONFORK) == 0;
}

void secret_string_free(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}

void secret_strbuf_release(struct strbuf *s)
{
	if (s->room_bytes)
		explicit_bzero(s->data, s->room_bytes);
	strbuf_release(s);
}
