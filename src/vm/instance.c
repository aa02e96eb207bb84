/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/instance.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "vm/firmware.h"
#include "vm/imds_server.h"
#include "vm/network.h"
#include "vm/volume.h"

/* A kernel under a KVM that works writes its first line within a few seconds, a boot
 * menu's wait included. */
enum { KVM_PROOF_MS = 20000 };

static const char socket_name[] = "metadata";

/* What outlives a machine that restarts itself; borrowed by each. */
struct files {
	int volume, code, vars;
};

static const struct files no_files = { -1, -1, -1 };

struct instance {
	struct instance_spec spec;
	struct instance_identity identity;
	struct imds_server *imds;
	struct network *network;
	struct machine *machine;
	struct files files;
	uint64_t restarts;
	enum vm_accel accel;
	bool kvm_failed; /* no kernel came under KVM */
	uint64_t volume_bytes;
	uint64_t started_ms;
};

static void files_close(struct files *f)
{
	fd_closep(&f->volume);
	fd_closep(&f->code);
	fd_closep(&f->vars);
}

static int files_open(struct instance *i, struct error *err)
{
	const struct instance_spec *spec = &i->spec;
	struct files *f = &i->files;
	const char *vars_path;

	files_close(f);
	if (spec->firmware == VM_UEFI &&
		(firmware_open(spec->arch, &f->code, &vars_path, err) < 0 ||
			volume_copy_vars(spec->dir_fd, vars_path, &f->vars, err) < 0))
		return -1;
	return volume_create(spec->dir_fd, i->volume_bytes, &f->volume, err);
}

/* A machine on the files that there are. */
static int run_machine(struct instance *i, int wire_fd, struct error *err)
{
	const struct instance_spec *spec = &i->spec;
	struct stat st;
	struct machine_spec machine = {
		.vm = {
			.identity = &i->identity,
			.firmware = spec->firmware,
			.bus = spec->bus,
			.accel = i->accel,
			.memory_bytes = spec->memory_bytes,
			.cpus = spec->cpus,
			.image_fd = spec->image_fd,
			.image_format = spec->image.format,
			.volume_fd = i->files.volume,
			.firmware_code_fd = i->files.code,
			.firmware_vars_fd = i->files.vars,
			.wire_fd = wire_fd,
		},
		.log_fd = spec->log_fd,
		.show_fd = spec->show_fd,
		.dir_fd = spec->dir_fd,
	};

	if (fstat(spec->image_fd, &st) < 0)
		return error_errno(err, "look at the image");
	machine.vm.image_is_device = S_ISBLK(st.st_mode);
	i->started_ms = clock_now_ms();
	return machine_start(&machine, &i->machine, err);
}

/* A machine on a fresh volume; one that was there before is gone. */
static int start_machine(struct instance *i, enum vm_accel accel, struct error *err)
{
	CLEANUP(fd_closep) int wire_fd = -1;
	const struct network_spec network = {
		.metadata_dir_fd = i->spec.dir_fd,
		.metadata_name = socket_name,
		.hop_limit = i->spec.hop_limit,
	};

	i->machine = machine_free(i->machine);
	i->network = network_free(i->network);
	i->accel = accel;
	if (files_open(i, err) < 0 ||
		network_start(&network, &i->network, &wire_fd, err) < 0)
		return -1;
	return run_machine(i, wire_fd, err);
}

static bool kernel_runs(struct instance *i)
{
	struct console_facts facts = CONSOLE_FACTS_INIT;
	bool runs;

	console_facts(machine_console(i->machine), &facts);
	runs = facts.kernel_runs;
	console_facts_release(&facts);
	return runs;
}

/* Whether a kernel comes up under KVM; false also when QEMU gives up. */
static int prove_kvm(struct instance *i, bool *ret_works, struct error *err)
{
	uint64_t deadline_ms = clock_now_ms() + KVM_PROOF_MS;

	while (!kernel_runs(i) && !machine_has_ended(i->machine) &&
		clock_now_ms() < deadline_ms)
		if (machine_wait(i->machine, -1, deadline_ms, err) < 0)
			return -1;
	*ret_works = kernel_runs(i);
	return 0;
}

