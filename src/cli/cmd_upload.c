/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/size.h"
#include "base/strv.h"
#include "cli/aws_options.h"
#include "cli/command.h"
#include "cli/tag_options.h"
#include "core/upload.h"

struct upload_args {
	struct aws_args aws;
	const char *description;
	struct strv tags;
	bool encrypt;
	const char *kms_key;
	uint64_t volume_bytes;
	const char *parent;
};

static const struct opt upload_options[] = {
	AWS_OPTIONS(struct upload_args),
	{ "description", OPT_STRING, OPT_AT(struct upload_args, description),
		.arg = "TEXT", .shown = "the file's name",
		.help = "description of the snapshot" },
	{ "tag", OPT_STRINGS, OPT_AT(struct upload_args, tags), .arg = "KEY=VALUE",
		.no_environment = true, .help = "tag of the snapshot; may be repeated" },
	{ "encrypt", OPT_FLAG, OPT_AT(struct upload_args, encrypt),
		.help = "encrypt it with the account's default key" },
	{ "kms-key", OPT_STRING, OPT_AT(struct upload_args, kms_key), .arg = "KEY",
		.help = "encrypt it with this key" },
	{ "volume-size", OPT_SIZE, OPT_AT(struct upload_args, volume_bytes),
		.arg = "SIZE", .shown = "what holds the disk",
		.help = "size of volumes made of it, rounded up to whole GiB" },
	{ "parent", OPT_STRING, OPT_AT(struct upload_args, parent), .arg = "SNAPSHOT|AMI",
		.no_environment = true,
		.help = "send only what differs from this snapshot" },
	OPT_END,
};

static void print_result(struct cli *cli, const struct upload_result *r)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	struct json json = JSON_PRETTY_INIT(&text);
	char size[16], sent[16];

	if (cli->json) {
		json_object_begin(&json, NULL);
		upload_result_json(r, &json);
		json_object_end(&json);
		strbuf_add_char(&text, '\n');
	} else {
		strbuf_addf(&text,
			"%s in %s\n  disk      %s, a volume of %" PRIu64
			" GiB\n  blocks    %" PRIu64 " that %s, %s sent%s\n"
			"  checksum  %s (LINEAR)\n",
			r->snapshot_id, r->region, size_format(r->size_bytes, size),
			r->volume_size_gib, r->count.blocks,
			r->parent_id ? "differ from the parent's" : "are not zero",
			size_format(r->count.sent_blocks * EBS_BLOCK_BYTES, sent),
			r->is_resumed ? " by this run" : "", r->count.linear);
	}
	(void)fputs(text.data, cli->out);
}

static int upload_run(struct cli *cli, int argc, char **argv, struct error *err)
{
	const struct upload_args *args = cli->args;
	CLEANUP(tag_list_releasep) struct tag_list tags = { 0 };
	CLEANUP(freep) struct ebs_tag *items = NULL;
	CLEANUP(upload_result_releasep) struct upload_result result = { 0 };
	struct upload_spec spec = {
		.path = argv[0],
		.session = aws_session_of(&args->aws),
		.description = args->description,
		.is_encrypted = args->encrypt,
		.kms_key = args->kms_key,
		.volume_bytes = args->volume_bytes,
		.parent = args->parent,
	};

	(void)argc;
	if (tag_list_parse(&args->tags, &tags, err) < 0)
		return -1;
	items = xcalloc(tags.count + 1, sizeof(*items));
	for (size_t i = 0; i < tags.count; i++)
		items[i] = (struct ebs_tag){ tags.items[i].key, tags.items[i].value };
	spec.tags = items;
	spec.tag_count = tags.count;
	if (upload_disk(&spec, cli->progress, &result, err) < 0)
		return -1;
	print_result(cli, &result);
	return 0;
}

const struct command cmd_upload = {
	.name = "upload",
	.words = "FILE",
	.help = "make a snapshot of a disk image, straight into EBS",
	.about = "Sends the blocks of FILE (a raw disk, a block device, or - for the "
		 "standard input) that are not zero to a new EBS snapshot. When it was "
		 "ended before it was done, the same command goes on with the same "
		 "snapshot.",
	.options = upload_options,
	.args_bytes = sizeof(struct upload_args),
	.least_words = 1,
	.most_words = 1,
	.file_words = 1,
	.json = true,
	.run = upload_run,
};
