/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <time.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "cli/aws_options.h"
#include "cli/command.h"
#include "core/images.h"
#include "core/recipe_check.h"
#include "core/regions.h"

struct images_args {
	struct aws_args aws;
	const char *family;
	bool all, all_regions;
};

static const struct opt images_options[] = {
	AWS_OPTIONS(struct images_args),
	{ "family", OPT_STRING, OPT_AT(struct images_args, family), .arg = "NAME",
		.no_environment = true, .help = "only images of this family" },
	{ "all", OPT_FLAG, OPT_AT(struct images_args, all), .no_environment = true,
		.help = "also the account's images that others have made" },
	{ "all-regions", OPT_FLAG, OPT_AT(struct images_args, all_regions),
		.no_environment = true,
		.help = "in every region that the account has enabled" },
	OPT_END,
};

/* `region` is NULL for the one that the options say. *ret_seen gets its name. */
static int add_region(struct cli *cli, const char *region, struct json *to,
	struct strv *ret_seen, struct error *err)
{
	const struct images_args *args = cli->args;
	struct images_spec spec = {
		.session = aws_session_of(&args->aws),
		.family = args->family,
		.shows_all = args->all,
	};
	CLEANUP(images_releasep) struct images images = { 0 };

	if (region)
		spec.session.region = region;
	if (images_list(&spec, &images, err) < 0)
		return region ? error_context(err, "in %s", region) : -1;
	strv_add(ret_seen, images.region);
	if (cli->json)
		images_json(&images, to);
	else
		images_text(&images, time(NULL), to->to);
	return 0;
}

/*
 * A region that fails does not hide the others' images: a warning names it. *ret_failure
 * becomes what is an error in the end, if anything is.
 */
static int add_regions(struct cli *cli, const struct strv *regions, struct json *to,
	struct strv *ret_seen, struct error *ret_failure, struct error *err)
{
	size_t failed = 0;

	for (size_t i = 0; i < regions->count; i++) {
		if (add_region(cli, regions->items[i], to, ret_seen, err) == 0)
			continue;
		if (err->code == ERR_INTERRUPTED || ++failed == regions->count)
			return -1;
		progress_warning(cli->progress, "%s", err->msg);
		if (!regions_is_denied(err))
			*ret_failure = *err;
	}
	return 0;
}

static int add_images(struct cli *cli, struct json *to, struct strv *ret_seen,
	struct error *ret_failure, struct error *err)
{
	const struct images_args *args = cli->args;
	const struct aws_session_spec session = aws_session_of(&args->aws);
	CLEANUP(strv_releasep) struct strv regions = STRV_INIT;

	if (!args->all_regions)
		return add_region(cli, NULL, to, ret_seen, err);
	if (regions_find(&session, &regions, err) < 0)
		return -1;
	return add_regions(cli, &regions, to, ret_seen, ret_failure, err);
}

static void tell_nothing(struct cli *cli, const struct strv *seen)
{
	const struct images_args *args = cli->args;
	CLEANUP(freep) char *place = regions_text(seen);

	if (args->family)
		progress_step(cli->progress, "there is no image of the family '%s' in %s",
			args->family, place);
	else if (args->all)
		progress_step(cli->progress, "the account has no image in %s", place);
	else
		progress_step(cli->progress,
			"amiwright has made no image in %s; --all lists others, too",
			place);
}

static int images_run(struct cli *cli, int argc, char **argv, struct error *err)
{
	const struct images_args *args = cli->args;
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	struct json json = JSON_PRETTY_INIT(&text);
	const char *wrong = args->family ? recipe_check_image_name(args->family) : NULL;
	CLEANUP(strv_releasep) struct strv seen = STRV_INIT;
	struct error failure = ERROR_INIT;

	(void)argc;
	(void)argv;
	if (wrong)
		return error_set(
			err, ERR_USAGE, 0, "--family '%s' %s", args->family, wrong);
	if (cli->json) {
		json_object_begin(&json, NULL);
		json_array_begin(&json, "images");
	}
	if (add_images(cli, &json, &seen, &failure, err) < 0)
		return -1;
	if (cli->json) {
		json_array_end(&json);
		json_object_end(&json);
		strbuf_add_char(&text, '\n');
	}
	if (!text.length_bytes)
		tell_nothing(cli, &seen);
	(void)fputs(text.data ? text.data : "", cli->out);
	if (failure.code == ERR_NONE)
		return 0;
	*err = failure;
	return -1;
}

const struct command cmd_images = {
	.name = "images",
	.words = "",
	.help = "list the images (AMIs) that amiwright has made",
	.about =
		"Lists the account's images in a region, the newest first: id, state, "
		"age, size, region, architecture, name. The size is what their snapshots "
		"take, or, where the service does not say that, their volumes' size.",
	.options = images_options,
	.args_bytes = sizeof(struct images_args),
	.json = true,
	.run = images_run,
};
