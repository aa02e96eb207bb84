/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "cli/aws_options.h"
#include "cli/command.h"
#include "core/image_moment.h"
#include "core/publish.h"
#include "core/recipe.h"
#include "core/recipe_check.h"

struct publish_args {
	struct aws_args aws;
	const char *recipe;
	struct strv sets;
	struct strv copy_to, best_effort, kms_keys, share;
	bool encrypt, share_snapshots, public, exact, dry_run;
	const char *deprecate, *parameter;
	unsigned int protect, way;
	uint64_t keep, wait_s, link_bytes;
};

/* In the order of enum recipe_way; the first is what the recipe says, or auto. */
static const char *const way_words[] = { "auto", "copy", "send", NULL };

/* In the order of enum recipe_protect; the first is what the recipe says, or as-is. */
static const char *const protect_words[] = { "as-is", "no", "yes", "with-cooldown",
	NULL };

#define AT(member) OPT_AT(struct publish_args, member)
static const struct opt publish_options[] = {
	AWS_OPTIONS(struct publish_args),
	{ "recipe", OPT_STRING, AT(recipe), .arg = "RECIPE", .file = OPT_FILE_READ,
		.help = "take what is not said here from its section 'publish'" },
	{ "set", OPT_STRINGS, AT(sets), .arg = "KEY=VALUE", .no_environment = true,
		.help = "set a key of the recipe; may be repeated" },
	{ "copy-to", OPT_STRINGS, AT(copy_to), .arg = "REGION", .no_environment = true,
		.help = "copy it to this region, too; may be repeated" },
	{ "best-effort", OPT_STRINGS, AT(best_effort), .arg = "REGION",
		.no_environment = true,
		.help = "the same, but a failure there is a warning; may be repeated" },
	{ "way", OPT_WORD, AT(way), .arg = "HOW", .words = way_words, .fallback = "auto",
		.help = "how it comes to these regions: copied by EC2, or by sending its "
			"blocks there; auto takes what is expected to be faster" },
	{ "link", OPT_SIZE, AT(link_bytes), .arg = "SIZE", .shown = "12M, assumed",
		.help = "what this machine can send in a second, for the choice of "
			"--way" },
	{ "encrypt", OPT_FLAG, AT(encrypt), .no_environment = true,
		.help = "encrypt the copies, with the account's default keys" },
	{ "kms-key", OPT_STRINGS, AT(kms_keys), .arg = "REGION=KEY",
		.no_environment = true,
		.help = "encrypt the copy there with this key; may be repeated" },
	{ "share", OPT_STRINGS, AT(share), .arg = "WHO", .no_environment = true,
		.help = "account id, or ARN of an organisation or a unit, that may "
			"launch it; may be repeated" },
	{ "share-snapshots", OPT_FLAG, AT(share_snapshots), .no_environment = true,
		.help = "these accounts may also make volumes of its snapshots" },
	{ "public", OPT_FLAG, AT(public), .no_environment = true,
		.help = "everybody may launch it" },
	{ "exact", OPT_FLAG, AT(exact), .no_environment = true,
		.help = "take permissions away that are not named" },
	{ "deprecate", OPT_STRING, AT(deprecate), .arg = "WHEN",
		.help = "deprecate it so many days after it was registered (180d), or "
			"at a date (2027-12-31)" },
	{ "protect", OPT_WORD, AT(protect), .arg = "HOW", .words = protect_words,
		.fallback = "as-is", .help = "protect it from deregistration" },
	{ "parameter", OPT_STRING, AT(parameter), .arg = "NAME",
		.help = "parameter of SSM that gets its id, in each region" },
	{ "keep", OPT_NUMBER, AT(keep), .arg = "N", .most = 100000, .shown = "all",
		.help = "then remove the family's older images but the N newest" },
	{ "wait", OPT_DURATION, AT(wait_s), .arg = "TIME", .least = 1, .most = 86400,
		.fallback = "2h", .help = "how long each copy may take: 90s, 30m" },
	{ "dry-run", OPT_FLAG, AT(dry_run), .letter = 'n', .no_environment = true,
		.help = "say what would be changed" },
	OPT_END,
};
#undef AT

static int check_all(const char *option, const struct strv *values,
	const char *(*check)(const char *text), struct error *err)
{
	for (size_t i = 0; i < values->count; i++)
		if (check(values->items[i]))
			return error_set(err, ERR_USAGE, 0, "--%s '%s' %s", option,
				values->items[i], check(values->items[i]));
	return 0;
}

static int check_one(const char *option, const char *value,
	const char *(*check)(const char *text), struct error *err)
{
	char *const items[] = { (char *)value };
	const struct strv values = { (char **)items, value != NULL, 0 };

	return check_all(option, &values, check, err);
}

/* Days are counted from the image's registration, which is looked at later. */
static int check_deprecation(const char *when, struct error *err)
{
	const int64_t now_s = (int64_t)time(NULL);
	int64_t at_s;

	if (check_one("deprecate", when, recipe_check_deprecation, err) < 0)
		return -1;
	if (when && image_moment(when, now_s, &at_s) && at_s <= now_s)
		return error_set(
			err, ERR_USAGE, 0, "--deprecate %s is in the past", when);
	return 0;
}

