/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Booting a disk image as an emulated EC2 instance and checking it, with each firmware
 * that it is for, and again after a reboot.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/json.h"
#include "base/progress.h"
#include "base/strbuf.h"
#include "core/recipe.h"
#include "vm/accel.h"
#include "vm/imds.h"
#include "vm/qemu_args.h"

#define VERIFY_USER "admin" /* whom Debian's images, and ours, let in */

enum {
	VERIFY_MEMORY_MIB = 1024,
	VERIFY_TIMEOUT_S = 600,
	VERIFY_HOP_LIMIT = 2, /* EC2's for images that ask for IMDSv2 */
	VERIFY_USER_DATA_MOST_BYTES = 16384, /* EC2's limit on raw user data */
};

/* Zeroed fields are the defaults named here. */
struct verify_spec {
	int image_fd; /* a disk image or block device; only read, and stays the caller's
		       */
	const char *name; /* of it, for messages */
	const char *work_dir; /* a private directory (0700) for this verification */
	enum recipe_arch arch; /* 0: as the image says, else x86_64 */
	unsigned int
		boot; /* enum recipe_boot, or-ed; 0: what the image has loaders for */
	const char *user; /* NULL: VERIFY_USER */
	enum vm_bus bus;
	enum accel_choice accel;
	uint64_t memory_bytes;
	unsigned int cpus; /* 0: see vm/qemu_args.h */
	unsigned int hop_limit; /* of metadata tokens */
	enum imds_condition metadata; /* nobody can log in with IMDS_OFF */
	const struct strv *further_keys; /* that the launch brings, too; NULL: none */
	unsigned int timeout_s; /* of each boot */
	const void *user_data;
	size_t user_data_bytes;
	bool no_reboot;
	const char
		*console; /* file for the console's log; NULL: in the cache directory */
};

struct verify_check {
	const char *name;
	char *found;
	bool passed;
	bool rebooted; /* whether it was after the reboot */
};

struct verify_boot {
	enum vm_firmware firmware;
	enum vm_bus bus;
	enum vm_accel accel;
	uint64_t boot_ms; /* from power-on to the ssh server's first word */
	uint64_t reboot_ms; /* from the reset to that; 0: there was none */
	uint64_t total_ms;
	struct verify_check *checks;
	size_t check_count, check_room;
	bool started; /* there was a machine: `accel` is its own */
	char *failure; /* why it did not come to its end; NULL: it did */
};

struct verify_report {
	struct verify_boot *boots;
	size_t boot_count;
	char *console; /* the file that keeps the console; NULL: none was begun */
	enum recipe_arch arch; /* 0: it is not known */
};

#define VERIFY_REPORT_INIT \
	{                  \
		0          \
	}

void verify_report_release(struct verify_report *r);
static inline void verify_report_releasep(struct verify_report *r)
{
	verify_report_release(r);
}

/* ERR_TOOL, with what to install, when something that is needed for `arch` is missing. */
int verify_check_tools(enum recipe_arch arch, unsigned int boot, struct error *err);

/*
 * ERR_VERIFY when it does not come up or a check fails: the message names them and what
 * the console suggests, the output is the console's end. `report` was
 * VERIFY_REPORT_INIT, and has after a failure, too, what was done and found.
 */
int verify_image(const struct verify_spec *spec, struct progress *progress,
	struct verify_report *report, struct error *err);

/* A line for each boot, and where the console is. */
void verify_report_text(const struct verify_report *r, struct strbuf *to);

/* The report as members of the object that is open in `j`. */
void verify_report_json(const struct verify_report *r, struct json *j);
