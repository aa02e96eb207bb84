/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "cli/aws_options.h"
#include "cli/command.h"
#include "core/cleanup.h"

struct cleanup_args {
	struct aws_args aws;
	const char *run_id;
	uint64_t older_than_s;
	bool dry_run, all_regions;
};

#define AT(member) OPT_AT(struct cleanup_args, member)
static const struct opt cleanup_options[] = {
	AWS_OPTIONS(struct cleanup_args),
	{ "run", OPT_STRING, AT(run_id), .arg = "ID", .no_environment = true,
		.help = "only what this run has left, however young" },
	{ "older-than", OPT_DURATION, AT(older_than_s), .arg = "AGE", .fallback = "6h",
		.needs_unit = true,
		.help = "of other machines' runs, only what is at least this old: 90m, "
			"6h, 2d" },
	{ "all-regions", OPT_FLAG, AT(all_regions), .no_environment = true,
		.help = "look in every region that the account has enabled" },
	{ "dry-run", OPT_FLAG, AT(dry_run), .letter = 'n', .no_environment = true,
		.help = "say what would be removed" },
	OPT_END,
};
#undef AT

static void print_result(struct cli *cli, const struct cleaned *c, bool is_dry_run)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	struct json json = JSON_PRETTY_INIT(&text);

	if (cli->json) {
		json_object_begin(&json, NULL);
		json_add_bool(&json, "dry_run", is_dry_run);
		cleaned_json(c, &json);
		json_object_end(&json);
		strbuf_add_char(&text, '\n');
	} else {
		for (size_t i = 0; i < c->removed.count; i++)
			strbuf_addf(&text, "%s in %s, of run %s%s\n",
				c->removed.items[i].id, c->removed.items[i].region,
				c->removed.items[i].run_id,
				is_dry_run ? ", would be removed" : "");
	}
	(void)fputs(text.data, cli->out);
}

static void add_count(struct strbuf *to, size_t count, const char *one, const char *more)
{
	if (count)
		strbuf_addf(to, "%s%zu %s", to->length_bytes ? ", " : "", count,
			count == 1 ? one : more);
}

static int judge(const struct cleaned *c, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf left = STRBUF_INIT;

	add_count(&left, c->left_runs, "run", "runs");
	add_count(&left, c->left.count, "image or snapshot", "images and snapshots");
	add_count(&left, c->left_regions, "region", "regions");
	if (!left.length_bytes)
		return 0;
	return error_set(err, ERR_TARGET, 0,
		"%s could not be cleaned up; the warnings say why", left.data);
}

static int cleanup_run(struct cli *cli, int argc, char **argv, struct error *err)
{
	const struct cleanup_args *args = cli->args;
	CLEANUP(cleaned_releasep) struct cleaned cleaned = { 0 };
	struct cleanup_spec spec = {
		.session = aws_session_of(&args->aws),
		.run_id = args->run_id,
		.older_than_s = args->older_than_s,
		.is_dry_run = args->dry_run,
		.in_all_regions = args->all_regions,
	};
	int rc;

	(void)argc;
	(void)argv;
	rc = cleanup_runs(&spec, cli->progress, &cleaned, err);
	print_result(cli, &cleaned, spec.is_dry_run);
	return rc < 0 ? -1 : judge(&cleaned, err);
}

const struct command cmd_cleanup = {
	.name = "cleanup",
	.words = "",
	.help = "remove what runs that were killed have left in an account",
	.about =
		"Removes what runs of this machine that are dead have left, by their "
		"journals, and what runs of any machine have left in the region, by its "
		"tags. What is finished, and what belongs to a run that is alive, stays.",
	.options = cleanup_options,
	.args_bytes = sizeof(struct cleanup_args),
	.json = true,
	.run = cleanup_run,
};
