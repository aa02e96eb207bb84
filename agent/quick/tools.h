/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tools, by the calls that they answer: whatever is not the plain case, an error
 * above all, is left to the true program. So there is no message and no rare option here,
 * and until a tool is sure of its answer it prints nothing.
 */
#pragma once

#include <stddef.h>

enum { PATH_BYTES = 4096, TRUE_PROGRAM = -1 };

/* Each returns the exit code, or TRUE_PROGRAM; argv is the program's, NULL at its end. */
int tool_basename(char **argv);
int tool_dirname(char **argv);
int tool_readlink(char **argv);
int tool_realpath(char **argv);
int tool_mkdir(char **argv);
int tool_ln(char **argv);
int tool_cp(char **argv);
int tool_modinfo(char **argv);

/* The operand, when nothing but `option` stands before it, and it is an absolute path;
 * NULL: it is another call. */
const char *tool_operand(const char *option, char **argv);

/* Where the last part of `path` begins: after its last slash. */
const char *tool_last_part(const char *path);
