/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a kernel module says of itself: the strings "key=value" of its section .modinfo.
 * Files are believed in nothing: what is odd about one makes it unknown here.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* A place between strings; it points into the file's bytes. */
struct module_info {
	const char *at;
	const char *end; /* after the last one's terminator */
};

/* `file`: the whole of an ELF file, not compressed. False: it is none that is known. */
bool module_info_find(const unsigned char *file, size_t size, struct module_info *ret);

/* The next value of `key`, or NULL at the end. A string without "=" has the value "". */
const char *module_info_next(struct module_info *info, const char *key);
