/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/fake/http_server.py for unit tests: one server a test, in a scratch directory.
 */
#pragma once

#include <stddef.h>

struct fake;

/* Starts it; `script` is what http_server.py takes, `dir` a directory of the test's
 * own. */
struct fake *fake_start(const char *dir, const char *script);
struct fake *fake_free(struct fake *f); /* ends it */
static inline void fake_freep(struct fake **f)
{
	*f = fake_free(*f);
}

/* "http://127.0.0.1:PORT" and `path`; with https for a script with "tls". Freed by the
 * caller. */
char *fake_url(const struct fake *f, const char *path);
unsigned int fake_port(const struct fake *f);

/* Request number `n` (from 1) as it came, or NULL when there was none. */
char *fake_request(const struct fake *f, unsigned int n);

/* Makes the certificates of tests/fake/make-chain in `dir`. */
void fake_make_chain(const char *dir);
