/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/run_machine.h"

#include <unistd.h>

#include "base/cleanup.h"
#include "core/run_machine_console.h"
#include "core/verify_guest.h"
#include "core/verify_setup.h"

static int open_shell(struct guest *g, const struct run_spec *spec,
	struct progress *progress, struct error *err)
{
	CLEANUP(proc_result_releasep) struct proc_result ignored = { 0 };
	int exit_code;

	if (guest_await_host_keys(g, err) < 0 || guest_await_server(g, err) < 0 ||
		guest_run_script(g, "echo amiwright:ready\n", "amiwright:ready", &ignored,
			err) < 0)
		return -1;
	progress_step(progress, "logged in as %s; the machine ends with the shell",
		g->target.user);
	if (ssh_run_shell(&g->target, spec->words, &exit_code, err) < 0)
		return -1;
	if (exit_code && spec->words)
		return error_set(err, ERR_CHILD, exit_code,
			"the command ended with exit code %d in the machine", exit_code);
	return 0;
}

int run_machine(const struct run_spec *spec, struct progress *progress, struct error *err)
{
	CLEANUP(verify_setup_releasep) struct verify_setup setup = VERIFY_SETUP_INIT;
	CLEANUP(guest_releasep) struct guest guest = GUEST_INIT;
	struct instance_spec instance;

	if (verify_setup_prepare(&setup, &spec->machine, err) < 0)
		return -1;
	instance = verify_setup_instance(
		&setup, setup.spec.boot & RECIPE_BOOT_UEFI ? VM_UEFI : VM_BIOS);
	if (!spec->ssh)
		instance.show_fd = STDOUT_FILENO;
	guest.name = setup.spec.name;
	guest.progress = progress;
	guest.timeout_s = setup.spec.timeout_s;
	guest_begin_stage(&guest, "as asked");
	if (!spec->ssh)
		progress_step(progress, "%s", run_console_hint());
	if (guest_start(&guest, &instance, setup.spec.work_dir, setup.spec.user, err) < 0)
		return -1;
	if (spec->ssh)
		return open_shell(&guest, spec, progress, err);
	return run_console(&guest, err);
}
