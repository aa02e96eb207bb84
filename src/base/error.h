/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors are values. A function that can fail takes `struct error *err` as its last
 * parameter and returns 0, or -1 with `err` set; its `ret_` outputs are untouched on
 * failure. Each caller on the way up may add what it was doing with error_context(); main
 * prints the whole once.
 *
 * A message says what was being done, to what, why it failed and, where there is one,
 * what to do next. It is one line; what a failed command printed goes into `output`.
 */
#pragma once

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Classes of failure that a script would tell apart. error_exit_code() maps them. */
enum err_code {
	ERR_NONE = 0,
	ERR_SYSTEM, /* the operating system said no; detail is errno */
	ERR_USAGE, /* wrong options or arguments */
	ERR_RECIPE, /* the recipe, or a file that it names, is wrong */
	ERR_TOOL, /* a needed tool, kernel feature or credentials are missing */
	ERR_FETCH, /* something could not be fetched */
	ERR_UNTRUSTED, /* a signature or a hash does not match */
	ERR_CHILD, /* a command failed; detail is its exit code, or 128 + signal */
	ERR_SPACE, /* the disk is full, or a quota is */
	ERR_TARGET, /* the target of --to was refused */
	ERR_VERIFY, /* the image did not boot, or did not pass a check */
	ERR_FORMAT, /* bytes that are not what they should be */
	ERR_TIMEOUT, /* a deadline passed */
	ERR_LINT, /* lint has found errors in an image; detail is how many */
	ERR_INTERRUPTED, /* SIGINT or SIGTERM; detail is the signal */
};

enum { ERROR_MSG_BYTES = 1024, ERROR_OUTPUT_BYTES = 8192 };

/* By value; ERROR_INIT. Nothing to release. */
struct error {
	enum err_code code;
	int detail;
	bool may_pass; /* a service was busy or out of reach: later, it may not be */
	char msg[ERROR_MSG_BYTES];
	char output[ERROR_OUTPUT_BYTES]; /* the end of a failed command's output, or "" */
};

#define ERROR_INIT               \
	{                        \
		.code = ERR_NONE \
	}

/* Both return -1, so that a caller can `return error_set(…)`. */
__attribute__((format(printf, 4, 5))) int error_set(
	struct error *err, enum err_code code, int detail, const char *fmt, ...);
__attribute__((format(printf, 2, 3))) int error_context(
	struct error *err, const char *fmt, ...);

/*
 * The failure of a system call: appends the text of `errnum`. ENOSPC and EDQUOT become
 * ERR_SPACE, all others ERR_SYSTEM. error_errno() takes errno.
 */
__attribute__((format(printf, 3, 4))) int error_set_errno(
	struct error *err, int errnum, const char *fmt, ...);
#define error_errno(err, ...) error_set_errno(err, errno, __VA_ARGS__)

/* Attach the end of `output` (whole lines where they fit). */
void error_set_output(struct error *err, const char *output, size_t length_bytes);

/* The exit code of the program, as documented in amiwright(1). */
int error_exit_code(const struct error *err);

/* A short stable word for the class, for --json and --events: "recipe", "fetch", … */
const char *error_code_name(enum err_code code);
