/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ssh host keys: made by ssh-keygen, all types at once, in a directory beside, and moved
 * into place when they are on the disk; so sshd never sees half a key, also after a power
 * cut.
 */
#pragma once

#include <stdbool.h>

#include "init/config.h"

/* Is any type configured? */
bool host_keys_wanted(const struct config *c);

/*
 * Is there a private key of any type that is configured? One is enough: a type that
 * ssh-keygen cannot make here must not have all of them made anew at each boot.
 */
bool host_keys_exist(const struct config *c);

/*
 * Make new ones in place of all that are there, and print them on the console. `owner`
 * goes into their comment. What came of it is logged.
 */
bool host_keys_make(const struct config *c, const char *owner);

/* Let a running sshd read its host keys again (SIGHUP); without one nothing happens. */
void host_keys_reload_sshd(const struct config *c);
