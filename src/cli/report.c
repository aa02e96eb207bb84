/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/report.h"

#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/strbuf.h"
#include "base/wrap.h"
#include "cli/help.h"
#include "cli/progress_text.h"

/* In fewer, an indented text is harder to read than what the terminal breaks. */
enum { COLUMNS_LEAST = 40 };

void cli_begin(struct cli *cli)
{
	char now[32];

	cli->begun_ms = clock_now_ms();
	clock_format_utc(time(NULL), now, sizeof(now));
	if (!cli->quiet)
		(void)fprintf(cli->diag, "%s started at %s\n", cli->command->name, now);
}

void report_end(const struct cli *cli)
{
	char now[32];

	if (!cli->begun_ms || cli->quiet)
		return;
	clock_format_utc(time(NULL), now, sizeof(now));
	(void)fprintf(cli->diag, "%s ended at %s, after %.1f minutes\n",
		cli->command->name, now,
		(double)(clock_now_ms() - cli->begun_ms) / 60000);
}

static void add_quoted(struct strbuf *to, const char *output)
{
	while (*output) {
		const size_t length = strcspn(output, "\n");
		CLEANUP(strbuf_releasep) struct strbuf line = STRBUF_INIT;

		strbuf_add(&line, output, length);
		strbuf_add_str(to, "> ");
		progress_text_safe(to, line.data);
		strbuf_add_char(to, '\n');
		output += length + (output[length] == '\n');
	}
}

/* A command that has failed is shown to be pasted: a line end in it would not do. */
static void add_message(
	struct strbuf *to, const struct error *err, struct report_style style)
{
	CLEANUP(strbuf_releasep) struct strbuf message = STRBUF_INIT;
	const size_t indent = sizeof("amiwright: ") - 1;

	strbuf_add_str(to, style.color ? "\033[1;31mamiwright:\033[0m " : "amiwright: ");
	progress_text_safe(&message, err->msg);
	if (style.columns >= COLUMNS_LEAST && err->code != ERR_CHILD)
		wrap_add_whole(to, message.data ? message.data : "", indent, indent,
			style.columns);
	else
		strbuf_addf(to, "%s\n", message.data ? message.data : "");
}

void report_error(FILE *to, const struct command *c, const struct error *err,
	struct report_style style)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

	add_message(&text, err, style);
	add_quoted(&text, err->output);
	if (err->code == ERR_USAGE && c) {
		help_usage(c, &text);
		strbuf_addf(&text, "'amiwright %s --help' says more.\n", c->name);
	} else if (err->code == ERR_USAGE) {
		strbuf_add_str(&text, "usage: amiwright COMMAND [OPTIONS] ...\n"
				      "'amiwright --help' says more.\n");
	}
	(void)fputs(text.data, to);
}
