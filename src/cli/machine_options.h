/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What verify and run have in common: the options that describe the machine, and the
 * files that they name.
 */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "base/strv.h"
#include "cli/options.h"
#include "core/aws_session.h"
#include "core/verify.h"
#include "core/work_dir.h"

struct machine_args {
	unsigned int arch, accel, bus;
	uint64_t memory_bytes, cpus, hop_limit;
	const char *user, *user_data, *launch_keys, *console;
	bool metadata_faults;
};

extern const char *const machine_arch_words[], *const machine_accel_words[],
						       *const machine_bus_words[];

/* Rows of a command's table whose struct begins with a struct machine_args. */
#define MACHINE_OPTIONS                                                                  \
	{ "user", OPT_STRING, OPT_AT(struct machine_args, user), .arg = "NAME",          \
		.shown = "as FILE.manifest.json says, or " VERIFY_USER,                  \
		.help = "whom the launch key logs in" },                                 \
		{ "user-data", OPT_STRING, OPT_AT(struct machine_args, user_data),       \
			.arg = "FILE", .file = OPT_FILE_READ,                            \
			.help = "what the metadata service has as user data" },          \
		{ "launch-keys", OPT_STRING, OPT_AT(struct machine_args, launch_keys),   \
			.arg = "FILE", .file = OPT_FILE_READ,                            \
			.help = "public ssh keys, one a line, that the metadata "        \
				"service has behind the launch key" },                   \
		{ "metadata-faults", OPT_FLAG,                                           \
			OPT_AT(struct machine_args, metadata_faults),                    \
			.help = "the metadata service is late, refuses requests now "    \
				"and then, and forgets its tokens" },                    \
		{ "memory", OPT_SIZE, OPT_AT(struct machine_args, memory_bytes),         \
			.arg = "SIZE", .fallback = "1G",                                 \
			.help = "memory of the machine" },                               \
		{ "cpus", OPT_NUMBER, OPT_AT(struct machine_args, cpus), .arg = "N",     \
			.least = 1, .most = 64, .shown = "2 with KVM, else 1",           \
			.help = "processors of the machine" },                           \
		{ "disk-bus", OPT_WORD, OPT_AT(struct machine_args, bus), .arg = "BUS",  \
			.words = machine_bus_words, .fallback = "nvme",                  \
			.help = "how the disk is attached: nvme or virtio" },            \
		{ "accel", OPT_WORD, OPT_AT(struct machine_args, accel), .arg = "WHICH", \
			.words = machine_accel_words, .fallback = "auto",                \
			.help = "kvm, tcg (slow, works everywhere), or auto: kvm if "    \
				"the image "                                             \
				"runs under it" },                                       \
		{ "arch", OPT_WORD, OPT_AT(struct machine_args, arch), .arg = "ARCH",    \
			.words = machine_arch_words, .fallback = "auto",                 \
			.help = "x86_64, arm64, or auto: as the partition table says" }, \
		{ "hop-limit", OPT_NUMBER, OPT_AT(struct machine_args, hop_limit),       \
			.arg = "N", .least = 1, .most = 64, .fallback = "2",             \
			.help = "how many hops a metadata token's response travels" },   \
	{                                                                                \
		"console", OPT_STRING, OPT_AT(struct machine_args, console),             \
			.arg = "FILE", .file = OPT_FILE_WRITTEN,                         \
			.shown = "a file in the cache directory",                        \
			.help = "where the machine's console is kept"                    \
	}

/* By value. */
struct machine_input {
	struct verify_spec spec;
	struct work_dir *work_dir;
	char *user_data;
	char *user; /* that the image's manifest names, or NULL */
	struct strv launch_keys; /* of --launch-keys */
	int image_fd;
};

#define MACHINE_INPUT_INIT     \
	{                      \
		.image_fd = -1 \
	}

/*
 * Open what `args` and `image` name; fills in `spec` but for boot and times. An image is
 * a file, or where there is none of that name an AMI or a snapshot that `session`
 * reaches: its blocks are fetched.
 */
int machine_input_open(struct machine_input *in, const struct machine_args *args,
	const char *image, const struct aws_session_spec *session, struct progress *p,
	struct error *err);
void machine_input_release(struct machine_input *in);
static inline void machine_input_releasep(struct machine_input *in)
{
	machine_input_release(in);
}
