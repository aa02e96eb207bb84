/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "cli/aws_options.h"
#include "cli/command.h"
#include "cli/confirm.h"
#include "core/recipe_check.h"
#include "core/remove.h"

enum { IMAGES_MOST = 1000 };

struct remove_args {
	struct aws_args aws;
	const char *family;
	uint64_t keep;
	bool keep_copies, keep_snapshots, dry_run, yes;
};

#define AT(member) OPT_AT(struct remove_args, member)
static const struct opt remove_options[] = {
	AWS_OPTIONS(struct remove_args),
	{ "family", OPT_STRING, AT(family), .arg = "NAME", .no_environment = true,
		.replaces_words = true,
		.help = "the older images of this family, instead of images by their "
			"ids" },
	{ "keep", OPT_NUMBER, AT(keep), .arg = "N", .most = 100000,
		.no_environment = true,
		.help = "how many of the family stay, of each architecture" },
	{ "keep-copies", OPT_FLAG, AT(keep_copies), .no_environment = true,
		.help = "leave the copies that publish has made in other regions" },
	{ "keep-snapshots", OPT_FLAG, AT(keep_snapshots), .no_environment = true,
		.help = "deregister only" },
	{ "dry-run", OPT_FLAG, AT(dry_run), .letter = 'n', .no_environment = true,
		.help = "say what would be removed" },
	{ "yes", OPT_FLAG, AT(yes), .letter = 'y', .no_environment = true,
		.help = "do not ask" },
	OPT_END,
};
#undef AT

static void add_words(struct strbuf *to, const char *before, const struct strv *words)
{
	for (size_t i = 0; i < words->count; i++)
		strbuf_addf(to, "%s%s", i ? ", " : before, words->items[i]);
}

static void format(const struct removed *r, struct strbuf *to)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct removed_image *image = &r->items[i];

		strbuf_addf(to, "%s", image->image_id);
		if (image->was_gone && !image->copy_of && !image->deleted.count)
			strbuf_addf(to,
				" is not in %s: it is gone already, or never was there",
				image->region);
		else if (image->was_gone)
			strbuf_add_str(to, " is gone already");
		else if (image->name)
			strbuf_addf(to, " '%s'", image->name);
		if (image->copy_of)
			strbuf_addf(to, " in %s, a copy of %s,", image->region,
				image->copy_of);
		add_words(to, " with ", &image->deleted);
		add_words(to, "; in use or kept: ", &image->kept);
		strbuf_add_char(to, '\n');
	}
}

static int confirm(const struct removed *would, void *userdata, struct error *err)
{
	struct cli *cli = userdata;
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

	format(would, &text);
	(void)fputs(text.data, cli->diag);
	return confirm_removal(cli->diag, err);
}

static int check_args(const struct remove_args *args, struct error *err)
{
	const char *wrong = args->family ? recipe_check_image_name(args->family) : NULL;

	if (wrong)
		return error_set(
			err, ERR_USAGE, 0, "--family '%s' %s", args->family, wrong);
	if (args->family && !args->keep)
		return error_set(err, ERR_USAGE, 0,
			"--family needs --keep N, which is 1 or more: its newest image "
			"always stays");
	if (args->keep && !args->family)
		return error_set(err, ERR_USAGE, 0, "--keep is of a --family");
	if (!args->dry_run && !args->yes && !confirm_possible())
		return error_set(err, ERR_USAGE, 0,
			"there is nobody to ask: give --yes to remove, or --dry-run");
	return 0;
}

static void print_result(struct cli *cli, const struct removed *r, bool is_dry_run)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	struct json json = JSON_PRETTY_INIT(&text);

	if (cli->json) {
		json_object_begin(&json, NULL);
		json_add_bool(&json, "dry_run", is_dry_run);
		removed_json(r, &json);
		json_object_end(&json);
		strbuf_add_char(&text, '\n');
	} else {
		format(r, &text);
	}
	(void)fputs(text.data, cli->out);
}

static int remove_run(struct cli *cli, int argc, char **argv, struct error *err)
{
	const struct remove_args *args = cli->args;
	CLEANUP(removed_releasep) struct removed removed = { 0 };
	const struct remove_spec spec = {
		.session = aws_session_of(&args->aws),
		.image_ids = (const char *const *)argv,
		.image_count = (size_t)argc,
		.with_copies = !args->keep_copies,
		.family = args->family,
		.keep = args->keep,
		.how = { .keeps_snapshots = args->keep_snapshots,
			.is_dry_run = args->dry_run },
		.confirm = args->yes ? NULL : confirm,
		.userdata = cli,
	};
	int rc;

	if (check_args(args, err) < 0)
		return -1;
	rc = remove_images(&spec, cli->progress, &removed, err);
	if (rc == 0)
		print_result(cli, &removed, spec.how.is_dry_run);
	return rc;
}

const struct command cmd_remove = {
	.name = "remove",
	.words = "AMI...",
	.help = "deregister images, and delete the snapshots that they alone used",
	.about = "Deregisters each AMI and deletes the snapshots that it is made of and "
		 "no "
		 "other image of the account is; before it, its copies in other regions. "
		 "One that is gone already is no error.",
	.options = remove_options,
	.args_bytes = sizeof(struct remove_args),
	.least_words = 1,
	.most_words = IMAGES_MOST,
	.json = true,
	.run = remove_run,
};
