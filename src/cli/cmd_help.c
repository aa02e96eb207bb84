/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "cli/command.h"
#include "cli/globals.h"
#include "cli/help.h"

static int help_run(struct cli *cli, int argc, char **argv, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	struct opt globals[GLOBAL_OPTIONS_MOST];
	const struct command *c;

	if (argc) {
		c = command_find_or_suggest(argv[0], err);
		if (!c)
			return -1;
		globals_of(c, globals);
		help_command(c, globals, &text);
	} else {
		help_program(global_options, &text);
	}
	(void)fputs(text.data, cli->out);
	return 0;
}

const struct command cmd_help = {
	.name = "help",
	.words = "[COMMAND]",
	.help = "show what a command does and takes",
	.most_words = 1,
	.no_events = true,
	.run = help_run,
};
