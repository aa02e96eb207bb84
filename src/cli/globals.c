/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/globals.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/cleanup.h"

enum { COLUMNS_UNKNOWN = 80 };

static const char *const color_words[] = { "auto", "always", "never", NULL };

const struct opt global_options[] = {
	{ "color", OPT_WORD, OPT_AT(struct globals, color), .arg = "WHEN",
		.words = color_words, .fallback = "auto",
		.help = "colors: auto, always or never" },
	{ "events", OPT_STRING, OPT_AT(struct globals, events), .arg = "FILE",
		.file = OPT_FILE_WRITTEN,
		.help = "write progress as one JSON object a line to FILE; - is stderr" },
	{ "json", OPT_FLAG, OPT_AT(struct globals, json),
		.help = "print the result as one JSON document" },
	{ "quiet", OPT_FLAG, OPT_AT(struct globals, quiet), .letter = 'q',
		.help = "no progress, only warnings and errors" },
	{ "verbose", OPT_FLAG, OPT_AT(struct globals, verbose), .letter = 'v',
		.help = "show the output of the commands that run" },
	{ "help", OPT_FLAG, OPT_AT(struct globals, help), .letter = 'h',
		.no_environment = true, .shown = "", .help = "show help and exit" },
	{ "version", OPT_FLAG, OPT_AT(struct globals, version), .no_environment = true,
		.shown = "", .help = "print the version and exit" },
	OPT_END,
};

_Static_assert(ARRAY_SIZE(global_options) <= GLOBAL_OPTIONS_MOST, "a command's table");

static bool has_use_for(const struct command *c, const struct opt *opt)
{
	if (opt->at == OPT_AT(struct globals, json))
		return c->json;
	if (opt->at == OPT_AT(struct globals, events))
		return !c->no_events;
	return true;
}

void globals_of(const struct command *c, struct opt ret[GLOBAL_OPTIONS_MOST])
{
	for (const struct opt *opt = global_options; opt->kind; opt++)
		if (has_use_for(c, opt))
			*ret++ = *opt;
	*ret = (struct opt)OPT_END;
}

int globals_check(const struct command *c, const struct globals *defaults,
	struct globals *values, struct error *err)
{
	if (values->json && !c->json) {
		if (!defaults->json)
			return error_set(
				err, ERR_USAGE, 0, "'%s' has no --json", c->name);
		values->json = false;
	}
	if (values->events && c->no_events) {
		if (values->events != defaults->events)
			return error_set(
				err, ERR_USAGE, 0, "'%s' has no --events", c->name);
		values->events = NULL;
	}
	return 0;
}

bool terminal_is_live(int fd)
{
	const char *term = getenv("TERM");

	return isatty(fd) && term && strcmp(term, "dumb") != 0;
}

size_t terminal_columns(int fd)
{
	struct winsize size;

	if (ioctl(fd, TIOCGWINSZ, &size) < 0 || !size.ws_col)
		return COLUMNS_UNKNOWN;
	return size.ws_col;
}

bool color_wanted(enum color_choice choice, int fd)
{
	const char *no_color = getenv("NO_COLOR");

	if (choice != COLOR_AUTO)
		return choice == COLOR_ALWAYS;
	if (no_color && *no_color)
		return false;
	return terminal_is_live(fd);
}
