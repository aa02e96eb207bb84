/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/machine_options.h"

#include <fcntl.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/size.h"
#include "core/image_user.h"
#include "core/launch_keys.h"
#include "core/snapshot_file.h"
#include "core/snapshot_reference.h"

/* In the order of enum recipe_arch, enum accel_choice and enum vm_bus. */
const char *const machine_arch_words[] = { "auto", "x86_64", "arm64", NULL };
const char *const machine_accel_words[] = { "auto", "kvm", "tcg", NULL };
const char *const machine_bus_words[] = { "nvme", "virtio", NULL };

enum { MEMORY_LEAST_MIB = 64 };

static int read_user_data(struct machine_input *in, const char *path, struct error *err)
{
	size_t length;

	if (file_read_all(
		    path, VERIFY_USER_DATA_MOST_BYTES, &in->user_data, &length, err) < 0)
		return error_context(err,
			"read the user data (EC2 takes at most %d bytes)",
			VERIFY_USER_DATA_MOST_BYTES);
	in->spec.user_data = in->user_data;
	in->spec.user_data_bytes = length;
	return 0;
}

static int open_image(struct machine_input *in, const char *image,
	const struct aws_session_spec *session, struct progress *p, struct error *err)
{
	if (!path_exists(image) && snapshot_reference_is_one(image))
		return snapshot_file_open(session, image, work_dir_path(in->work_dir), p,
			&in->image_fd, err);
	/* Not to wait for a writer if it is a named pipe. */
	in->image_fd = open(image, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (in->image_fd < 0)
		return error_errno(err, "open '%s'", image);
	return 0;
}

int machine_input_open(struct machine_input *in, const struct machine_args *args,
	const char *image, const struct aws_session_spec *session, struct progress *p,
	struct error *err)
{
	if (args->memory_bytes < MEMORY_LEAST_MIB * MIB)
		return error_set(err, ERR_USAGE, 0, "--memory has to be at least %d MiB",
			MEMORY_LEAST_MIB);
	if (args->user_data && read_user_data(in, args->user_data, err) < 0)
		return -1;
	if (args->launch_keys) {
		if (launch_keys_read(args->launch_keys, &in->launch_keys, err) < 0)
			return -1;
		in->spec.further_keys = &in->launch_keys;
	}
	if (work_dir_create(&in->work_dir, err) < 0 ||
		open_image(in, image, session, p, err) < 0)
		return -1;
	in->spec.image_fd = in->image_fd;
	in->spec.name = image;
	in->spec.work_dir = work_dir_path(in->work_dir);
	in->spec.arch = (enum recipe_arch)args->arch;
	in->spec.accel = (enum accel_choice)args->accel;
	in->spec.bus = (enum vm_bus)args->bus;
	if (!args->user)
		in->user = image_user(image, in->image_fd, p);
	in->spec.user = args->user ? args->user : in->user;
	in->spec.memory_bytes = args->memory_bytes;
	in->spec.cpus = (unsigned int)args->cpus;
	in->spec.hop_limit = (unsigned int)args->hop_limit;
	in->spec.metadata = args->metadata_faults ? IMDS_FAULTY : IMDS_WELL;
	in->spec.console = args->console;
	return 0;
}

void machine_input_release(struct machine_input *in)
{
	in->work_dir = work_dir_free(in->work_dir);
	free(in->user_data);
	free(in->user);
	strv_release(&in->launch_keys);
	fd_closep(&in->image_fd);
}
