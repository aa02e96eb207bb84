/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	int exit_code;
} classes[] = {
	[ERR_NONE] = { "none", 0 },
	[ERR_SYSTEM] = { "system", 1 },
	[ERR_USAGE] = { "usage", 2 },
	[ERR_RECIPE] = { "recipe", 3 },
	[ERR_TOOL] = { "tool", 4 },
	[ERR_FETCH] = { "fetch", 5 },
	[ERR_UNTRUSTED] = { "untrusted", 6 },
	[ERR_CHILD] = { "command", 7 },
	[ERR_SPACE] = { "space", 8 },
	[ERR_TARGET] = { "target", 9 },
	[ERR_VERIFY] = { "verify", 10 },
	[ERR_FORMAT] = { "format", 11 },
	[ERR_TIMEOUT] = { "timeout", 12 },
	[ERR_LINT] = { "lint", 13 },
	[ERR_INTERRUPTED] = { "interrupted", 130 },
};

static void append(struct error *err, const char *text)
{
	size_t used = strlen(err->msg);

	(void)snprintf(err->msg + used, sizeof(err->msg) - used, "%s", text);
}

/*
 * Names from outside are part of messages: their control characters must not reach a
 * terminal. A line feed may: a command that is shown to be pasted can have one.
 * Formatted aside first, for err->msg may be among the arguments.
 */
__attribute__((format(printf, 2, 0))) static void format(
	struct error *err, const char *fmt, va_list ap)
{
	char msg[sizeof(err->msg)];

	(void)vsnprintf(msg, sizeof(msg), fmt, ap);
	for (char *c = msg; *c; c++)
		if (((unsigned char)*c < ' ' && *c != '\n' && *c != '\t') || *c == 0x7f)
			*c = '?';
	memcpy(err->msg, msg, sizeof(msg));
}

int error_set(struct error *err, enum err_code code, int detail, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	format(err, fmt, ap);
	va_end(ap);
	err->code = code;
	err->detail = detail;
	err->may_pass = false;
	err->output[0] = '\0';
	return -1;
}

int error_set_errno(struct error *err, int errnum, const char *fmt, ...)
{
	va_list ap;

	err->code = errnum == ENOSPC || errnum == EDQUOT ? ERR_SPACE : ERR_SYSTEM;
	err->detail = errnum;
	err->may_pass = false;
	err->output[0] = '\0';
	va_start(ap, fmt);
	format(err, fmt, ap);
	va_end(ap);
	append(err, ": ");
	append(err, strerror(errnum));
	return -1;
}

int error_context(struct error *err, const char *fmt, ...)
{
	char inner[sizeof(err->msg)];
	va_list ap;

	memcpy(inner, err->msg, sizeof(inner));
	va_start(ap, fmt);
	format(err, fmt, ap);
	va_end(ap);
	append(err, ": ");
	append(err, inner);
	return -1;
}

void error_set_output(struct error *err, const char *output, size_t length_bytes)
{
	const size_t most = sizeof(err->output) - 1;

	if (length_bytes > most) {
		const char *from = output + (length_bytes - most);
		const char *line = memchr(from, '\n', most);

		if (line && line + 1 < output + length_bytes)
			from = line + 1;
		length_bytes -= (size_t)(from - output);
		output = from;
	}
	memcpy(err->output, output, length_bytes);
	err->output[length_bytes] = '\0';
	/* A string it stays, whatever the command printed. */
	for (size_t i = 0; i < length_bytes; i++)
		if (!err->output[i])
			err->output[i] = ' ';
}

int error_exit_code(const struct error *err)
{
	if (err->code == ERR_INTERRUPTED && err->detail > 0)
		return 128 + err->detail;
	return classes[err->code].exit_code;
}

const char *error_code_name(enum err_code code)
{
	return classes[code].name;
}
