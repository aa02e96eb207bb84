/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys that a command prints: credential_process of a profile. */
#include "aws/credentials_source.h"

#include <string.h>

#include "aws/credentials_json.h"
#include "aws/shell_split.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/proc.h"

/* It may ask somebody for a code. */
enum { PATIENCE_MS = 5 * 60 * 1000 };

static const char source[] = "credential_process";

static void proc_result_wipep(struct proc_result *r)
{
	if (r->out)
		explicit_bzero(r->out, r->out_bytes);
	proc_result_release(r);
}

static const char *why_not(enum err_code code)
{
	switch (code) {
	case ERR_TOOL:
		return "is not there";
	case ERR_TIMEOUT:
		return "takes more than five minutes";
	case ERR_INTERRUPTED:
		return "was interrupted";
	default:
		return "could not be run";
	}
}

/*
 * The command itself may hold a secret, and what it prints does: of a failure only the
 * name of the program and the code are told.
 */
static int run(const struct strv *argv, struct proc_result *ret, struct error *err)
{
	const struct proc_spec spec = {
		.argv = (const char *const *)argv->items,
		.deadline_ms = clock_now_ms() + PATIENCE_MS,
		.separate_stderr = true,
		.any_exit = true,
	};
	struct error why = ERROR_INIT;
	int rc = proc_run(&spec, ret, &why);

	explicit_bzero(why.output, sizeof(why.output));
	if (rc < 0)
		return error_set(err, why.code, why.detail, "%s '%s' %s", source,
			argv->items[0], why_not(why.code));
	if (ret->exit_code != 0)
		return error_set(err, ERR_CHILD, ret->exit_code,
			"%s '%s' ended with code %d", source, argv->items[0],
			ret->exit_code);
	if (ret->out_bytes > CREDENTIALS_ANSWER_MOST_BYTES)
		return error_set(err, ERR_FORMAT, 0, "%s '%s' printed more than %d bytes",
			source, argv->items[0], CREDENTIALS_ANSWER_MOST_BYTES);
	return 0;
}

int credentials_from_process(const struct credentials_context *c,
	struct aws_credentials **ret, struct error *err)
{
	const char *command = credentials_profile_value(c, "credential_process");
	CLEANUP(strv_releasep) struct strv argv = STRV_INIT;
	CLEANUP(proc_result_wipep) struct proc_result said = { 0 };
	CLEANUP(credentials_fields_releasep) struct credentials_fields fields = { 0 };

	*ret = NULL;
	if (!command)
		return 0;
	if (!shell_split(command, &argv) || !argv.count)
		return error_set(err, ERR_USAGE, 0,
			"%s of profile '%s' is no command line (is a quote left open?)",
			source, c->profile);
	if (run(&argv, &said, err) < 0 ||
		credentials_json_decode(said.out, said.out_bytes,
			CREDENTIALS_JSON_PROCESS, "what credential_process prints",
			&fields, err) < 0)
		return error_context(err, "profile '%s'", c->profile);
	return credentials_from_fields(&fields, false, source, ret, err);
}
