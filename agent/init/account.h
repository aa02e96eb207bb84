/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A user of /etc/passwd (passwd(5)), found without a C library's name services. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "init/file.h"

enum { PASSWD_MOST_BYTES = 256 << 10 };

struct account {
	struct file_owner owner;
	char home[FILE_PATH_MOST_BYTES];
};

/*
 * The user `name` in the text of a passwd file. False: there is none, or his line has no
 * numbers or no absolute home.
 */
bool account_find(const char *passwd, const char *name, struct account *ret);
