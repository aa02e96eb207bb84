/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <time.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "cli/aws_options.h"
#include "cli/command.h"
#include "core/images.h"
#include "core/recipe_check.h"

struct images_args {
	struct aws_args aws;
	const char *family;
	bool all;
};

static const struct opt images_options[] = {
	AWS_OPTIONS(struct images_args),
	{ "family", OPT_STRING, OPT_AT(struct images_args, family), .arg = "NAME",
		.no_environment = true, .help = "only images of this family" },
	{ "all", OPT_FLAG, OPT_AT(struct images_args, all), .no_environment = true,
		.help = "also the account's images that others have made" },
	OPT_END,
};

static int images_run(struct cli *cli, int argc, char **argv, struct error *err)
{
	const struct images_args *args = cli->args;
	const struct images_spec spec = {
		.session = aws_session_of(&args->aws),
		.family = args->family,
		.shows_all = args->all,
	};
	CLEANUP(images_releasep) struct images images = { 0 };
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	struct json json = JSON_PRETTY_INIT(&text);
	const char *wrong = args->family ? recipe_check_image_name(args->family) : NULL;

	(void)argc;
	(void)argv;
	if (wrong)
		return error_set(
			err, ERR_USAGE, 0, "--family '%s' %s", args->family, wrong);
	if (images_list(&spec, &images, err) < 0)
		return -1;
	if (cli->json) {
		json_object_begin(&json, NULL);
		images_json(&images, &json);
		json_object_end(&json);
		strbuf_add_char(&text, '\n');
	} else {
		images_text(&images, time(NULL), &text);
	}
	(void)fputs(text.data, cli->out);
	return 0;
}

const struct command cmd_images = {
	.name = "images",
	.words = "",
	.help = "list the images (AMIs) that amiwright has made",
	.about =
		"Lists the account's images in one region, the newest first: id, state, "
		"age, size, region, architecture, name. The size is what their snapshots "
		"take, or, where the service does not say that, their volumes' size.",
	.options = images_options,
	.args_bytes = sizeof(struct images_args),
	.json = true,
	.run = images_run,
};
