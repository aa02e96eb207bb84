/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/path.h"
#include "base/strv.h"
#include "cli/aws_options.h"
#include "cli/command.h"
#include "cli/confirm.h"
#include "core/build.h"
#include "core/plan.h"
#include "core/recipe.h"
#include "core/run_id.h"

struct build_args {
	struct aws_args aws;
	const char *to;
	const char *locked, *manifest;
	const char *kms_key, *parent;
	bool encrypt;
	bool force, no_cache, no_verify, tree_on_disk;
	struct strv sets;
};

static const struct opt build_options[] = {
	{ "to", OPT_STRING, OPT_AT(struct build_args, to), .arg = "WHERE",
		.file = OPT_FILE_RESULT,
		.shown = "ami with --region, else it has to be given",
		.help = "where the image goes: a file (raw, or what .qcow2 or "
			".vmdk says), a block device, a directory, for "
			"NAME.raw in it; snapshot, or ami: straight into EBS" },
	AWS_OPTIONS(struct build_args),
	{ "encrypt", OPT_FLAG, OPT_AT(struct build_args, encrypt),
		.help = "encrypt the snapshot with the account's default key" },
	{ "kms-key", OPT_STRING, OPT_AT(struct build_args, kms_key), .arg = "KEY",
		.help = "encrypt the snapshot with this key" },
	{ "parent", OPT_STRING, OPT_AT(struct build_args, parent),
		.arg = "FILE|SNAPSHOT|AMI", .file = OPT_FILE_READ_FIRST,
		.no_environment = true,
		.help = "an earlier image: what has not changed stays where it is "
			"there, so that few blocks differ; with --to snapshot and --to "
			"ami one in EC2, and only what differs is sent" },
	{ "manifest", OPT_STRING, OPT_AT(struct build_args, manifest), .arg = "NAME",
		.no_environment = true,
		.shown = "in the state directory, by the run's id",
		.help = "of an image in EC2, write NAME.manifest.json and "
			"NAME.spdx.json" },
	{ "set", OPT_STRINGS, OPT_AT(struct build_args, sets), .arg = "KEY=VALUE",
		.no_environment = true,
		.help = "set a key of the recipe; may be repeated" },
	{ "locked", OPT_STRING, OPT_AT(struct build_args, locked), .arg = "MANIFEST",
		.file = OPT_FILE_READ,
		.help = "use the very packages of this manifest again, or fail and "
			"say which are gone" },
	{ "no-verify", OPT_FLAG, OPT_AT(struct build_args, no_verify),
		.help = "do not boot the image before calling it done" },
	{ "no-cache", OPT_FLAG, OPT_AT(struct build_args, no_cache),
		.help = "make it anew though nothing has changed, and fetch the package "
			"lists anew" },
	{ "tree-on-disk", OPT_FLAG, OPT_AT(struct build_args, tree_on_disk),
		.help = "make the tree in the scratch directory ($TMPDIR, or /var/tmp), "
			"though half of the memory that is free would hold it" },
	{ "force", OPT_FLAG, OPT_AT(struct build_args, force), .no_environment = true,
		.help = "overwrite a block device without asking" },
	OPT_END,
};

/* The recipes of one invocation, all read before the first is built. */
struct jobs {
	struct recipe **recipes;
	size_t count;
	struct strv targets; /* one a recipe */
};

static void jobs_release(struct jobs *jobs)
{
	for (size_t i = 0; i < jobs->count; i++)
		recipe_free(jobs->recipes[i]);
	free(jobs->recipes);
	strv_release(&jobs->targets);
}

static bool is_directory(const char *path)
{
	struct stat st;

	return path[strlen(path) - 1] == '/' ||
	       (stat(path, &st) == 0 && S_ISDIR(st.st_mode));
}

/* "./snapshot" is a file. */
static bool is_cloud(const char *to)
{
	return !strcmp(to, "snapshot") || !strcmp(to, "ami");
}

/* Where the image of `recipe` goes. */
static int add_target(struct jobs *jobs, const struct recipe *recipe, const char *to,
	bool several, struct error *err)
{
	CLEANUP(freep) char *name = NULL, *path = NULL;

	if (is_cloud(to)) {
		strv_add(&jobs->targets, to);
		return 0;
	}
	if (!is_directory(to)) {
		if (several)
			return error_set(err, ERR_USAGE, 0,
				"several recipes need a directory for --to, and %s "
				"is none",
				to);
		strv_add(&jobs->targets, to);
		return 0;
	}
	name = xasprintf("%s.raw", recipe->name);
	path = path_join(to, name);
	if (strv_contains(&jobs->targets, path))
		return error_set(err, ERR_USAGE, 0,
			"two recipes have the name '%s'; one would overwrite the other",
			recipe->name);
	strv_take(&jobs->targets, TAKE_PTR(path));
	return 0;
}

static int load_jobs(struct jobs *jobs, const struct build_args *args, const char *to,
	int argc, char **argv, struct error *err)
{
	jobs->recipes = xcalloc((size_t)argc, sizeof(*jobs->recipes));
	for (int i = 0; i < argc; i++) {
		if (recipe_load(argv[i], &args->sets, &jobs->recipes[jobs->count], err) <
			0)
			return -1;
		jobs->count++;
		if (add_target(jobs, jobs->recipes[i], to, argc > 1, err) < 0)
			return -1;
	}
	return 0;
}

