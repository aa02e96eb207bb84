/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands as const data. Each cmd_<verb>.c defines one `const struct command`, and
 * commands.c lists it; main parses the options, checks the number of arguments, answers
 * --help and prints the error. So a command's run function starts with everything ready
 * and only does its work.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"
#include "base/progress.h"
#include "cli/options.h"

struct command;

/* What every command is given. */
struct cli {
	FILE *out; /* results only */
	FILE *diag; /* everything else */
	bool color_out; /* escapes may be written to `out` … */
	bool color_diag; /* … and to `diag` */
	bool json; /* --json: the result is one JSON document */
	bool quiet;
	bool verbose;
	struct progress *progress; /* draws on `diag`, and feeds --events */
	const struct command *command;
	uint64_t begun_ms; /* clock_now_ms() of cli_begin(); 0: not yet */
	const void *args; /* the command's own options, in the struct its table names */
};

struct command {
	const char *name;
	const char *words; /* of the usage line: "FILE", "RECIPE..." */
	const char *help; /* one line, lower case, no full stop */
	const char *about; /* for --help: paragraphs, a newline between two; or NULL */
	const struct opt *options; /* or NULL */
	size_t args_bytes; /* size of the struct that `options` fills */
	int least_words, most_words; /* arguments that are not options; see also
					struct opt, replaces_words */
	int file_words; /* how many of them, from the first on, may name files */
	bool hidden; /* for amiwright's own use: in no help */
	bool json; /* has a --json document */
	bool no_events; /* has nothing to say with --events */
	/* argv holds the arguments that are not options: argv[0] is the first of them. */
	int (*run)(struct cli *cli, int argc, char **argv, struct error *err);
};

/*
 * Say when the work starts; main says when it ended, and how long it took. For commands
 * that work for a while, once their input has been found good.
 */
void cli_begin(struct cli *cli);

/* ERR_USAGE for too few or too many arguments, by the command's table and the options in
 * `args`. */
int command_check_words(const struct command *c, const void *args, int count,
	char *const *words, struct error *err);

/* NULL-terminated, in the order of the help. */
extern const struct command *const commands[];

const struct command *command_find(const char *name); /* or NULL */

/* NULL with ERR_USAGE, which names the nearest one, when there is none of that name. */
const struct command *command_find_or_suggest(const char *name, struct error *err);
