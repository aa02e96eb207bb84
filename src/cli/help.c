/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/help.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/wrap.h"
#include "core/scdoc.h"

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

/* What it does, and its default: --help and --version have none. */
static void add_help(const struct opt *opt, struct strbuf *to)
{
	const char *text = default_text(opt);

	strbuf_add_str(to, opt->help);
	if (*text)
		strbuf_addf(to, " (default: %s)", text);
}

/* `text` in its column, beside what stands in the line since `start`, or below it. */
static void add_beside(size_t start, const char *text, struct strbuf *to)
{
	size_t at = to->length_bytes - start;

	if (at + 2 > TEXT_COLUMN) {
		strbuf_add_char(to, '\n');
		at = 0;
	}
	wrap_add(to, text, at, TEXT_COLUMN, COLUMNS);
}

static void add_option(const struct opt *opt, struct strbuf *to)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	const size_t start = to->length_bytes;

	add_form(opt, to);
	add_help(opt, &text);
	add_beside(start, text.data, to);
}

static void add_options(const char *heading, const struct opt *table, struct strbuf *to)
{
	if (!table)
		return;
	strbuf_addf(to, "\n%s:\n", heading);
	for (const struct opt *opt = table; opt->kind; opt++)
		add_option(opt, to);
}

static void add_paragraphs(const char *text, struct strbuf *to)
{
	while (*text) {
		CLEANUP(strbuf_releasep) struct strbuf paragraph = STRBUF_INIT;
		const size_t length = strcspn(text, "\n");

		strbuf_add(&paragraph, text, length);
		strbuf_add_char(to, '\n');
		wrap_add(to, paragraph.data, 0, 0, COLUMNS);
		text += length + (text[length] == '\n');
	}
}

void help_command(const struct command *c, const struct opt *globals, struct strbuf *to)
{
	help_usage(c, to);
	add_paragraphs(c->about ? c->about : c->help, to);
	add_options("options", c->options, to);
	add_options("common options", globals, to);
}

void help_program(const struct opt *globals, struct strbuf *to)
{
	strbuf_add_str(to, "usage: amiwright COMMAND [OPTIONS] ...\n"
			   "\n"
			   "Turns a recipe into a disk that boots on EC2, and boots it.\n"
			   "\n"
			   "commands:\n");
	for (size_t i = 0; commands[i]; i++) {
		const struct command *c = commands[i];
		const size_t start = to->length_bytes;

		if (c->hidden)
			continue;
		strbuf_addf(to, "  %s%s%s", c->name, c->words && *c->words ? " " : "",
			c->words ? c->words : "");
		add_beside(start, c->help, to);
	}
	add_options("common options", globals, to);
	strbuf_add_str(
		to, "\n'amiwright COMMAND --help' says more; so does amiwright(1).\n");
}

void help_usage_scdoc(const struct command *c, struct strbuf *to)
{
	strbuf_addf(to, "*amiwright %s*%s ", c->name, c->options ? " [_OPTIONS_]" : "");
	scdoc_add_text(to, c->words ? c->words : "");
	strbuf_add_char(to, '\n');
}

void help_options_scdoc(const struct opt *table, struct strbuf *to)
{
	for (const struct opt *opt = table; opt && opt->kind; opt++) {
		CLEANUP(strbuf_releasep) struct strbuf variable = STRBUF_INIT;
		CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

		strbuf_add_str(to, "\n*");
		if (opt->letter)
			strbuf_addf(to, "-%c*, *", opt->letter);
		strbuf_addf(to, "--%s*", opt->name);
		if (opt->arg)
			strbuf_addf(to, " _%s_", opt->arg);
		add_help(opt, &text);
		strbuf_add_str(to, "\n\t");
		scdoc_add_text(to, text.data);
		if (!opt->no_environment) {
			option_environment_name(opt, &variable);
			strbuf_add_str(to, "; environment: ");
			scdoc_add_text(to, variable.data);
		}
		strbuf_add_char(to, '\n');
	}
}
