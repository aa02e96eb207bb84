/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/strv.h"
#include "cli/command.h"
#include "core/plan.h"
#include "core/recipe.h"
#include "core/recipe_check.h"

struct plan_args {
	struct strv sets;
	const char *region, *disk;
	bool policy;
};

static const struct opt plan_options[] = {
	{ "set", OPT_STRINGS, OPT_AT(struct plan_args, sets), .arg = "KEY=VALUE",
		.no_environment = true,
		.help = "set a key of the recipe; may be repeated" },
	{ "region", OPT_STRING, OPT_AT(struct plan_args, region), .arg = "REGION",
		.no_environment = true, .shown = "AWS_REGION",
		.help = "region of the image" },
	{ "disk", OPT_STRING, OPT_AT(struct plan_args, disk), .arg = "FILE",
		.file = OPT_FILE_READ, .no_environment = true,
		.help = "count the blocks of this raw disk; nothing is sent" },
	{ "policy", OPT_FLAG, OPT_AT(struct plan_args, policy), .no_environment = true,
		.help = "print only the IAM policy, for aws iam create-policy" },
	OPT_END,
};

static const char *environment(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value ? value : NULL;
}

/* Without reading any file of AWS's: a plan is made where there is no account, too. */
static int find_region(const struct plan_args *args, const char **ret, struct error *err)
{
	const char *region = args->region;

	if (!region)
		region = environment("AWS_REGION");
	if (!region)
		region = environment("AWS_DEFAULT_REGION");
	if (region && recipe_check_region(region))
		return error_set(err, ERR_USAGE, 0, "'%s' %s", region,
			recipe_check_region(region));
	*ret = region;
	return 0;
}

static int plan_run(struct cli *cli, int argc, char **argv, struct error *err)
{
	const struct plan_args *args = cli->args;
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	CLEANUP(recipe_freep) struct recipe *recipe = NULL;
	struct json json = JSON_PRETTY_INIT(&text);
	struct plan_account account;
	const char *region;

	(void)argc;
	if (recipe_load(argv[0], &args->sets, &recipe, err) < 0 ||
		find_region(args, &region, err) < 0 ||
		plan_account_init(
			recipe, region, args->disk, cli->progress, &account, err) < 0)
		return -1;
	if (args->policy) {
		json_object_begin(&json, NULL);
		plan_policy_json(&account, &json);
		json_object_end(&json);
		strbuf_add_char(&text, '\n');
	} else if (cli->json) {
		plan_json(recipe, &account, &json);
		strbuf_add_char(&text, '\n');
	} else {
		plan_text(recipe, &text);
		plan_account_text(&account, &text);
	}
	(void)fputs(text.data, cli->out);
	return 0;
}

const struct command cmd_plan = {
	.name = "plan",
	.words = "RECIPE",
	.help = "show what build, upload, register and publish would do",
	.about = "Prints the effective recipe, where each value comes from, the steps of "
		 "a build, and what upload, register and publish would then call and "
		 "make in an account, with its price and the IAM policy that suffices. "
		 "Nothing is fetched or made.",
	.options = plan_options,
	.args_bytes = sizeof(struct plan_args),
	.least_words = 1,
	.most_words = 1,
	.file_words = 1,
	.json = true,
	.run = plan_run,
};
