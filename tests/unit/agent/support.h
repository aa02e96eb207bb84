/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests of the agent's readers share: a fresh directory for each test, files in
 * it, and the real tools that judge. Anything that goes wrong fails the test.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"

/* cmocka's setup and teardown: *state is the directory's path. */
int scratch_setup(void **state);
int scratch_teardown(void **state);
#define SCRATCH_TEST(f) \
	cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)

void scratch_write(
	const char *dir, const char *name, const void *bytes, size_t length_bytes);
char *scratch_read(const char *dir, const char *name, size_t *ret_length_bytes);

/* Runs a shell command in `dir`, which must succeed; what it printed. */
char *run_in(const char *dir, const char *command);

/* `length_bytes` that look random and are the same for the same seed. */
void fill_pattern(uint8_t *to, size_t length_bytes, uint32_t seed);
