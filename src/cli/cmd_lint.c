/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/atomic_file.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/strv.h"
#include "base/words.h"
#include "cli/aws_options.h"
#include "cli/command.h"
#include "core/lint.h"
#include "core/lint_checks.h"
#include "core/lint_report.h"
#include "core/snapshot_disk.h"
#include "core/snapshot_reference.h"
#include "core/work_dir.h"

struct lint_args {
	struct aws_args aws;
	bool list;
	const char *sarif;
	struct strv allow;
};

static const struct opt lint_options[] = {
	{ "list", OPT_FLAG, OPT_AT(struct lint_args, list), .no_environment = true,
		.replaces_words = true, .help = "print all checks, and look at nothing" },
	{ "sarif", OPT_STRING, OPT_AT(struct lint_args, sarif), .arg = "FILE",
		.file = OPT_FILE_WRITTEN,
		.help = "write the findings as SARIF 2.1.0 to FILE too; - is standard "
			"output, and nothing else goes there then" },
	{ "allow", OPT_STRINGS, OPT_AT(struct lint_args, allow), .arg = "ID=REASON",
		.no_environment = true,
		.help = "do not count findings of a check; may be repeated" },
	AWS_OPTIONS(struct lint_args),
	OPT_END,
};

/* Of --allow; the texts stay in `texts`. */
struct allow_list {
	struct strv texts; /* "id\0reason" */
	struct lint_allowed *items;
	size_t count;
};

static void allow_list_release(struct allow_list *a)
{
	strv_release(&a->texts);
	free(a->items);
}

static int refuse_id(const char *id, struct error *err)
{
	const char *nearest = lint_check_nearest(id);

	if (nearest)
		return error_set(err, ERR_USAGE, 0,
			"--allow: there is no check '%s'; did you mean '%s'?", id,
			nearest);
	return error_set(err, ERR_USAGE, 0,
		"--allow: there is no check '%s'; --list prints all", id);
}

static int parse_allow(const struct strv *given, struct allow_list *a, struct error *err)
{
	a->items = xcalloc(given->count + 1, sizeof(*a->items));
	for (size_t i = 0; i < given->count; i++) {
		char *id, *equals;

		strv_add(&a->texts, given->items[i]);
		id = a->texts.items[i];
		equals = strchr(id, '=');
		if (!equals || !equals[1])
			return error_set(err, ERR_USAGE, 0,
				"--allow needs ID=REASON, and '%s' gives no reason", id);
		*equals = '\0';
		if (!lint_check_find(id))
			return refuse_id(id, err);
		a->items[a->count++] = (struct lint_allowed){ id, equals + 1 };
	}
	return 0;
}

static int print_list(struct cli *cli)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	struct json json = JSON_PRETTY_INIT(&text);

	if (cli->json) {
		lint_checks_json(&json);
		strbuf_add_char(&text, '\n');
	} else {
		lint_checks_text(&text);
	}
	(void)fputs(text.data, cli->out);
	return 0;
}

static bool sarif_only(const struct lint_args *args)
{
	return args->sarif && !strcmp(args->sarif, "-");
}

/* "/dev/fd/63" of a shell, a named pipe, a device, a link to any of them or to a file. */
static int write_stream(const char *path, const struct strbuf *text, struct error *err)
{
	CLEANUP(fd_closep) int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, "open '%s'", path);
	return fd_write_all(fd, text->data, text->length_bytes, path, err);
}

/* A file gets its name when it is whole; what is there and no file stays what it is. */
static int write_file(const char *path, const struct strbuf *text, struct error *err)
{
	CLEANUP(atomic_file_freep) struct atomic_file *file = NULL;
	struct stat st;

	/* lstat(): a link is written through, never replaced; /dev/stdout is one. */
	if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return write_stream(path, text, err);
	if (atomic_file_create(path, 0666, &file, err) < 0 ||
		fd_write_all(atomic_file_fd(file), text->data, text->length_bytes, path,
			err) < 0)
		return -1;
	return atomic_file_commit(file, NULL, err);
}

static int write_sarif(struct cli *cli, const struct lint_args *args,
	const struct lint_report *report, const char *path, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	struct json json = JSON_PRETTY_INIT(&text);

	if (!args->sarif)
		return 0;
	lint_report_sarif(report, path, &json);
	strbuf_add_char(&text, '\n');
	if (!sarif_only(args))
		return write_file(args->sarif, &text, err);
	(void)fputs(text.data, cli->out);
	return 0;
}

