/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What documentation is made from and held against: the tables, as text; and what a shell
 * completes command lines with. Hidden; used by the build, by tools/check-help and
 * tools/check-recipe-docs.
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "cli/command.h"
#include "cli/completion.h"
#include "cli/globals.h"
#include "cli/help.h"
#include "core/lint_report.h"
#include "core/recipe_reference.h"

/* One line a command: its name. */
static void print_commands(struct strbuf *to)
{
	for (size_t i = 0; commands[i]; i++)
		if (!commands[i]->hidden)
			strbuf_addf(to, "%s\n", commands[i]->name);
}

static void print_command_list(struct strbuf *to)
{
	for (size_t i = 0; commands[i]; i++)
		if (!commands[i]->hidden)
			strbuf_addf(to, "\n*%s* %s\n\t%s\n", commands[i]->name,
				commands[i]->words ? commands[i]->words : "",
				commands[i]->help);
}

static void print_exit_codes(struct strbuf *to)
{
	static const struct {
		enum err_code code;
		const char *help;
	} codes[] = {
		{ ERR_NONE, "done" },
		{ ERR_SYSTEM, "a file is not there, or the operating system refused "
			      "something else" },
		{ ERR_USAGE, "wrong options or arguments" },
		{ ERR_RECIPE, "what a recipe says, or a file that it names, is wrong" },
		{ ERR_TOOL, "a tool, a kernel feature or credentials that are needed are "
			    "missing" },
		{ ERR_FETCH, "something could not be fetched" },
		{ ERR_UNTRUSTED, "a signature or a hash does not match" },
		{ ERR_CHILD, "a command failed; its output is shown" },
		{ ERR_SPACE, "a disk is full, or a quota is used up" },
		{ ERR_TARGET, "the target of --to was refused" },
		{ ERR_VERIFY, "the image did not boot, or did not pass a check" },
		{ ERR_FORMAT, "a file does not hold what it should" },
		{ ERR_TIMEOUT, "something took too long" },
		{ ERR_LINT, "lint has found errors in an image" },
		{ ERR_INTERRUPTED, "interrupted: 128 and the number of the signal" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		const struct error err = { .code = codes[i].code };

		strbuf_addf(to, "\n*%d*\n\t%s\n", error_exit_code(&err), codes[i].help);
	}
}

static int print_options(const char *name, struct strbuf *to, struct error *err)
{
	const struct command *c = command_find_or_suggest(name, err);

	if (!c)
		return -1;
	help_options_scdoc(c->options, to);
	return 0;
}

static int print_usage(const char *name, struct strbuf *to, struct error *err)
{
	const struct command *c = command_find_or_suggest(name, err);

	if (!c)
		return -1;
	help_usage_scdoc(c, to);
	return 0;
}

static int print(
	const char *what, const char *command, struct strbuf *to, struct error *err)
{
	if (command && !strcmp(what, "options"))
		return print_options(command, to, err);
	if (command && !strcmp(what, "usage"))
		return print_usage(command, to, err);
	if (command)
		return error_set(err, ERR_USAGE, 0, "'reference %s' has no use for '%s'",
			what, command);
	if (!strcmp(what, "commands"))
		print_commands(to);
	else if (!strcmp(what, "command-list"))
		print_command_list(to);
	else if (!strcmp(what, "completion"))
		completion_bash(to);
	else if (!strcmp(what, "globals"))
		help_options_scdoc(global_options, to);
	else if (!strcmp(what, "exit-codes"))
		print_exit_codes(to);
	else if (!strcmp(what, "lint-checks"))
		lint_checks_scdoc(to);
	else if (!strcmp(what, "recipe"))
		recipe_reference_markdown(to);
	else if (!strcmp(what, "recipe-keys"))
		recipe_reference_scdoc(to);
	else
		return error_set(err, ERR_USAGE, 0,
			"'reference' knows commands, command-list, completion, globals, "
			"exit-codes, lint-checks, recipe, recipe-keys, "
			"options COMMAND and usage COMMAND");
	return 0;
}

static int reference_run(struct cli *cli, int argc, char **argv, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

	if (print(argv[0], argc > 1 ? argv[1] : NULL, &text, err) < 0)
		return -1;
	(void)fputs(text.data, cli->out);
	return 0;
}

const struct command cmd_reference = {
	.name = "reference",
	.words = "WHAT [COMMAND]",
	.help = "print the tables that documentation is made from",
	.least_words = 1,
	.most_words = 2,
	.hidden = true,
	.no_events = true,
	.run = reference_run,
};
