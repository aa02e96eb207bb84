/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Of <string.h> what is used, with the standard's prototypes and meaning. The compiler
 * calls the first four by itself. Unit tests link the C library's instead of rt/string.c.
 */
#pragma once

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);

void *memchr(const void *in, int byte, size_t size);
void *memmem(const void *in, size_t size, const void *what, size_t what_size);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t most);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t most);
char *strchr(const char *s, int c);
char *strstr(const char *s, const char *what);
size_t strspn(const char *s, const char *of);
size_t strcspn(const char *s, const char *of);
int strncasecmp(const char *a, const char *b, size_t most); /* ASCII */