static void print_report(
	struct cli *cli, const struct lint_report *report, const char *path)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	struct json json = JSON_PRETTY_INIT(&text);

	if (cli->json) {
		lint_report_json(report, path, &json);
		strbuf_add_char(&text, '\n');
	} else {
		lint_report_text(report, path, &text);
	}
	(void)fputs(text.data, cli->out);
}

static int check_arguments(
	const struct cli *cli, const struct lint_args *args, struct error *err)
{
	if (cli->json && sarif_only(args))
		return error_set(err, ERR_USAGE, 0,
			"--json and --sarif - both want the standard output");
	return 0;
}

/* What is looked at, and what it is read from. */
struct opened {
	struct work_dir *work;
	struct snapshot_disk *snapshot;
	int fd;
	struct lint_subject subject;
};

static void opened_releasep(struct opened *o)
{
	lint_subject_release(&o->subject);
	fd_closep(&o->fd);
	o->snapshot = snapshot_disk_free(o->snapshot);
	o->work = work_dir_free(o->work);
}

/* A file of that name comes first. */
static int open_subject(
	struct cli *cli, const char *name, struct opened *o, struct error *err)
{
	const struct lint_args *args = cli->args;
	const struct aws_session_spec session = aws_session_of(&args->aws);
	struct disk_source source;

	if (path_exists(name) || !snapshot_reference_is_one(name))
		return lint_subject_open(name, &o->subject, &o->fd, err);
	if (work_dir_create(&o->work, err) < 0 ||
		snapshot_disk_open(&session, name, work_dir_path(o->work), cli->progress,
			&o->snapshot, err) < 0)
		return -1;
	source = snapshot_disk_source(o->snapshot);
	return lint_subject_open_disk(
		&source, snapshot_disk_size_bytes(o->snapshot), name, &o->subject, err);
}

static void end_phase(struct cli *cli, const struct opened *o, uint64_t begin_ms)
{
	if (o->snapshot)
		progress_step(cli->progress, "fetched %" PRIu64 " block%s of %s",
			snapshot_disk_fetched(o->snapshot),
			plural_s(snapshot_disk_fetched(o->snapshot)),
			snapshot_disk_id(o->snapshot));
	progress_phase_end(cli->progress, "lint", clock_now_ms() - begin_ms);
}

static int lint_command(struct cli *cli, int argc, char **argv, struct error *err)
{
	const struct lint_args *args = cli->args;
	CLEANUP(allow_list_release) struct allow_list allow = { 0 };
	CLEANUP(lint_report_releasep) struct lint_report report = { 0 };
	CLEANUP(opened_releasep) struct opened opened = { .fd = -1 };
	const uint64_t begin_ms = clock_now_ms();

	(void)argc;
	if (args->list)
		return print_list(cli);
	if (check_arguments(cli, args, err) < 0 ||
		parse_allow(&args->allow, &allow, err) < 0)
		return -1;
	progress_phase(cli->progress, "lint", "Look through the image");
	if (open_subject(cli, argv[0], &opened, err) < 0 ||
		lint_run(&opened.subject, allow.items, allow.count, &report, err) < 0)
		return -1;
	end_phase(cli, &opened, begin_ms);
	if (write_sarif(cli, args, &report, argv[0], err) < 0)
		return -1;
	if (!sarif_only(args))
		print_report(cli, &report, argv[0]);
	return lint_report_judge(&report, argv[0], err);
}

const struct command cmd_lint = {
	.name = "lint",
	.words = "FILE|DIRECTORY|AMI|SNAPSHOT",
	.help = "look through an image for what should not be in one",
	.about = "Reads a disk (raw, qcow2, VMDK or a block device) or a directory that "
		 "holds a root file system, and reports secrets, keys, logs, open "
		 "logins, and what would keep it from booting on EC2. Nothing is mounted "
		 "or changed, and no root is needed. --list prints what it looks for. "
		 "Of an AMI or an EBS snapshot, only the blocks that it looks at are "
		 "fetched.",
	.options = lint_options,
	.args_bytes = sizeof(struct lint_args),
	.least_words = 1,
	.most_words = 1,
	.file_words = 1,
	.json = true,
	.run = lint_command,
};
