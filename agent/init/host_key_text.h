/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ssh host keys as they stand on the console: the fingerprints, and the keys themselves,
 * in the two blocks that cloud-init prints and that builders look for. Pure functions.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "rt/text.h"

enum { HOST_KEY_LINE_MOST_BYTES = 4096 }; /* RSA of 16384 bits has 2800 */

/*
 * "256 SHA256:… root@host (ED25519)" as `ssh-keygen -l` says it, of a public key's line
 * ("type base64 comment"). False, and nothing added: it is no such line.
 */
bool host_key_fingerprint(const char *public_line, struct text *to);

/* Both blocks for `count` such lines; those that are no keys are left out. */
void host_key_blocks(const char *const *public_lines, size_t count, struct text *to);