static void print_intro(const struct cli *cli, const struct recipe *recipe,
	const char *to, const char *run_id)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

	/* The run of one into EC2 begins later, and says its id. */
	if (is_cloud(to))
		strbuf_addf(&text, "%s to a new %s\n", recipe->path, to);
	else
		strbuf_addf(&text, "run %s: %s to %s\n", run_id, recipe->path, to);
	plan_values_text(recipe, false, &text);
	(void)fputs(text.data, cli->diag);
}

/* One recipe's part of the command line. It points into itself. */
struct job {
	char run_id[RUN_ID_CHARS + 1];
	struct build_cloud_spec cloud;
	struct build_options options;
};

static void job_init(struct job *j, const struct cli *cli, const char *to)
{
	const struct build_args *args = cli->args;

	run_id_make(j->run_id);
	j->cloud = (struct build_cloud_spec){
		.makes_image = !strcmp(to, "ami"),
		.session = aws_session_of(&args->aws),
		.is_encrypted = args->encrypt,
		.kms_key = args->kms_key,
		.parent = args->parent,
	};
	j->options = (struct build_options){
		.to = to,
		.cloud = is_cloud(to) ? &j->cloud : NULL,
		.manifest = args->manifest,
		.run_id = j->run_id,
		.locked = args->locked,
		.parent = args->parent,
		.no_cache = args->no_cache,
		.tree_on_disk = args->tree_on_disk,
		.verify = !args->no_verify,
		.force = args->force,
		.confirm = confirm_possible() ? confirm_overwrite : NULL,
		.userdata = cli->diag,
	};
}

/* All of them, before anything is said of the first. */
static int check_all(const struct cli *cli, const struct jobs *jobs, struct error *err)
{
	for (size_t i = 0; i < jobs->count; i++) {
		struct job job;

		job_init(&job, cli, jobs->targets.items[i]);
		if (build_check(jobs->recipes[i], &job.options, err) < 0)
			return -1;
	}
	return 0;
}

static int build_one(struct cli *cli, const struct recipe *recipe, const char *to,
	struct strbuf *out, struct json *json, struct error *err)
{
	CLEANUP(build_result_releasep) struct build_result result = BUILD_RESULT_INIT;
	struct job job;

	job_init(&job, cli, to);
	if (!cli->quiet)
		print_intro(cli, recipe, to, job.run_id);
	if (build_run(recipe, &job.options, cli->progress, &result, err) < 0)
		return -1;
	if (cli->json)
		build_result_json(&result, json);
	else
		build_result_summary(&result, program_invocation_name, out);
	return 0;
}

/* With --json there is one document: of one recipe its object, of several an array.
 * What was built before a failure is in it. */
static int build_all(struct cli *cli, const struct jobs *jobs, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf out = STRBUF_INIT;
	struct json json = JSON_PRETTY_INIT(&out);
	const bool array = cli->json && jobs->count > 1;
	int r = 0;

	if (array)
		json_array_begin(&json, NULL);
	for (size_t i = 0; i < jobs->count && r == 0; i++)
		r = build_one(
			cli, jobs->recipes[i], jobs->targets.items[i], &out, &json, err);
	if (array)
		json_array_end(&json);
	if (cli->json && out.length_bytes)
		strbuf_add_char(&out, '\n');
	(void)fputs(out.data, cli->out);
	return r;
}

/* A region alone asks for an image in it. What the environment may say of encryption is
 * for those who go to EC2, and no mistake of others. */
static int choose_target(
	const struct build_args *args, const char **ret, struct error *err)
{
	const struct aws_args *aws = &args->aws;

	*ret = args->to ? args->to : "ami";
	if (!args->to && !aws->region)
		return error_set(err, ERR_USAGE, 0,
			"--to FILE|DEVICE is needed, or --to snapshot, or --to ami");
	if (!**ret)
		return error_set(err, ERR_USAGE, 0, "--to '' names nothing");
	if (is_cloud(*ret) ||
		!(aws->region || aws->profile || aws->endpoint_url || args->manifest))
		return 0;
	return error_set(err, ERR_USAGE, 0,
		"--region, --profile, --endpoint-url and --manifest go with "
		"--to snapshot and --to ami, and '%s' is a file",
		*ret);
}

static int build_command(struct cli *cli, int argc, char **argv, struct error *err)
{
	const struct build_args *args = cli->args;
	CLEANUP(jobs_release) struct jobs jobs = { 0 };
	const char *to;

	if (choose_target(args, &to, err) < 0)
		return -1;
	if (args->manifest && argc > 1)
		return error_set(err, ERR_USAGE, 0,
			"--manifest is for one recipe: a manifest is of one image");
	if (args->locked && argc > 1)
		return error_set(err, ERR_USAGE, 0,
			"--locked is for one recipe: a manifest is of one image");
	if (load_jobs(&jobs, args, to, argc, argv, err) < 0 ||
		check_all(cli, &jobs, err) < 0)
		return -1;
	cli_begin(cli);
	return build_all(cli, &jobs, err);
}

const struct command cmd_build = {
	.name = "build",
	.words = "RECIPE...",
	.help = "make the image of a recipe, and boot it",
	.about = "Builds the image that each recipe describes, boots it in an "
		 "emulated EC2 machine, logs in to it with a launch key and checks "
		 "it. Neither root nor an AWS account is needed. With --to snapshot or "
		 "--to ami the blocks go straight into EBS, with no image file in "
		 "between.",
	.options = build_options,
	.args_bytes = sizeof(struct build_args),
	.least_words = 1,
	.most_words = INT_MAX,
	.file_words = INT_MAX,
	.json = true,
	.run = build_command,
};
