/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/confirm.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/answer.h"

bool confirm_possible(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* Nothing but "yes" is one. */
static int take_yes(const char *what, FILE *to, struct error *err)
{
	char answer[16];

	(void)fflush(to);
	if (answer_read(STDIN_FILENO, answer, sizeof(answer), err) < 0)
		return -1;
	if (!strcmp(answer, "yes"))
		return 0;
	return error_set(err, ERR_TARGET, 0,
		"%s was left as it is: the answer was not 'yes'", what);
}

int confirm_overwrite(const char *what, void *userdata, struct error *err)
{
	(void)fprintf(userdata,
		"All data on %s will be lost. Type 'yes' to overwrite it: ", what);
	return take_yes(what, userdata, err);
}

int confirm_removal(FILE *to, struct error *err)
{
	(void)fprintf(to, "All of this will be removed. Type 'yes' to go on: ");
	return take_yes("everything", to, err);
}
