/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/size.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "cli/aws_options.h"
#include "cli/command.h"
#include "cli/tag_options.h"
#include "core/block_device.h"
#include "core/image_name.h"
#include "core/manifest_image.h"
#include "core/recipe_check.h"
#include "core/register.h"
#include "core/remove.h"

enum { UEFI_DATA_MOST_BYTES = 64 << 10 }; /* RegisterImage, UefiData */

struct register_args {
	struct aws_args aws;
	const char *name, *manifest, *description, *family;
	unsigned int arch, boot_mode, imds;
	bool tpm, no_ena, no_sriov, replace;
	const char *uefi_data;
	const char *root_device, *kernel, *ramdisk;
	uint64_t volume_bytes;
	unsigned int volume_type;
	uint64_t iops, throughput, wait_s, keep;
	struct strv maps, tags;
};

/* The first word of each: what manifest, service or default say. */
static const char *const arch_words[] = { "auto", "x86_64", "arm64", "i386", NULL };
static const char *const boot_words[] = { "auto", "legacy-bios", "uefi", "uefi-preferred",
	NULL };
static const char *const imds_words[] = { "auto", "v2.0", "any", NULL };
enum { IMDS_AUTO, IMDS_V2, IMDS_ANY };
static const char *const type_words[] = { "gp3", "gp2", "io1", "io2", "st1", "sc1",
	"standard", NULL };

#define AT(member) OPT_AT(struct register_args, member)
static const struct opt register_options[] = {
	AWS_OPTIONS(struct register_args),
	{ "name", OPT_STRING, AT(name), .arg = "NAME", .no_environment = true,
		.shown = "made of the manifest", .help = "name of the image" },
	{ "manifest", OPT_STRING, AT(manifest), .arg = "FILE", .file = OPT_FILE_READ,
		.help = "the manifest that amiwright build left beside the disk" },
	{ "description", OPT_STRING, AT(description), .arg = "TEXT",
		.shown = "the manifest's", .help = "description of the image" },
	{ "family", OPT_STRING, AT(family), .arg = "NAME",
		.shown = "the manifest's recipe",
		.help = "images that replace each other" },
	{ "arch", OPT_WORD, AT(arch), .arg = "ARCH", .words = arch_words,
		.fallback = "auto", .shown = "the manifest's",
		.help = "x86_64, arm64 or i386; needed where there is no --manifest" },
	{ "boot-mode", OPT_WORD, AT(boot_mode), .arg = "MODE", .words = boot_words,
		.fallback = "auto", .shown = "the manifest's, else the service's choice",
		.help = "how it boots: legacy-bios, uefi or uefi-preferred" },
	{ "imds", OPT_WORD, AT(imds), .arg = "VERSION", .words = imds_words,
		.fallback = "auto", .shown = "the manifest's, else v2.0",
		.help = "which metadata requests its instances answer: v2.0 or any" },
	{ "tpm", OPT_FLAG, AT(tpm), .help = "give instances a TPM 2.0" },
	{ "uefi-data", OPT_STRING, AT(uefi_data), .arg = "FILE", .file = OPT_FILE_READ,
		.help = "UEFI variables in base64: Secure Boot keys" },
	{ "no-ena", OPT_FLAG, AT(no_ena), .help = "the image has no driver for ENA" },
	{ "no-sriov", OPT_FLAG, AT(no_sriov), .help = "it has no driver of ixgbevf" },
	{ "root-device", OPT_STRING, AT(root_device), .arg = "DEVICE",
		.shown = "/dev/xvda; /dev/sda1 with --kernel",
		.help = "name of the root device" },
	{ "volume-size", OPT_SIZE, AT(volume_bytes), .arg = "SIZE",
		.shown = "the snapshot's",
		.help = "size of the root volume, rounded up to whole GiB" },
	{ "volume-type", OPT_WORD, AT(volume_type), .arg = "TYPE", .words = type_words,
		.fallback = "gp3", .help = "type of the root volume" },
	{ "iops", OPT_NUMBER, AT(iops), .arg = "N", .most = 1000000,
		.shown = "the type's", .help = "IOPS of the root volume" },
	{ "throughput", OPT_NUMBER, AT(throughput), .arg = "MIB", .most = 1000000,
		.shown = "the type's", .help = "MiB/s of the root volume" },
	{ "map", OPT_STRINGS, AT(maps), .arg = "MAPPING", .no_environment = true,
		.help = "a further volume or instance store; may be repeated" },
	{ "kernel", OPT_STRING, AT(kernel), .arg = "AKI",
		.help = "id of a PV-GRUB kernel; the image is then paravirtual" },
	{ "ramdisk", OPT_STRING, AT(ramdisk), .arg = "ARI", .help = "its RAM disk" },
	{ "tag", OPT_STRINGS, AT(tags), .arg = "KEY=VALUE", .no_environment = true,
		.help = "tag of image and snapshot, beside the manifest's; may be "
			"repeated" },
	{ "replace", OPT_FLAG, AT(replace), .no_environment = true,
		.help = "remove an image of that name that is another one" },
	{ "keep", OPT_NUMBER, AT(keep), .arg = "N", .most = 100000, .shown = "all",
		.help = "then remove the family's older images but the N newest" },
	{ "wait", OPT_DURATION, AT(wait_s), .arg = "TIME", .least = 1, .most = 86400,
		.fallback = "1h",
		.help = "how long snapshots and image may take, together: 90s, 30m" },
	OPT_END,
};
#undef AT

