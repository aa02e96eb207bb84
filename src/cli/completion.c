/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/completion.h"

#include <stdbool.h>
#include <string.h>

#include "cli/command.h"
#include "cli/globals.h"

static const char head[] = "# bash completion for amiwright, made from its own tables: "
			   "amiwright reference completion\n";

/* What can stand in a place is its words, "@file", or "@any" for what nobody knows. */
static const char function[] =
	"_amiwright()\n"
	"{\n"
	"\tlocal -a words=()\n"
	"\tlocal cur='' command='' wanted='' word\n"
	"\n"
	"\t# bash cuts words at \"=\": a value behind one is a word as any other.\n"
	"\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD}\"; do\n"
	"\t\t[ \"$word\" = = ] || words+=(\"$word\")\n"
	"\tdone\n"
	"\tif [ \"${COMP_WORDS[COMP_CWORD]}\" != = ]; then\n"
	"\t\tcur=${words[-1]}\n"
	"\t\tunset 'words[-1]'\n"
	"\tfi\n"
	"\tCOMPREPLY=()\n"
	"\tfor word in \"${words[@]}\"; do\n"
	"\t\tif [ -n \"$wanted\" ]; then\n"
	"\t\t\twanted=\n"
	"\t\t\tcontinue\n"
	"\t\tfi\n"
	"\t\tcase $word in\n"
	"\t\t--) return ;;\n"
	"\t\t-*) wanted=$(_amiwright_value \"$command\" \"$word\") ;;\n"
	"\t\t*) command=${command:-$word} ;;\n"
	"\t\tesac\n"
	"\tdone\n"
	"\tif [ -z \"$wanted\" ]; then\n"
	"\t\tcase $cur in\n"
	"\t\t-*) wanted=$(_amiwright_options \"$command\") ;;\n"
	"\t\t*) wanted=$(_amiwright_words \"$command\") ;;\n"
	"\t\tesac\n"
	"\tfi\n"
	"\tcase $wanted in\n"
	"\t@file) compopt -o default ;;\n"
	"\t@any) ;;\n"
	"\t*) mapfile -t COMPREPLY < <(compgen -W \"$wanted\" -- \"$cur\") ;;\n"
	"\tesac\n"
	"}\n"
	"complete -F _amiwright amiwright\n";

static void begin_function(const char *name, const char *subject, struct strbuf *to)
{
	strbuf_addf(to, "\n%s()\n{\n\tcase %s in\n", name, subject);
}

static void end_function(const char *otherwise, struct strbuf *to)
{
	if (otherwise)
		strbuf_addf(to, "\t*) echo '%s' ;;\n", otherwise);
	strbuf_add_str(to, "\tesac\n}\n");
}

static void add_options(const struct opt *table, struct strbuf *to)
{
	for (const struct opt *opt = table; opt && opt->kind; opt++)
		strbuf_addf(to, "--%s ", opt->name);
}

static void add_options_function(struct strbuf *to)
{
	struct opt globals[GLOBAL_OPTIONS_MOST];

	begin_function("_amiwright_options", "$1", to);
	strbuf_add_str(to, "\t'') echo '");
	add_options(global_options, to);
	strbuf_add_str(to, "' ;;\n");
	for (size_t i = 0; commands[i]; i++) {
		if (commands[i]->hidden)
			continue;
		globals_of(commands[i], globals);
		strbuf_addf(to, "\t%s) echo '", commands[i]->name);
		add_options(commands[i]->options, to);
		add_options(globals, to);
		strbuf_add_str(to, "' ;;\n");
	}
	end_function(NULL, to);
}

static void add_values(const char *command, const struct opt *table, struct strbuf *to)
{
	for (const struct opt *opt = table; opt && opt->kind; opt++) {
		if (opt->kind == OPT_FLAG)
			continue;
		strbuf_addf(to, "\t%s:--%s", command, opt->name);
		if (opt->letter)
			strbuf_addf(to, " | %s:-%c", command, opt->letter);
		strbuf_add_str(to, ") echo '");
		for (const char *const *w = opt->words; w && *w; w++)
			strbuf_addf(to, "%s ", *w);
		if (!opt->words)
			strbuf_add_str(to, opt->file ? "@file" : "@any");
		strbuf_add_str(to, "' ;;\n");
	}
}

/* Nothing for what is no option with a value. */
static void add_value_function(struct strbuf *to)
{
	begin_function("_amiwright_value", "$1:$2", to);
	add_values("*", global_options, to);
	for (size_t i = 0; commands[i]; i++)
		if (!commands[i]->hidden)
			add_values(commands[i]->name, commands[i]->options, to);
	end_function(NULL, to);
}

static void add_words_function(struct strbuf *to)
{
	begin_function("_amiwright_words", "$1", to);
	strbuf_add_str(to, "\t'' | help) echo '");
	for (size_t i = 0; commands[i]; i++)
		if (!commands[i]->hidden)
			strbuf_addf(to, "%s ", commands[i]->name);
	strbuf_add_str(to, "' ;;\n");
	for (size_t i = 0; commands[i]; i++)
		if (!commands[i]->hidden && commands[i]->file_words)
			strbuf_addf(to, "\t%s) echo @file ;;\n", commands[i]->name);
	end_function("@any", to);
}

void completion_bash(struct strbuf *to)
{
	strbuf_add_str(to, head);
	add_options_function(to);
	add_value_function(to);
	add_words_function(to);
	strbuf_add_char(to, '\n');
	strbuf_add_str(to, function);
}