static int check_args(const struct publish_args *a, struct error *err)
{
	if (a->sets.count && !a->recipe)
		return error_set(err, ERR_USAGE, 0, "--set is of a --recipe");
	if (check_all("copy-to", &a->copy_to, recipe_check_region, err) < 0 ||
		check_all("best-effort", &a->best_effort, recipe_check_region, err) < 0 ||
		check_all("share", &a->share, recipe_check_share, err) < 0 ||
		check_deprecation(a->deprecate, err) < 0 ||
		check_one("parameter", a->parameter, recipe_check_parameter, err) < 0)
		return -1;
	return 0;
}

/* "eu-west-1=alias/images". */
static int parse_keys(const struct strv *given, struct recipe_map *ret, struct error *err)
{
	for (size_t i = 0; i < given->count; i++) {
		const char *equals = strchr(given->items[i], '=');
		CLEANUP(freep) char *region = NULL;

		if (!equals)
			return error_set(err, ERR_USAGE, 0,
				"--kms-key '%s' is not REGION=KEY", given->items[i]);
		region = xstrndup(given->items[i], (size_t)(equals - given->items[i]));
		if (check_one("kms-key", region, recipe_check_region, err) < 0 ||
			check_one("kms-key", equals + 1, recipe_check_kms_key, err) < 0)
			return -1;
		strv_add(&ret->names, region);
		strv_add(&ret->values, equals + 1);
	}
	return 0;
}

/* What is said here counts, then the recipe. All of it belongs to others. */
static struct recipe_publish wish_of(const struct publish_args *a,
	const struct recipe_map *keys, const struct recipe *recipe)
{
	struct recipe_publish wish = { .protect = RECIPE_PROTECT_AS_IS,
		.way = RECIPE_WAY_AUTO };

	if (recipe)
		wish = recipe->publish;
	if (a->copy_to.count)
		wish.regions = a->copy_to;
	if (a->best_effort.count)
		wish.best_effort = a->best_effort;
	if (a->share.count)
		wish.share = a->share;
	if (keys->names.count)
		wish.kms_keys = *keys;
	if (a->deprecate)
		wish.deprecate = (char *)a->deprecate;
	if (a->parameter)
		wish.parameter = (char *)a->parameter;
	if (a->protect)
		wish.protect = (enum recipe_protect)(a->protect + 1);
	if (a->way)
		wish.way = (enum recipe_way)(a->way + 1);
	if (a->link_bytes)
		wish.link_bytes = a->link_bytes;
	if (a->keep)
		wish.keep = a->keep;
	wish.encrypt |= a->encrypt;
	wish.share_snapshots |= a->share_snapshots;
	wish.public |= a->public;
	wish.exact |= a->exact;
	return wish;
}

static void print_result(struct cli *cli, const struct publish_result *r)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	struct json json = JSON_PRETTY_INIT(&text);

	if (cli->json) {
		json_object_begin(&json, NULL);
		publish_result_json(r, &json);
		json_object_end(&json);
		strbuf_add_char(&text, '\n');
	} else {
		publish_result_text(r, &text);
	}
	(void)fputs(text.data, cli->out);
}

static void map_releasep(struct recipe_map *map)
{
	strv_release(&map->names);
	strv_release(&map->values);
}

static int publish_run(struct cli *cli, int argc, char **argv, struct error *err)
{
	const struct publish_args *args = cli->args;
	CLEANUP(map_releasep) struct recipe_map keys = { 0 };
	CLEANUP(recipe_freep) struct recipe *recipe = NULL;
	CLEANUP(publish_result_releasep) struct publish_result result = { 0 };
	struct recipe_publish wish;
	const struct publish_spec spec = {
		.session = aws_session_of(&args->aws),
		.image = argv[0],
		.wish = &wish,
		.wait_most_s = args->wait_s,
		.is_dry_run = args->dry_run,
	};
	int rc;

	(void)argc;
	if (check_args(args, err) < 0 || parse_keys(&args->kms_keys, &keys, err) < 0)
		return -1;
	if (args->recipe && recipe_load(args->recipe, &args->sets, &recipe, err) < 0)
		return -1;
	wish = wish_of(args, &keys, recipe);
	rc = publish_image(&spec, cli->progress, &result, err);
	if (result.count)
		print_result(cli, &result);
	return rc;
}

const struct command cmd_publish = {
	.name = "publish",
	.words = "AMI",
	.help = "copy an image (AMI) to regions, and share it",
	.about = "Brings AMI into the state that options and recipe say: where it is, "
		 "who may launch it, until when. What is so already is left alone; the "
		 "same command again changes nothing, and goes on after an "
		 "interruption.",
	.options = publish_options,
	.args_bytes = sizeof(struct publish_args),
	.least_words = 1,
	.most_words = 1,
	.json = true,
	.run = publish_run,
};