/* What the request points into. */
struct parts {
	struct manifest_image manifest;
	struct tag_list given;
	struct ec2_tag *tags;
	size_t tag_count;
	struct block_device *maps;
	struct ec2_block_device *devices;
	size_t map_count;
	char *name, *uefi_data;
};

static void parts_releasep(struct parts *p)
{
	manifest_image_release(&p->manifest);
	tag_list_release(&p->given);
	for (size_t i = 0; i < p->map_count; i++)
		block_device_release(&p->maps[i]);
	free(p->maps);
	free(p->devices);
	free(p->tags);
	free(p->name);
	free(p->uefi_data);
}

/* Base64, on any number of lines. */
static int read_uefi_data(const char *path, char **ret, struct error *err)
{
	CLEANUP(freep) char *text = NULL;
	size_t kept = 0;

	if (file_read_all(path, UEFI_DATA_MOST_BYTES, &text, NULL, err) < 0)
		return error_context(err, "read the UEFI data");
	for (const char *c = text; *c; c++)
		if (!strchr(" \t\r\n", *c))
			text[kept++] = *c;
	text[kept] = '\0';
	if (!kept || kept % 4 ||
		text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789+/=")])
		return error_set(err, ERR_FORMAT, 0,
			"'%s' is not in base64, as RegisterImage wants UEFI data", path);
	*ret = TAKE_PTR(text);
	return 0;
}

static bool is_given(const struct tag_list *given, const char *key)
{
	for (size_t i = 0; i < given->count; i++)
		if (!strcmp(given->items[i].key, key))
			return true;
	return false;
}

/* The manifest's, but for keys that --tag gives another value. */
static void merge_tags(struct parts *p)
{
	const struct recipe_map *said = &p->manifest.tags;

	p->tags = xcalloc(said->names.count + p->given.count + 1, sizeof(*p->tags));
	for (size_t i = 0; i < said->names.count; i++)
		if (!is_given(&p->given, said->names.items[i]))
			p->tags[p->tag_count++] = (struct ec2_tag){ said->names.items[i],
				said->values.items[i] };
	for (size_t i = 0; i < p->given.count; i++)
		p->tags[p->tag_count++] = (struct ec2_tag){ p->given.items[i].key,
			p->given.items[i].value };
}

static int parse_lists(
	const struct register_args *args, struct parts *p, struct error *err)
{
	if (tag_list_parse(&args->tags, &p->given, err) < 0)
		return -1;
	merge_tags(p);
	p->maps = xcalloc(args->maps.count + 1, sizeof(*p->maps));
	p->devices = xcalloc(args->maps.count + 1, sizeof(*p->devices));
	for (size_t i = 0; i < args->maps.count; i++) {
		if (block_device_parse(args->maps.items[i], &p->maps[i], err) < 0)
			return -1;
		p->map_count++;
		p->devices[i] = p->maps[i].mapping;
	}
	return 0;
}

static int parse_names(const struct register_args *args, struct parts *p,
	struct progress *progress, struct error *err)
{
	const char *wanted = args->name ? args->name : p->manifest.name;
	const char *wrong = args->family ? recipe_check_image_name(args->family) : NULL;

	if (!wanted)
		return error_set(
			err, ERR_USAGE, 0, "the image needs a --name, or a --manifest");
	if (wrong)
		return error_set(
			err, ERR_USAGE, 0, "--family '%s' %s", args->family, wrong);
	if (image_name_make(wanted, &p->name, err) < 0)
		return -1;
	if (strcmp(p->name, wanted) != 0)
		progress_warning(progress, "the image's name is '%s': '%s' is none",
			p->name, wanted);
	return 0;
}

static int parse_parts(const struct register_args *args, struct parts *p,
	struct progress *progress, struct error *err)
{
	if (args->manifest && manifest_image_read(args->manifest, &p->manifest, err) < 0)
		return -1;
	if (args->uefi_data && read_uefi_data(args->uefi_data, &p->uefi_data, err) < 0)
		return -1;
	if (parse_lists(args, p, err) < 0)
		return -1;
	return parse_names(args, p, progress, err);
}

static struct shape_uint number_of(uint64_t n)
{
	return (struct shape_uint){ .set = n != 0, .value = n };
}

static struct register_image image_of(
	const struct register_args *args, const struct parts *p, const char *snapshot_id)
{
	const struct manifest_image *m = &p->manifest;

	return (struct register_image){
		.snapshot_id = snapshot_id,
		.name = p->name,
		.description = args->description ? args->description : m->description,
		.architecture = args->arch ? arch_words[args->arch] : m->architecture,
		.boot_mode = args->boot_mode ? boot_words[args->boot_mode]
			     : args->kernel  ? NULL
					     : m->boot_mode,
		.allows_imds_v1 = args->imds == IMDS_AUTO ? m->allows_imds_v1
							  : args->imds == IMDS_ANY,
		.has_tpm = args->tpm,
		.uefi_data = p->uefi_data,
		.has_no_ena = args->no_ena,
		.has_no_sriov = args->no_sriov,
		.root_device = args->root_device,
		.volume_type = type_words[args->volume_type],
		.volume_size_gib = number_of(round_up(args->volume_bytes, GIB) / GIB),
		.iops = number_of(args->iops),
		.throughput_mib_s = number_of(args->throughput),
		.devices = p->devices,
		.device_count = p->map_count,
		.kernel_id = args->kernel,
		.ramdisk_id = args->ramdisk,
		.family = args->family ? args->family : m->family,
		.tags = p->tags,
		.tag_count = p->tag_count,
	};
}

static void print_result(struct cli *cli, const struct register_result *r)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	struct json json = JSON_PRETTY_INIT(&text);

	if (cli->json) {
		json_object_begin(&json, NULL);
		register_result_json(r, &json);
		json_object_end(&json);
		strbuf_add_char(&text, '\n');
	} else {
		strbuf_addf(&text, "%s in %s%s\n  name      %s\n  snapshot  %s\n",
			r->image_id, r->region, r->was_there ? ", which was there" : "",
			r->name, r->snapshot_id);
	}
	(void)fputs(text.data, cli->out);
}

