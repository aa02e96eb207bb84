/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/cleanup.h"
#include "base/strv.h"
#include "cli/aws_options.h"
#include "cli/command.h"
#include "cli/machine_options.h"
#include "core/run_machine.h"

struct run_args {
	struct machine_args machine; /* first: MACHINE_OPTIONS fill it */
	unsigned int firmware;
	bool ssh, no_metadata;
	struct aws_args aws;
};

static const char *const firmware_words[] = { "auto", "bios", "uefi", NULL };

static const struct opt run_options[] = {
	{ "ssh", OPT_FLAG, OPT_AT(struct run_args, ssh),
		.help = "wait until it is up and open a shell, or run COMMAND, over "
			"ssh" },
	{ "firmware", OPT_WORD, OPT_AT(struct run_args, firmware), .arg = "WHICH",
		.words = firmware_words, .fallback = "auto",
		.help = "bios or uefi; auto: uefi if the image has a boot loader for "
			"it" },
	{ "no-metadata", OPT_FLAG, OPT_AT(struct run_args, no_metadata),
		.help = "the metadata service is switched off, as it can be in EC2: it "
			"answers 403" },
	MACHINE_OPTIONS,
	AWS_OPTIONS(struct run_args),
	OPT_END,
};

static int run_run(struct cli *cli, int argc, char **argv, struct error *err)
{
	static const unsigned int boots[] = { 0, RECIPE_BOOT_BIOS, RECIPE_BOOT_UEFI };
	const struct run_args *args = cli->args;
	CLEANUP(machine_input_releasep) struct machine_input input = MACHINE_INPUT_INIT;
	CLEANUP(strv_releasep) struct strv words = STRV_INIT;
	const struct aws_session_spec session = aws_session_of(&args->aws);
	struct run_spec spec = { .ssh = args->ssh };

	if (argc > 1 && !args->ssh)
		return error_set(err, ERR_USAGE, 0, "a command to run needs --ssh");
	if (args->no_metadata && args->ssh)
		return error_set(err, ERR_USAGE, 0,
			"with --no-metadata there is no launch key, and so no --ssh");
	if (args->no_metadata && args->machine.metadata_faults)
		return error_set(err, ERR_USAGE, 0,
			"--no-metadata and --metadata-faults exclude each other");
	if (machine_input_open(
		    &input, &args->machine, argv[0], &session, cli->progress, err) < 0)
		return -1;
	spec.machine = input.spec;
	spec.machine.boot = boots[args->firmware];
	if (args->no_metadata)
		spec.machine.metadata = IMDS_OFF;
	for (int i = 1; i < argc; i++)
		strv_add(&words, argv[i]);
	spec.words = (const char *const *)words.items;
	return run_machine(&spec, cli->progress, err);
}

const struct command cmd_run = {
	.name = "run",
	.words = "FILE|AMI|SNAPSHOT [-- COMMAND...]",
	.help = "boot a disk image in an emulated EC2 machine and use it",
	.about = "Boots FILE as verify does, and gives its serial console to this "
		 "terminal (Ctrl-] ends the machine), or with --ssh a shell. FILE is "
		 "only read: what the machine writes is gone with it. Of an AMI or an "
		 "EBS snapshot, the blocks are fetched first.",
	.options = run_options,
	.args_bytes = sizeof(struct run_args),
	.least_words = 1,
	.most_words = 64,
	.file_words = 1,
	.run = run_run,
};