/* Under KVM if a guest runs under it, else without. */
static int start_best(struct instance *i, struct progress *progress, struct error *err)
{
	const struct instance_spec *spec = &i->spec;
	enum accel_memory memory = accel_recall(spec->arch, spec->firmware);
	struct error why = ERROR_INIT;
	bool works = false;

	if (memory == ACCEL_WORKS)
		return start_machine(i, VM_KVM, err);
	if (memory == ACCEL_UNKNOWN && accel_check_kvm(spec->arch, &why) == 0) {
		progress_step(progress, "trying KVM with this image");
		if (start_machine(i, VM_KVM, &why) == 0) {
			if (prove_kvm(i, &works, err) < 0)
				return -1;
		} else if (why.code == ERR_INTERRUPTED) {
			*err = why;
			return -1;
		}
		if (works) {
			accel_remember(spec->arch, spec->firmware, true);
			return 0;
		}
		/* A start that failed (no memory, a full disk) says nothing of KVM. */
		i->kvm_failed = i->machine != NULL;
		progress_step(progress, "no kernel ran under KVM; starting anew with "
					"TCG, which is slower");
	}
	return start_machine(i, VM_TCG, err);
}

static int start_chosen(struct instance *i, struct progress *progress, struct error *err)
{
	switch (i->spec.accel) {
	case ACCEL_KVM:
		if (accel_check_kvm(i->spec.arch, err) < 0)
			return error_context(err, "KVM was asked for");
		return start_machine(i, VM_KVM, err);
	case ACCEL_TCG:
		return start_machine(i, VM_TCG, err);
	default:
		return start_best(i, progress, err);
	}
}

int instance_start(const struct instance_spec *spec, struct progress *progress,
	struct instance **ret, struct error *err)
{
	CLEANUP(instance_freep) struct instance *i = xcalloc(1, sizeof(*i));
	struct imds_spec imds = {
		.identity = &i->identity,
		.openssh_keys = spec->openssh_keys,
		.user_data = spec->user_data,
		.user_data_bytes = spec->user_data_bytes,
		.launched = time(NULL),
		.condition = spec->metadata,
	};

	i->spec = *spec;
	i->files = no_files;
	i->volume_bytes = volume_size(spec->image.virtual_bytes);
	if (instance_identity_draw(&i->identity, spec->arch, err) < 0 ||
		imds_server_start(spec->dir_fd, socket_name, &imds, &i->imds, err) < 0 ||
		start_chosen(i, progress, err) < 0)
		return error_context(err, "start an instance");
	*ret = TAKE_PTR(i);
	return 0;
}

int instance_restart(struct instance *i, struct error *err)
{
	CLEANUP(fd_closep) int wire_fd = -1;

	i->machine = machine_free(i->machine);
	i->restarts++;
	if (network_replug(i->network, &wire_fd, err) < 0)
		return -1;
	return run_machine(i, wire_fd, err);
}

struct instance *instance_free(struct instance *i)
{
	if (!i)
		return NULL;
	/* It was KVM's fault, and not the image's, if the image does run without it. */
	if (i->kvm_failed && i->machine && kernel_runs(i))
		accel_remember(i->spec.arch, i->spec.firmware, false);
	i->machine = machine_free(i->machine);
	i->network = network_free(i->network);
	i->imds = imds_server_free(i->imds);
	files_close(&i->files);
	(void)unlinkat(i->spec.dir_fd, socket_name, 0);
	free(i);
	return NULL;
}

uint64_t instance_restarts(const struct instance *i)
{
	return i->restarts;
}

struct machine *instance_machine(struct instance *i)
{
	return i->machine;
}

struct console *instance_console(struct instance *i)
{
	return machine_console(i->machine);
}

const struct instance_identity *instance_identity(const struct instance *i)
{
	return &i->identity;
}

uint16_t instance_ssh_port(const struct instance *i)
{
	return network_ssh_port(i->network);
}

uint64_t instance_volume_bytes(const struct instance *i)
{
	return i->volume_bytes;
}

enum vm_accel instance_accel(const struct instance *i)
{
	return i->accel;
}

uint64_t instance_started_ms(const struct instance *i)
{
	return i->started_ms;
}
