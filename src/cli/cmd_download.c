/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "base/cleanup.h"
#include "base/size.h"
#include "cli/aws_options.h"
#include "cli/command.h"
#include "core/download.h"

struct download_args {
	struct aws_args aws;
	bool force;
};

static const struct opt download_options[] = {
	AWS_OPTIONS(struct download_args),
	{ "force", OPT_FLAG, OPT_AT(struct download_args, force), .no_environment = true,
		.help = "replace a file that exists" },
	OPT_END,
};

static void print_result(struct cli *cli, const struct download_result *r)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	struct json json = JSON_PRETTY_INIT(&text);
	char size[16], fetched[16];

	if (cli->json) {
		json_object_begin(&json, NULL);
		download_result_json(r, &json);
		json_object_end(&json);
		strbuf_add_char(&text, '\n');
	} else {
		strbuf_addf(&text,
			"%s\n  snapshot  %s in %s\n  disk      %s\n  blocks    %" PRIu64
			" that the snapshot has, %s fetched%s\n",
			r->path, r->snapshot_id, r->region,
			size_format(r->size_bytes, size), r->blocks,
			size_format(r->fetched_blocks * EBS_BLOCK_BYTES, fetched),
			r->is_resumed ? " by this run" : "");
	}
	(void)fputs(text.data, cli->out);
}

static int download_run(struct cli *cli, int argc, char **argv, struct error *err)
{
	const struct download_args *args = cli->args;
	CLEANUP(download_result_releasep) struct download_result result = { 0 };
	const struct download_spec spec = {
		.snapshot = argv[0],
		.path = argv[1],
		.force = args->force,
		.session = aws_session_of(&args->aws),
	};

	(void)argc;
	if (download_disk(&spec, cli->progress, &result, err) < 0)
		return -1;
	print_result(cli, &result);
	return 0;
}

const struct command cmd_download = {
	.name = "download",
	.words = "SNAPSHOT|AMI FILE",
	.help = "make a disk image of a snapshot, straight from EBS",
	.about = "Fetches the blocks of an EBS snapshot, or of the root volume's of an "
		 "AMI, "
		 "into FILE, a sparse raw disk that has its name when it is whole. When "
		 "it was ended before it was done, "
		 "the same command goes on.",
	.options = download_options,
	.args_bytes = sizeof(struct download_args),
	.least_words = 2,
	.most_words = 2,
	.file_words = 2,
	.json = true,
	.run = download_run,
};
