/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "cli/aws_options.h"
#include "cli/command.h"
#include "core/doctor.h"
#include "core/recipe.h"

struct doctor_args {
	struct aws_args aws;
	struct strv sets;
	bool local;
};

static const struct opt doctor_options[] = {
	AWS_OPTIONS(struct doctor_args),
	{ "set", OPT_STRINGS, OPT_AT(struct doctor_args, sets), .arg = "KEY=VALUE",
		.no_environment = true,
		.help = "set a key of the recipe; may be repeated" },
	{ "local", OPT_FLAG, OPT_AT(struct doctor_args, local), .no_environment = true,
		.help = "look at this machine alone, at no account" },
	OPT_END,
};

static int doctor_run(struct cli *cli, int argc, char **argv, struct error *err)
{
	const struct doctor_args *args = cli->args;
	const struct aws_session_spec session = aws_session_of(&args->aws);
	CLEANUP(recipe_freep) struct recipe *recipe = NULL;
	CLEANUP(doctor_report_releasep) struct doctor_report report = { 0 };
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	struct json json = JSON_PRETTY_INIT(&text);

	if (args->sets.count && !argc)
		return error_set(err, ERR_USAGE, 0, "--set is of a RECIPE");
	if (argc && recipe_load(argv[0], &args->sets, &recipe, err) < 0)
		return -1;
	doctor_machine(recipe, cli->progress, &report);
	if (!args->local && doctor_account(&session, recipe, &report, err) < 0)
		return -1;
	if (cli->json) {
		json_object_begin(&json, NULL);
		doctor_json(&report, &json);
		json_object_end(&json);
		strbuf_add_char(&text, '\n');
	} else {
		doctor_text(&report, &text);
	}
	(void)fputs(text.data, cli->out);
	if (!report.missing)
		return 0;
	return error_set(err, ERR_TOOL, 0, "%zu of %zu things that are needed %s missing",
		report.missing, report.count, report.missing == 1 ? "is" : "are");
}

const struct command cmd_doctor = {
	.name = "doctor",
	.words = "[RECIPE]",
	.help = "say what is missing, and what to do about it",
	.about = "Looks for the tools and abilities that build and verify need on this "
		 "machine, and for the credentials, permissions and ways that upload, "
		 "register and publish need. Nothing is made: permissions are asked for "
		 "by DryRun, or with calls about what is not there.",
	.options = doctor_options,
	.args_bytes = sizeof(struct doctor_args),
	.most_words = 1,
	.file_words = 1,
	.json = true,
	.run = doctor_run,
};
