/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a build has made: the document of --json, which amiwright-build(1) describes,
 * and the summary for people.
 *
 * By value: BUILD_RESULT_INIT, build_result_release(). The strings are its own.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/strbuf.h"
#include "core/build_lint.h"

struct result_phase {
	char *name;
	uint64_t ms;
};

struct build_result {
	char *run_id;
	char *region; /* NULL: "local", nothing was registered */
	char *image_id; /* NULL: none */
	char *snapshot_id; /* NULL: none */
	char *name; /* of the recipe */
	char *architecture; /* "x86_64", "arm64" */
	char *boot_mode; /* "uefi-preferred", "uefi", "legacy-bios" */
	char *path; /* of the file or device, as it was given; NULL: it is in EC2 */
	char *format; /* "raw", "qcow2", "vmdk", "device", "snapshot", "ami" */
	uint64_t size_bytes; /* of the disk that a machine sees */
	uint64_t written_bytes; /* of it, not zero */
	char *sha256; /* of the raw disk, hexadecimal */
	char *linear; /* its LINEAR checksum, base64 (tree/hash_disk.h) */
	char *manifest; /* the manifest without its files, JSON */
	char *manifest_path, *spdx_path; /* beside the image; NULL: a device has none */
	uint64_t package_count;
	uint64_t download_bytes;
	struct lint_counts lint;
	struct result_phase *phases; /* in the order that they ran in */
	size_t phase_count, phase_room;
	bool verified;
	bool up_to_date; /* made before, and nothing has changed since */
	char *console; /* the file that keeps the console of the verification, or NULL */
};

#define BUILD_RESULT_INIT \
	{                 \
		0         \
	}

void build_result_release(struct build_result *r);
static inline void build_result_releasep(struct build_result *r)
{
	build_result_release(r);
}

void build_result_add_phase(struct build_result *r, const char *name, uint64_t ms);

/* The document, as one object of `j`. */
void build_result_json(const struct build_result *r, struct json *j);

/*
 * Some lines: the file, size and hash, seconds by phase, the command that boots it again;
 * `program` is how the user started us.
 */
void build_result_summary(
	const struct build_result *r, const char *program, struct strbuf *to);
