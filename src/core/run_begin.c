/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/run_begin.h"

#include <string.h>

#include "aws/sts.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/words.h"

enum { ASK_MOST_MS = 5000, ACCOUNT_CHARS = 12 };

static bool is_account(const char *text)
{
	return text && strlen(text) == ACCOUNT_CHARS &&
	       strspn(text, "0123456789") == ACCOUNT_CHARS;
}

static bool is_arn(const char *text)
{
	if (!text || strncmp(text, "arn:", 4) != 0)
		return false;
	while (*text > ' ' && *text <= '~')
		text++;
	return !*text;
}

int run_caller(const struct aws_session *session, char **ret_account, char **ret_arn,
	struct error *err)
{
	static const struct sts_get_caller_identity request;
	const struct aws_call call = {
		.action = { .query = &sts_get_caller_identity_action,
			.request = &request },
		.deadline_ms = clock_now_ms() + ASK_MOST_MS,
	};
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	CLEANUP(aws_client_freep) struct aws_client *sts = NULL;
	struct error why = ERROR_INIT;
	struct sts_caller caller = { 0 };

	if (aws_session_client(session, AWS_STS, 1, &sts, &why) == 0 &&
		aws_client_call(sts, &call, &r, &why) == 0)
		caller = ((const struct sts_caller_answer *)r.answer)->result;
	if (why.code == ERR_INTERRUPTED) {
		*err = why;
		return -1;
	}
	*ret_account = xstrdup(
		is_account(caller.account) ? caller.account : RUN_ACCOUNT_UNKNOWN);
	*ret_arn = is_arn(caller.arn) ? xstrdup(caller.arn) : NULL;
	return 0;
}

int run_account(const struct aws_session *session, char **ret, struct error *err)
{
	CLEANUP(freep) char *arn = NULL;

	return run_caller(session, ret, &arn, err);
}

int run_begin(const char *command, const struct aws_session *session,
	const struct aws_client *ec2, struct run_journal **ret, struct error *err)
{
	CLEANUP(freep) char *url = aws_session_url(ec2);
	CLEANUP(freep) char *account = NULL;
	struct run_place place = {
		.region = aws_client_region(ec2),
		.url = url,
		.profile = aws_config_profile(session->config),
	};

	if (run_account(session, &account, err) < 0)
		return -1;
	place.account = account;
	return run_journal_begin(command, &place, ret, err);
}

void run_mention_dead(struct progress *p)
{
	CLEANUP(strv_releasep) struct strv runs = STRV_INIT;
	struct error ignored = ERROR_INIT;
	size_t dead = 0;

	if (run_journal_list(&runs, &ignored) < 0)
		return;
	for (size_t i = 0; i < runs.count; i++) {
		CLEANUP(run_journal_freep) struct run_journal *j = NULL;
		bool is_alive;

		if (run_journal_take(runs.items[i], &j, &is_alive, &ignored) == 0 && j)
			dead++;
	}
	if (dead)
		progress_warning(p,
			"%zu earlier run%s did not come to an end; 'amiwright cleanup' "
			"removes what may be left",
			dead, plural_s(dead));
}
