/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files without names: gone with the program, however it ends.
 */
#pragma once

#include "base/error.h"

/* A new one in the directory `dir_fd`, for reading and writing; `what` is for messages.
 */
int scratch_file_open(int dir_fd, const char *what, int *ret_fd, struct error *err);
