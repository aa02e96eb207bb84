/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program: options of all commands, the command, and then its error and its exit
 * code.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/term.h"
#include "cli/command.h"
#include "cli/environment.h"
#include "cli/file_options.h"
#include "cli/globals.h"
#include "cli/help.h"
#include "cli/mfa.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "core/aws_session.h"

/* Everything that one invocation holds. */
struct invocation {
	struct globals globals;
	struct globals defaults; /* what the environment alone says */
	struct cli cli;
	const struct command *command; /* NULL until it is known */
	FILE *events; /* of --events, or NULL */
	bool events_only; /* they go to stderr, and nothing else does */
	struct progress_view *view;
};

static int open_events(struct invocation *in, struct error *err)
{
	const char *path = in->globals.events;

	if (!path)
		return 0;
	in->events_only = !strcmp(path, "-");
	if (in->events_only)
		return 0;
	in->events = fopen(path, "we");
	if (!in->events)
		return error_errno(err, "open %s for --events", path);
	return 0;
}

static struct progress_view *make_view(const struct invocation *in)
{
	const struct progress_style style = {
		.level = in->cli.quiet	   ? PROGRESS_QUIET
			 : in->cli.verbose ? PROGRESS_VERBOSE
					   : PROGRESS_NORMAL,
		.color = in->cli.color_diag,
	};
	struct progress_view *view;

	if (in->events_only)
		return progress_events_new(in->cli.diag);
	if (terminal_is_live(STDERR_FILENO))
		view = progress_terminal_new(in->cli.diag, style);
	else
		view = progress_plain_new(in->cli.diag, style);
	if (in->events)
		view = progress_tee_new(view, progress_events_new(in->events));
	return view;
}

static int prepare_cli(struct invocation *in, const void *args, struct error *err)
{
	if (open_events(in, err) < 0)
		return -1;
	in->cli.command = in->command;
	in->cli.json = in->globals.json;
	in->cli.quiet = in->globals.quiet || in->events_only;
	in->cli.verbose = in->globals.verbose;
	in->cli.color_out = color_wanted(in->globals.color, STDOUT_FILENO);
	in->cli.color_diag = color_wanted(in->globals.color, STDERR_FILENO);
	in->cli.args = args;
	in->view = make_view(in);
	in->cli.progress = &in->view->progress;
	return 0;
}

static int run_prepared(struct invocation *in, int words, char **argv, struct error *err)
{
	int r;

	environment_check(in->cli.progress);
	r = in->command->run(&in->cli, words, argv, err);
	progress_view_finish(in->view, r < 0 ? err : NULL);
	report_end(&in->cli);
	if (in->events && ferror(in->events) && !in->cli.quiet)
		(void)fprintf(in->cli.diag,
			"warning: not all events could be written to %s\n",
			in->globals.events);
	return r;
}

static void print_version(const struct invocation *in)
{
	(void)fputs(AMIWRIGHT_VERSION "\n", in->cli.out);
}

static int run_command(
	struct invocation *in, int argc, char **argv, void *args, struct error *err)
{
	const struct command *c = in->command;
	struct opt globals[GLOBAL_OPTIONS_MOST];
	const struct opt_set sets[] = { { c->options, args }, { globals, &in->globals } };
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	int words;

	globals_of(c, globals);
	if (options_prepare(&sets[0], err) < 0 ||
		options_parse_all(sets, ARRAY_SIZE(sets), argc, argv, &words, err) < 0)
		return -1;
	if (in->globals.version) {
		print_version(in);
		return 0;
	}
	if (in->globals.help) {
		help_command(c, globals, &text);
		(void)fputs(text.data, in->cli.out);
		return 0;
	}
	if (command_check_words(c, args, words, argv, err) < 0 ||
		options_check(&sets[0], err) < 0)
		return -1;
	if (globals_check(c, &in->defaults, &in->globals, err) < 0 ||
		file_options_check(sets, ARRAY_SIZE(sets), argv,
			words < c->file_words ? words : c->file_words, err) < 0 ||
		prepare_cli(in, args, err) < 0)
		return -1;
	return run_prepared(in, words, argv, err);
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

	if (options_prepare(&set, err) < 0)
		return -1;
	in->defaults = in->globals;
	if (options_parse_leading(&set, 1, argc - 1, argv + 1, &used, err) < 0)
		return -1;
	if (in->globals.version) {
		print_version(in);
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

/* What a shell shows of a program that SIGPIPE has ended. */
enum { EXIT_CLOSED_PIPE = 128 + SIGPIPE, OUTPUT_BYTES = 256 * 1024 };

/*
 * Whether all of the result has arrived. A reader that went away (`amiwright … | head`)
 * knows that it did: the exit code is that of others, and there is no message. The buffer
 * is large, so that it is the last write that fails, whose reason is known.
 */
static int finish_output(FILE *out, struct error *err)
{
	const bool failed = ferror(out);

	errno = 0;
	if (fflush(out) == 0 && !failed)
		return 0;
	if (errno == EPIPE)
		return error_set(err, ERR_SYSTEM, EPIPE, "%s", "");
	if (!errno)
		return error_set(err, ERR_SYSTEM, 0, "the result could not be written");
	return error_errno(err, "write the result to the standard output");
}

static int exit_code(const struct error *err)
{
	return *err->msg ? error_exit_code(err) : EXIT_CLOSED_PIPE;
}

static struct report_style report_style_of(const struct invocation *in)
{
	return (struct report_style){
		.color = color_wanted(in->globals.color, STDERR_FILENO),
		.columns = isatty(STDERR_FILENO) ? terminal_columns(STDERR_FILENO) : 0,
	};
}

/* Started without one of the three, the next file that is opened would be taken for it:
 * and what is said would be written into an image. */
static void open_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			_exit(EXIT_FAILURE);
}

int main(int argc, char **argv)
{
	static char buffer[OUTPUT_BYTES];
	struct invocation in = { .cli = { .out = stdout, .diag = stderr } };
	struct error err = ERROR_INIT;
	int r;

	open_standard_files();
	(void)setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	(void)signal(SIGPIPE, SIG_IGN);
	term_install();
	aws_session_ask_codes(mfa_ask, &in.view);
	r = run(&in, argc, argv, &err);
	if (r == 0)
		r = finish_output(stdout, &err);
	if (r < 0 && *err.msg && !in.events_only)
		report_error(stderr, in.command, &err, report_style_of(&in));
	aws_session_forget_codes();
	progress_view_free(in.view);
	file_closep(&in.events);
	return r < 0 ? exit_code(&err) : 0;
}
