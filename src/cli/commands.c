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
