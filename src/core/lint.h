/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The use case "lint": looking through the files of an image for what should not be in
 * one, or would keep it from booting on EC2. Nothing is mounted, run or changed.
 *
 * A subject is what is looked at; checks (core/lint_checks.h) look at it and add findings
 * to a report.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strv.h"
#include "core/lint_tree.h"
#include "disk/source.h"

enum lint_severity { LINT_NOTE = 1, LINT_WARNING, LINT_ERROR };

/* "note", "warning", "error": SARIF's levels, too. */
const char *lint_severity_name(enum lint_severity severity);

/* What the root file system stands on. */
enum lint_root_on {
	LINT_ON_UNKNOWN = 0, /* it is a directory */
	LINT_ON_DISK, /* the whole of it: there is no partition table */
	LINT_ON_PARTITION,
	LINT_ON_GROWING, /* a partition whose file system is to grow (struct partition) */
};

/* The trees of one image; NULL for one that it does not have apart from the root. */
struct lint_subject {
	struct lint_tree *root;
	enum lint_root_on root_on;
	struct lint_tree *boot; /* what is mounted at /boot */
	struct lint_tree *esp; /* the EFI system partition; shown as /boot/efi */
	struct strv unseen; /* parts that nothing looks at: "partition 3 (ext4)" */
};

void lint_subject_release(struct lint_subject *s);
static inline void lint_subject_releasep(struct lint_subject *s)
{
	lint_subject_release(s);
}

/*
 * A directory that holds a root file system, or a disk: a file (raw, qcow2, VMDK) or a
 * block device, with a partition table or without. The disk's descriptor is given back in
 * *ret_fd, to be open as long as the subject; -1 for a directory. ERR_FORMAT when it is
 * no disk, or holds no root file system that can be read; the message says what it holds.
 */
int lint_subject_open(
	const char *path, struct lint_subject *ret, int *ret_fd, struct error *err);

/* The same of a raw disk, whose source is to be there as long as the subject; `name` is
 * for messages. */
int lint_subject_open_disk(const struct disk_source *disk, uint64_t size_bytes,
	const char *name, struct lint_subject *ret, struct error *err);

/* Ids that may be found, each with the reason why. `ids` are names of checks. */
struct lint_allowed {
	const char *id;
	const char *reason;
};

struct lint_check;

struct lint_finding {
	const struct lint_check *check;
	char *path; /* absolute, as a machine that runs the image would see it */
	unsigned int line; /* from 1; 0: the whole file */
	char *reason;
	const char *allowed; /* the reason why it may be, or NULL */
};

/* By value: { 0 }, lint_report_release(). */
struct lint_report {
	struct lint_finding *findings; /* sorted by severity, id and place */
	size_t count, room;
	size_t errors, warnings, notes; /* of those that are not allowed */
	size_t allowed;
};

void lint_report_release(struct lint_report *r);
static inline void lint_report_releasep(struct lint_report *r)
{
	lint_report_release(r);
}

/*
 * Run every check. The reasons of `allowed` must live as long as the report. Findings are
 * no failure; ERR_FORMAT, ERR_SYSTEM when the image cannot be read.
 */
int lint_run(const struct lint_subject *subject, const struct lint_allowed *allowed,
	size_t allowed_count, struct lint_report *ret, struct error *err);

/* ERR_LINT, with the places of the first few, when there are errors; else 0. */
int lint_report_judge(const struct lint_report *r, const char *name, struct error *err);
