/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/help.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/wrap.h"

enum { COLUMNS = 80, TEXT_COLUMN = 28 };

void help_usage(const struct command *c, struct strbuf *to)
{
	strbuf_addf(to, "usage: amiwright %s%s%s%s\n", c->name,
		c->options ? " [OPTIONS]" : "", c->words && *c->words ? " " : "",
		c->words ? c->words : "");
}

/* "  -q, --quiet" or "      --events FILE" */
static void add_form(const struct opt *opt, struct strbuf *to)
{
	if (opt->letter)
		strbuf_addf(to, "  -%c, ", opt->letter);
	else
		strbuf_add_str(to, "      ");
	strbuf_addf(to, "--%s", opt->name);
	if (opt->arg)
		strbuf_addf(to, " %s", opt->arg);
}

/* What the default is, in the words of the table. */
static const char *default_text(const struct opt *opt)
{
	if (opt->shown)
		return opt->shown;
	if (opt->fallback)
		return opt->fallback;
	return opt->kind == OPT_FLAG ? "off" : "none";
}

static void add_option(const struct opt *opt, struct strbuf *to)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	size_t start = to->length_bytes, at;

	add_form(opt, to);
	strbuf_addf(&text, "%s (default: %s)", opt->help, default_text(opt));
	at = to->length_bytes - start;
	if (at + 2 > TEXT_COLUMN) {
		strbuf_add_char(to, '\n');
		at = 0;
	}
	wrap_add(to, text.data, at, TEXT_COLUMN, COLUMNS);
}

static void add_options(const char *heading, const struct opt *table, struct strbuf *to)
{
	if (!table)
		return;
	strbuf_addf(to, "\n%s:\n", heading);
	for (const struct opt *opt = table; opt->kind; opt++)
		add_option(opt, to);
}

void help_command(const struct command *c, const struct opt *globals, struct strbuf *to)
{
	help_usage(c, to);
	strbuf_addf(to, "\n%s\n", c->about ? c->about : c->help);
	add_options("options", c->options, to);
	add_options("options of every command", globals, to);
}

void help_program(const struct opt *globals, struct strbuf *to)
{
	strbuf_add_str(to,
		"usage: amiwright COMMAND [OPTIONS] ...\n\n"
		"Turns a recipe into a disk that boots on EC2, and boots it.\n\n"
		"commands:\n");
	for (size_t i = 0; commands[i]; i++) {
		size_t start = to->length_bytes;

		if (commands[i]->hidden)
			continue;
		strbuf_addf(to, "  %s %s", commands[i]->name,
			commands[i]->words ? commands[i]->words : "");
		wrap_add(to, commands[i]->help, to->length_bytes - start, TEXT_COLUMN,
			COLUMNS);
	}
	add_options("options of every command", globals, to);
	strbuf_add_str(
		to, "\n'amiwright COMMAND --help' says more; so does amiwright(1).\n");
}

void help_options_scdoc(const struct opt *table, struct strbuf *to)
{
	for (const struct opt *opt = table; opt && opt->kind; opt++) {
		strbuf_add_str(to, "*");
		if (opt->letter)
			strbuf_addf(to, "-%c*, *", opt->letter);
		strbuf_addf(to, "--%s*", opt->name);
		if (opt->arg)
			strbuf_addf(to, " _%s_", opt->arg);
		strbuf_addf(to, "\n\t%s (default: %s)\n\n", opt->help, default_text(opt));
	}
}
