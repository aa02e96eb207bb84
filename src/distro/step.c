/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/step.h"

#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

int step_place(struct chroot *c, const struct step *table, const char *name,
	char **ret_path, struct error *err)
{
	CLEANUP(freep) char *file = xasprintf("%s.sh", name);

	while (table->name && strcmp(table->name, name) != 0)
		table++;
	if (!table->name)
		return error_set(
			err, ERR_SYSTEM, 0, "there is no step '%s': a bug", name);
	return chroot_put(c, file, table->text, strlen(table->text), ret_path, err);
}

int step_run(struct chroot *c, const struct step *table, const char *name,
	const char *const *env, struct error *err)
{
	CLEANUP(freep) char *path = NULL;
	const char *argv[2] = { NULL };

	if (step_place(c, table, name, &path, err) < 0)
		return -1;
	argv[0] = path;
	return chroot_run(c, &(struct chroot_command){ .argv = argv, .env = env }, err);
}
