/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/words.h"
#include "cli/aws_options.h"
#include "cli/command.h"
#include "cli/machine_options.h"
#include "core/compare.h"
#include "core/verify.h"

struct verify_args {
	struct machine_args machine; /* first: MACHINE_OPTIONS fill it */
	unsigned int firmware;
	uint64_t timeout_s;
	bool no_reboot;
	const char *against;
	struct aws_args aws;
};

static const char *const firmware_words[] = { "auto", "bios", "uefi", "both", NULL };

static const struct opt verify_options[] = {
	{ "firmware", OPT_WORD, OPT_AT(struct verify_args, firmware), .arg = "WHICH",
		.words = firmware_words, .fallback = "auto",
		.help = "bios, uefi, or both; auto: what the image has boot loaders "
			"for" },
	{ "timeout", OPT_DURATION, OPT_AT(struct verify_args, timeout_s), .arg = "TIME",
		.least = 10, .most = 86400, .fallback = "10m",
		.help = "how long each boot may take: 90s, 10m" },
	{ "no-reboot", OPT_FLAG, OPT_AT(struct verify_args, no_reboot),
		.help = "do not check it again after a reboot" },
	MACHINE_OPTIONS,
	{ "against", OPT_STRING, OPT_AT(struct verify_args, against), .arg = "DISK",
		.file = OPT_FILE_READ, .no_environment = true,
		.help = "compare a snapshot with this raw disk, and boot nothing" },
	AWS_OPTIONS(struct verify_args),
	OPT_END,
};

static unsigned int wanted_boot(unsigned int word)
{
	static const unsigned int boots[] = { 0, RECIPE_BOOT_BIOS, RECIPE_BOOT_UEFI,
		RECIPE_BOOT_BIOS | RECIPE_BOOT_UEFI };

	return boots[word];
}

/* `failure` is why it is not verified, or NULL. */
static void print_json(struct cli *cli, const struct verify_report *report,
	const char *path, const char *failure, uint64_t took_ms)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	struct json json = JSON_PRETTY_INIT(&text);

	json_object_begin(&json, NULL);
	json_add_string(&json, "path", path);
	json_add_bool(&json, "verified", !failure);
	json_add_string(&json, "failure", failure);
	verify_report_json(report, &json);
	json_object_begin(&json, "seconds");
	json_add_seconds(&json, "verify", took_ms);
	json_object_end(&json);
	json_object_end(&json);
	strbuf_add_char(&text, '\n');
	(void)fputs(text.data, cli->out);
}

static void print_summary(
	struct cli *cli, const struct verify_report *report, const char *path)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "%s is verified\n", path);
	verify_report_text(report, &text);
	(void)fputs(text.data, cli->out);
}

static void print_comparison(struct cli *cli, const struct compare_result *r)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	struct json json = JSON_PRETTY_INIT(&text);

	if (cli->json) {
		json_object_begin(&json, NULL);
		compare_result_json(r, &json);
		json_object_end(&json);
		strbuf_add_char(&text, '\n');
	} else if (compare_result_is_same(r)) {
		strbuf_addf(&text, "%s is %s: %" PRIu64 " block%s with data %s equal\n",
			r->snapshot_id, r->path, r->blocks, plural_s(r->blocks),
			r->blocks == 1 ? "is" : "are");
	}
	if (text.length_bytes)
		(void)fputs(text.data, cli->out);
}

static int compare(struct cli *cli, const struct verify_args *args, const char *name,
	struct error *err)
{
	CLEANUP(compare_result_releasep) struct compare_result result = { 0 };
	const struct compare_spec spec = {
		.snapshot = name,
		.path = args->against,
		.session = aws_session_of(&args->aws),
	};

	if (compare_snapshot(&spec, cli->progress, &result, err) < 0)
		return -1;
	print_comparison(cli, &result);
	return compare_result_judge(&result, err);
}

static int verify_run(struct cli *cli, int argc, char **argv, struct error *err)
{
	const struct verify_args *args = cli->args;
	CLEANUP(verify_report_releasep) struct verify_report report = VERIFY_REPORT_INIT;
	CLEANUP(machine_input_releasep) struct machine_input input = MACHINE_INPUT_INIT;
	const struct aws_session_spec session = aws_session_of(&args->aws);
	uint64_t begin_ms = clock_now_ms();

	(void)argc;
	if (args->against)
		return compare(cli, args, argv[0], err);
	if (machine_input_open(
		    &input, &args->machine, argv[0], &session, cli->progress, err) < 0)
		return -1;
	input.spec.boot = wanted_boot(args->firmware);
	input.spec.timeout_s = (unsigned int)args->timeout_s;
	input.spec.no_reboot = args->no_reboot;
	progress_phase(cli->progress, "verify", "Boot and check the image");
	if (verify_image(&input.spec, cli->progress, &report, err) < 0) {
		/* What the image has failed is a result; what failed us is none. */
		if (cli->json && err->code == ERR_VERIFY)
			print_json(cli, &report, argv[0], err->msg,
				clock_now_ms() - begin_ms);
		return -1;
	}
	progress_phase_end(cli->progress, "verify", clock_now_ms() - begin_ms);
	if (cli->json)
		print_json(cli, &report, argv[0], NULL, clock_now_ms() - begin_ms);
	else
		print_summary(cli, &report, argv[0]);
	return 0;
}

const struct command cmd_verify = {
	.name = "verify",
	.words = "FILE|AMI|SNAPSHOT",
	.help = "boot a disk image in an emulated EC2 machine and check it",
	.about = "Boots FILE (raw, qcow2, VMDK or a block device; it is only read) in "
		 "QEMU as an EC2 instance: with its metadata service and a new launch "
		 "key, EC2's SMBIOS strings, the disk as NVMe. Logs in over ssh with the "
		 "launch key and the host keys that the console shows, and checks: sudo, "
		 "failed units, whether root has grown to the volume, the host name, the "
		 "packages, the clock; all again after a reboot, with each firmware that "
		 "the image is for.\n"
		 "Of an AMI or an EBS SNAPSHOT, the blocks are fetched first. "
		 "With --against, every block of a SNAPSHOT or AMI is fetched and "
		 "compared "
		 "with DISK.",
	.options = verify_options,
	.args_bytes = sizeof(struct verify_args),
	.least_words = 1,
	.most_words = 1,
	.file_words = 1,
	.json = true,
	.run = verify_run,
};
