/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/cleanup.h"
#include "base/strv.h"
#include "cli/command.h"
#include "core/plan.h"
#include "core/recipe.h"

struct plan_args {
	struct strv sets;
};

static const struct opt plan_options[] = {
	{ "set", OPT_STRINGS, OPT_AT(struct plan_args, sets), .arg = "KEY=VALUE",
		.no_environment = true,
		.help = "set a key of the recipe; may be repeated" },
	OPT_END,
};

static int plan_run(struct cli *cli, int argc, char **argv, struct error *err)
{
	const struct plan_args *args = cli->args;
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	CLEANUP(recipe_freep) struct recipe *recipe = NULL;
	struct json json = JSON_PRETTY_INIT(&text);

	(void)argc;
	if (recipe_load(argv[0], &args->sets, &recipe, err) < 0)
		return -1;
	if (cli->json) {
		plan_json(recipe, &json);
		strbuf_add_char(&text, '\n');
	} else {
		plan_text(recipe, &text);
	}
	(void)fputs(text.data, cli->out);
	return 0;
}

const struct command cmd_plan = {
	.name = "plan",
	.words = "RECIPE",
	.help = "show what build would do",
	.about = "Prints the effective recipe, where each value comes from, and the "
		 "steps of a build. Nothing is fetched or made.",
	.options = plan_options,
	.args_bytes = sizeof(struct plan_args),
	.least_words = 1,
	.most_words = 1,
	.json = true,
	.run = plan_run,
};
