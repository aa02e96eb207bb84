/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/command.h"

#include <limits.h>

#include "base/wrap.h"
#include "cli/globals.h"
#include "cli/help.h"
#include "core/recipe_schema.h"
#include "unit.h"

static bool is_in(const struct opt *table, const struct opt *until, const struct opt *opt)
{
	for (; table && table->kind && table != until; table++)
		if (!strcmp(table->name, opt->name) ||
			(opt->letter && table->letter == opt->letter))
			return true;
	return false;
}

static void check_table(const char *command, const struct opt *table, size_t args_bytes)
{
	CLEANUP(freep) void *values = xcalloc(1, args_bytes + 1);
	const struct opt_set set = { table, values };
	struct error err = ERROR_INIT;

	for (const struct opt *opt = table; opt && opt->kind; opt++) {
		if (!opt->name || !opt->help || opt->at >= args_bytes)
			fail_msg("%s: an option is not described", command);
		if (is_in(table, opt, opt) ||
			(table != global_options && is_in(global_options, NULL, opt)))
			fail_msg("%s: --%s stands twice", command, opt->name);
		if (!opt->arg != (opt->kind == OPT_FLAG))
			fail_msg(
				"%s: --%s: only a flag has no value", command, opt->name);
		if (opt->kind == OPT_WORD && (!opt->words || !opt->fallback))
			fail_msg("%s: --%s has no words", command, opt->name);
		if (opt->replaces_words &&
			(!opt->no_environment ||
				(opt->kind != OPT_FLAG && opt->kind != OPT_STRING)))
			fail_msg("%s: --%s cannot replace words", command, opt->name);
		if (opt->file && opt->kind != OPT_STRING)
			fail_msg("%s: --%s names no file", command, opt->name);
		if (opt->required && opt->kind != OPT_STRING)
			fail_msg("%s: --%s cannot be required", command, opt->name);
	}
	assert_int_equal(
		options_prepare(&set, &err), 0); /* aborts when a fallback is wrong */
	options_release(&set);
}

static void tables_are_whole(void **state)
{
	(void)state;
	check_table("amiwright", global_options, sizeof(struct globals));
	for (size_t i = 0; commands[i]; i++) {
		const struct command *c = commands[i];

		if (!c->name || !c->help || !c->run || c->least_words > c->most_words)
			fail_msg("command %zu is not described", i);
		if (c->least_words && !c->words)
			fail_msg("%s does not say what it needs", c->name);
		check_table(c->name, c->options, c->args_bytes);
		assert_ptr_equal(command_find(c->name), c);
	}
}

/* A variable that is an option's and a key's has to mean the same: known ones are
 * listed. */
static void environment_names_mean_one_thing(void **state)
{
	static const char *const same[] = { "AMIWRIGHT_ARCH", "AMIWRIGHT_USER", NULL };

	(void)state;
	for (size_t i = 0; commands[i]; i++) {
		for (const struct opt *opt = commands[i]->options; opt && opt->kind;
			opt++) {
			CLEANUP(strbuf_releasep) struct strbuf name = STRBUF_INIT;

			option_environment_name(opt, &name);
			for (const struct recipe_key *key = recipe_keys; key->path;
				key++) {
				CLEANUP(strbuf_releasep)
				struct strbuf other = STRBUF_INIT;

				recipe_key_environment_name(key, &other);
				if (!opt->no_environment &&
					!strcmp(name.data, other.data) &&
					strcmp(name.data, same[0]) != 0 &&
					strcmp(name.data, same[1]) != 0)
					fail_msg("%s", name.data);
			}
		}
	}
}

static void assert_fits(const char *what, const struct strbuf *text)
{
	CLEANUP(freep) char *copy = xstrdup(text->data);

	for (char *line = strtok(copy, "\n"); line; line = strtok(NULL, "\n"))
		if (wrap_width(line) > 80)
			fail_msg("%s: %zu columns: %s", what, wrap_width(line), line);
}

static void help_says_everything_in_80_columns(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf program = STRBUF_INIT;

	(void)state;
	help_program(global_options, &program);
	assert_fits("amiwright", &program);
	for (size_t i = 0; commands[i]; i++) {
		CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
		CLEANUP(freep) char *line = xasprintf("\n  %s ", commands[i]->name);

		help_command(commands[i], global_options, &text);
		assert_fits(commands[i]->name, &text);
		for (const struct opt *opt = commands[i]->options; opt && opt->kind;
			opt++) {
			CLEANUP(freep) char *name = xasprintf("--%s", opt->name);

			assert_non_null(strstr(text.data, name));
		}
		if (!strstr(program.data, line) != commands[i]->hidden)
			fail_msg("%s: hidden or not?", commands[i]->name);
	}
	assert_non_null(strstr(program.data, "(default: auto)"));
}

/* What is too long for its column has the text below it. */
static void forms_stand_apart_from_their_text(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf program = STRBUF_INIT;

	(void)state;
	help_program(global_options, &program);
	for (size_t i = 0; commands[i]; i++) {
		const struct command *c = commands[i];
		CLEANUP(freep)
		char *form = xasprintf("\n  %s%s%s", c->name,
			c->words && *c->words ? " " : "", c->words ? c->words : "");
		const char *after = strstr(program.data, form);

		if (!c->hidden && (!after || !strchr(" \n", after[strlen(form)])))
			fail_msg("%s is glued to its text", form + 1);
	}
}

