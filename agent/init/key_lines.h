/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of an authorized_keys file (sshd(8)): the instance's launch keys stand between
 * two comment lines and are ours to replace; every other line is somebody's and stays.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "rt/text.h"

#define KEY_LINES_BEGIN \
	"# ec2-init: launch keys, replaced for each new instance: add yours outside"
#define KEY_LINES_END "# ec2-init: end of the launch keys"

enum { KEY_LINE_MOST_BYTES = 16 << 10 };

/* "type base64 [comment]" without options, as a metadata service gives it. */
bool key_line_is_valid(const char *line, size_t length);

struct key_lines_count {
	unsigned int written; /* in our block */
	unsigned int present; /* left out: a line of somebody's has them already */
	unsigned int refused; /* no key */
};

/*
 * `old` with the keys of `launch` (lines) in place of those that stood in the block; each
 * stands once in the whole. Without any there is no block.
 */
struct key_lines_count key_lines_merge(
	const char *old, const char *launch, struct text *to);
