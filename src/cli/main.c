/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program: options of all commands, the command, and then its error and its exit
 * code.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/term.h"
#include "cli/command.h"
#include "cli/globals.h"
#include "cli/help.h"

/* Everything that one invocation holds. */
struct invocation {
	struct globals globals;
	struct cli cli;
	const struct command *command; /* NULL until it is known */
};

static int check_words(const struct command *c, int words, struct error *err)
{
	if (words < c->least_words)
		return error_set(err, ERR_USAGE, 0, "'%s' needs %s", c->name, c->words);
	if (words > c->most_words)
		return error_set(err, ERR_USAGE, 0, "'%s' takes %s", c->name,
			c->most_words ? "no more arguments" : "no arguments");
	return 0;
}

static int run_command(
	struct invocation *in, int argc, char **argv, void *args, struct error *err)
{
	const struct command *c = in->command;
	const struct opt_set sets[] = { { c->options, args },
		{ global_options, &in->globals } };
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	int words;

	if (options_prepare(&sets[0], err) < 0 ||
		options_parse_all(sets, ARRAY_SIZE(sets), argc, argv, &words, err) < 0)
		return -1;
	if (in->globals.help) {
		help_command(c, global_options, &text);
		(void)fputs(text.data, in->cli.out);
		return 0;
	}
	if (check_words(c, words, err) < 0)
		return -1;
	if (in->globals.json && !c->json)
		return error_set(
			err, ERR_USAGE, 0, "'%s' has no --json document", c->name);
	in->cli.json = in->globals.json;
	in->cli.quiet = in->globals.quiet;
	in->cli.verbose = in->globals.verbose;
	in->cli.color_out = color_wanted(in->globals.color, STDOUT_FILENO);
	in->cli.color_diag = color_wanted(in->globals.color, STDERR_FILENO);
	in->cli.args = args;
	return c->run(&in->cli, words, argv, err);
}

static int run_named(struct invocation *in, int argc, char **argv, struct error *err)
{
	CLEANUP(freep) void *args = NULL;
	int r;

	in->command = command_find_or_suggest(argv[0], err);
	if (!in->command)
		return -1;
	args = xcalloc(1, in->command->args_bytes + 1);
	r = run_command(in, argc - 1, argv + 1, args, err);
	options_release(&(struct opt_set){ in->command->options, args });
	return r;
}

static int run(struct invocation *in, int argc, char **argv, struct error *err)
{
	const struct opt_set set = { global_options, &in->globals };
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	int used;

	if (options_prepare(&set, err) < 0 ||
		options_parse_leading(&set, 1, argc - 1, argv + 1, &used, err) < 0)
		return -1;
	if (in->globals.version) {
		(void)fputs(AMIWRIGHT_VERSION "\n", in->cli.out);
		return 0;
	}
	if (1 + used < argc)
		return run_named(in, argc - 1 - used, argv + 1 + used, err);
	if (!in->globals.help)
		return error_set(err, ERR_USAGE, 0, "no command was given");
	help_program(global_options, &text);
	(void)fputs(text.data, in->cli.out);
	return 0;
}

/* The output of a failed command, quoted. */
static void print_quoted(FILE *to, const char *output)
{
	while (*output) {
		size_t length = strcspn(output, "\n");

		(void)fprintf(to, "> %.*s\n", (int)length, output);
		output += length + (output[length] == '\n');
	}
}

static void print_error(const struct invocation *in, const struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	const bool color = color_wanted(in->globals.color, STDERR_FILENO);

	(void)fprintf(in->cli.diag, "%samiwright:%s %s\n", color ? "\033[1;31m" : "",
		color ? "\033[0m" : "", err->msg);
	print_quoted(in->cli.diag, err->output);
	if (err->code != ERR_USAGE)
		return;
	if (in->command)
		help_usage(in->command, &text);
	else
		strbuf_add_str(&text, "usage: amiwright COMMAND [OPTIONS] ...\n");
	strbuf_addf(&text, "'amiwright %s%s--help' says more.\n",
		in->command ? in->command->name : "", in->command ? " " : "");
	(void)fputs(text.data, in->cli.diag);
}

/* Whether all of the result has arrived. A reader that went away (`| head`) is its own
 * choice. */
static int finish_output(FILE *out, struct error *err)
{
	errno = 0;
	if (fflush(out) == 0 && !ferror(out))
		return 0;
	if (errno == EPIPE)
		return error_set(err, ERR_SYSTEM, EPIPE, "%s", "");
	return error_errno(err, "write the result to the standard output");
}

int main(int argc, char **argv)
{
	struct invocation in = { .cli = { .out = stdout, .diag = stderr } };
	struct error err = ERROR_INIT;

	(void)signal(SIGPIPE, SIG_IGN);
	term_install();
	if (run(&in, argc, argv, &err) == 0 && finish_output(stdout, &err) == 0)
		return 0;
	if (*err.msg)
		print_error(&in, &err);
	return error_exit_code(&err);
}
