/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "cli/command.h"
#include "cli/globals.h"
#include "cli/help.h"

static int help_run(struct cli *cli, int argc, char **argv, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	const struct command *c;

	if (argc) {
		c = command_find_or_suggest(argv[0], err);
		if (!c)
			return -1;
		help_command(c, global_options, &text);
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
	.run = help_run,
};