/* The image itself stays, also when the same command is given again much later. */
static int remove_older(struct cli *cli, const struct register_args *args,
	const char *family, const char *image_id, struct error *err)
{
	const struct remove_spec spec = {
		.session = aws_session_of(&args->aws),
		.family = family,
		.keep = args->keep,
		.kept_image = image_id,
	};
	CLEANUP(removed_releasep) struct removed removed = { 0 };

	if (remove_images(&spec, cli->progress, &removed, err) < 0)
		return error_context(err,
			"%s is registered, but the family's older images could not be "
			"removed",
			image_id);
	return 0;
}

static int register_run(struct cli *cli, int argc, char **argv, struct error *err)
{
	const struct register_args *args = cli->args;
	CLEANUP(parts_releasep) struct parts parts = { 0 };
	CLEANUP(register_result_releasep) struct register_result result = { 0 };
	struct register_spec spec = {
		.session = aws_session_of(&args->aws),
		.wait_most_s = args->wait_s,
		.replaces = args->replace,
	};

	(void)argc;
	if (parse_parts(args, &parts, cli->progress, err) < 0)
		return -1;
	spec.image = image_of(args, &parts, argv[0]);
	if (args->keep && !spec.image.family)
		return error_set(err, ERR_USAGE, 0,
			"--keep needs to know of which --family the image is");
	if (register_image(&spec, cli->progress, &result, err) < 0)
		return -1;
	if (args->keep &&
		remove_older(cli, args, spec.image.family, result.image_id, err) < 0)
		return -1;
	print_result(cli, &result);
	return 0;
}

const struct command cmd_register = {
	.name = "register",
	.words = "SNAPSHOT",
	.help = "make an image (AMI) of a snapshot",
	.about = "Registers SNAPSHOT as the root volume of an Amazon Machine Image and "
		 "waits until that is available. When it was ended before it was done, "
		 "the same command goes on with the same image; when the image is there, "
		 "it changes nothing.",
	.options = register_options,
	.args_bytes = sizeof(struct register_args),
	.least_words = 1,
	.most_words = 1,
	.json = true,
	.run = register_run,
};
