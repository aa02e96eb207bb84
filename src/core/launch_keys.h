/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file of public ssh keys, as ssh-keygen and authorized_keys have them, that an
 * emulated instance is to be launched with.
 */
#pragma once

#include "base/error.h"
#include "base/strv.h"

enum {
	LAUNCH_KEYS_MOST = 16,
	LAUNCH_KEY_MOST_CHARS = 1000, /* of RSA, EC2 takes 4096 bits at most: some 750 */
};

/*
 * The keys, one a line; empty lines and comments are left out. ERR_FORMAT when it has
 * none, or one of them is no plain public key.
 */
int launch_keys_read(const char *path, struct strv *ret, struct error *err);
