/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/command.h"

#include <string.h>

#include "base/words.h"

/* One for each cmd_<verb>.c. */
extern const struct command cmd_build, cmd_cleanup, cmd_doctor, cmd_download, cmd_help,
	cmd_images, cmd_lint, cmd_plan, cmd_publish, cmd_reference, cmd_register,
	cmd_remove, cmd_run, cmd_upload, cmd_verify;

const struct command *const commands[] = {
	&cmd_build,
	&cmd_plan,
	&cmd_verify,
	&cmd_run,
	&cmd_lint,
	&cmd_upload,
	&cmd_download,
	&cmd_register,
	&cmd_publish,
	&cmd_images,
	&cmd_remove,
	&cmd_cleanup,
	&cmd_doctor,
	&cmd_help,
	&cmd_reference,
	NULL,
};

const struct command *command_find(const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

const struct command *command_find_or_suggest(const char *name, struct error *err)
{
	const struct command *c = command_find(name);
	struct nearest near = { .word = name };

	if (c)
		return c;
	for (size_t i = 0; commands[i]; i++)
		if (!commands[i]->hidden)
			nearest_offer(&near, commands[i]->name);
	if (nearest_best(&near))
		(void)error_set(err, ERR_USAGE, 0,
			"there is no command '%s'; did you mean '%s'?", name,
			nearest_best(&near));
	else
		(void)error_set(err, ERR_USAGE, 0, "there is no command '%s'", name);
	return NULL;
}

/* "'lint' needs FILE|DIRECTORY|AMI|SNAPSHOT, or --list" */
static int refuse_too_few(const struct command *c, struct error *err)
{
	const struct opt *opt = c->options;

	while (opt && opt->kind && !opt->replaces_words)
		opt++;
	if (!opt || !opt->kind)
		return error_set(err, ERR_USAGE, 0, "'%s' needs %s", c->name, c->words);
	return error_set(err, ERR_USAGE, 0, "'%s' needs %s, or --%s", c->name, c->words,
		opt->name);
}

int command_check_words(const struct command *c, const void *args, int count,
	char *const *words, struct error *err)
{
	/* The values are only read. */
	const struct opt_set set = { c->options, (void *)args };
	const struct opt *instead = options_replacing_words(&set);

	if (instead && count)
		return error_set(err, ERR_USAGE, 0, "'%s --%s' has no use for '%s'",
			c->name, instead->name, words[0]);
	if (!instead && count < c->least_words)
		return refuse_too_few(c, err);
	if (count > c->most_words)
		return error_set(err, ERR_USAGE, 0, "'%s' has no use for '%s'", c->name,
			words[c->most_words]);
	return 0;
}