static void unknown_commands_get_a_suggestion(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	assert_null(command_find_or_suggest("biuld", &err));
	unit_assert_error(
		&err, ERR_USAGE, "there is no command 'biuld'; did you mean 'build'?");
	assert_null(command_find_or_suggest("xyzzy", &err));
	assert_null(strstr(err.msg, "did you mean"));
	assert_null(command_find_or_suggest(
		"referencez", &err)); /* hidden ones are not offered */
	assert_null(strstr(err.msg, "did you mean"));
}

/* One more argument than a command takes, whichever it is. */
static void surplus_words_are_refused_by_every_command(void **state)
{
	char word[] = "word";

	(void)state;
	for (size_t i = 0; commands[i]; i++) {
		const struct command *c = commands[i];
		const int count = c->most_words + 1;
		CLEANUP(freep) void *args = xcalloc(1, c->args_bytes + 1);
		CLEANUP(freep) char **words = NULL;
		struct error err = ERROR_INIT;

		if (c->most_words == INT_MAX)
			continue;
		words = xcalloc((size_t)count, sizeof(*words));
		for (int w = 0; w < count; w++)
			words[w] = word;
		assert_int_equal(command_check_words(c, args, count, words, &err), -1);
		unit_assert_error(&err, ERR_USAGE, "has no use for 'word'");
		if (c->most_words)
			assert_int_equal(
				command_check_words(c, args, count - 1, words, &err), 0);
	}
}

/* `lint --list FILE` would look at no FILE. */
static void options_that_replace_words_take_none(void **state)
{
	static const struct {
		const char *command, *option, *needs;
	} cases[] = {
		{ "lint", "--list",
			"'lint' needs FILE|DIRECTORY|AMI|SNAPSHOT, or --list" },
		{ "remove", "--family=x", "'remove' needs AMI..., or --family" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct command *c = command_find(cases[i].command);
		CLEANUP(freep) void *args = xcalloc(1, c->args_bytes);
		CLEANUP(freep) char *option = xstrdup(cases[i].option);
		const struct opt_set set = { c->options, args };
		struct error err = ERROR_INIT;
		char word[] = "a", *words[] = { word }, *argv[] = { option };
		int used;

		assert_int_equal(command_check_words(c, args, 0, words, &err), -1);
		unit_assert_error(&err, ERR_USAGE, cases[i].needs);
		assert_int_equal(options_parse_all(&set, 1, 1, argv, &used, &err), 0);
		assert_int_equal(command_check_words(c, args, 0, words, &err), 0);
		assert_int_equal(command_check_words(c, args, 1, words, &err), -1);
		unit_assert_error(&err, ERR_USAGE, "has no use for 'a'");
	}
}

/* What the help of a command offers it takes, and what it does not offer it refuses. */
static void commands_offer_the_common_options_that_they_use(void **state)
{
	static const struct {
		const char *command;
		bool json, events;
	} cases[] = {
		{ "build", true, true },
		{ "lint", true, true },
		{ "run", false, true },
		{ "help", false, false },
		{ "reference", false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct command *c = command_find(cases[i].command);
		CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
		struct opt globals[GLOBAL_OPTIONS_MOST];

		globals_of(c, globals);
		help_command(c, globals, &text);
		assert_int_equal(strstr(text.data, "--json") != NULL, cases[i].json);
		assert_int_equal(strstr(text.data, "--events") != NULL, cases[i].events);
		assert_non_null(strstr(text.data, "--version"));
	}
}

static void the_environment_asks_only_those_that_can(void **state)
{
	static const struct globals none = { 0 }, both = { .json = true, .events = "e" };
	const struct command *help = command_find("help"), *plan = command_find("plan");
	struct globals values = both;
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(globals_check(plan, &none, &values, &err), 0);
	assert_true(values.json && values.events);
	assert_int_equal(globals_check(help, &none, &values, &err), -1);
	unit_assert_error(&err, ERR_USAGE, "'help' has no --json");
	values.json = false;
	assert_int_equal(globals_check(help, &none, &values, &err), -1);
	unit_assert_error(&err, ERR_USAGE, "'help' has no --events");
	values = both;
	assert_int_equal(globals_check(help, &both, &values, &err), 0);
	assert_false(values.json || values.events);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_whole),
		cmocka_unit_test(environment_names_mean_one_thing),
		cmocka_unit_test(help_says_everything_in_80_columns),
		cmocka_unit_test(forms_stand_apart_from_their_text),
		cmocka_unit_test(unknown_commands_get_a_suggestion),
		cmocka_unit_test(surplus_words_are_refused_by_every_command),
		cmocka_unit_test(options_that_replace_words_take_none),
		cmocka_unit_test(commands_offer_the_common_options_that_they_use),
		cmocka_unit_test(the_environment_asks_only_those_that_can),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
