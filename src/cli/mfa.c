/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/mfa.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "cli/answer.h"
#include "cli/progress.h"
#include "cli/progress_text.h"

enum { ANSWER_MOST_BYTES = 64 };

static int ask_unseen(
	int tty, const char *serial, char *buf, size_t room, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf name = STRBUF_INIT;
	struct termios before, unseen;
	int rc;

	if (tcgetattr(tty, &before) < 0)
		return error_errno(err, "look at the terminal's settings");
	unseen = before;
	unseen.c_lflag &= ~(tcflag_t)ECHO;
	if (tcsetattr(tty, TCSAFLUSH, &unseen) < 0)
		return error_errno(err, "change the terminal's settings");
	progress_text_safe(&name, serial);
	(void)dprintf(tty, "Enter MFA code for %s: ", name.data ? name.data : "");
	rc = answer_read(tty, buf, room, err);
	(void)tcsetattr(tty, TCSANOW, &before);
	(void)dprintf(tty, "\n");
	return rc;
}

int mfa_ask(const char *serial, char **ret_code, void *userdata, struct error *err)
{
	struct progress_view **view = userdata;
	CLEANUP(fd_closep) int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	char answer[ANSWER_MOST_BYTES];
	int rc;

	if (tty < 0)
		return 0;
	progress_view_hold(*view);
	rc = ask_unseen(tty, serial, answer, sizeof(answer), err);
	progress_view_resume(*view);
	if (rc == 0 && *answer)
		*ret_code = xstrdup(answer);
	else if (rc == 0)
		rc = error_set(err, ERR_TOOL, 0,
			"no code of the MFA device '%s' was given", serial);
	explicit_bzero(answer, sizeof(answer));
	return rc;
}
