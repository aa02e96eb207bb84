/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Help texts, made from the tables of commands and options; 80 columns at most.
 */
#pragma once

#include "base/strbuf.h"
#include "cli/command.h"
#include "cli/options.h"

/* "usage: amiwright build [OPTIONS] RECIPE..." */
void help_usage(const struct command *c, struct strbuf *to);

/* `amiwright --help`; `globals` are the options that commands have in common. */
void help_program(const struct opt *globals, struct strbuf *to);

/* `amiwright build --help`; `globals` are those that it has a use for. */
void help_command(const struct command *c, const struct opt *globals, struct strbuf *to);

/* For man pages, in scdoc(5): the usage line, and the options as a definition list. */
void help_usage_scdoc(const struct command *c, struct strbuf *to);
void help_options_scdoc(const struct opt *table, struct strbuf *to);
