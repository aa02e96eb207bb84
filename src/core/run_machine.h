/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A disk image as an emulated EC2 instance for a person: its console on the terminal, or
 * a shell over ssh. It is the machine that verify.h checks. What is written to its disk
 * is thrown away with it; the image is only read.
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/progress.h"
#include "core/verify.h"

struct run_spec {
	struct verify_spec
		machine; /* boot: one firmware, or 0: UEFI if the image has it */
	bool ssh; /* a shell instead of the console */
	const char *const *words; /* with ssh: a command to run instead; NULL: none */
};

/*
 * Returns when the machine has powered itself off, or when the person (Ctrl-] on the
 * console) or the shell has ended it. ERR_CHILD when the command of `words` fails.
 */
int run_machine(
	const struct run_spec *spec, struct progress *progress, struct error *err);
