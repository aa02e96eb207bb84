/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/verify_boot.h"

#include <fcntl.h>
#include <stdlib.h>
#include <time.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/path.h"
#include "core/verify_checks.h"
#include "core/verify_facts.h"
#include "core/verify_guest.h"
#include "core/verify_probe.h"

struct boot {
	const struct verify_setup *setup;
	enum vm_firmware firmware;
	struct verify_boot *report;
	char *dir; /* of this machine alone, in the work directory */
	int dir_fd;
	int log_fd;
	struct guest guest;
	uint64_t restarts; /* before the one that we ask for */
	struct facts first, second; /* what the probe found before and after the reboot */
};

static void boot_release(struct boot *b)
{
	guest_release(&b->guest);
	facts_release(&b->first);
	facts_release(&b->second);
	free(b->dir);
	fd_closep(&b->dir_fd);
}

void verify_boot_release(struct verify_boot *b)
{
	for (size_t i = 0; i < b->check_count; i++)
		free(b->checks[i].found);
	free(b->checks);
	free(b->failure);
	*b = (struct verify_boot){ 0 };
}

/* Log in and look. */
static int probe(struct boot *b, bool reboot, struct facts *facts, struct error *err)
{
	CLEANUP(proc_result_releasep) struct proc_result result = { 0 };
	CLEANUP(freep)
	char *script =
		xasprintf("reboot=%s\n%s", reboot ? "yes" : "no", verify_probes[0].text);

	if (guest_run_script(&b->guest, script, "amiwright:end=yes", &result, err) < 0)
		return -1;
	facts_parse(facts, result.out, result.out_bytes);
	return 0;
}

static void add_check(struct verify_boot *to, const struct verify_check *check)
{
	array_reserve_one((void **)&to->checks, to->check_count, &to->check_room,
		sizeof(*to->checks));
	to->checks[to->check_count++] = *check;
}

static void judge(struct boot *b, const struct facts *facts, const struct facts *before)
{
	const struct check_input input = {
		.facts = facts,
		.before = before,
		.user = b->guest.target.user,
		.host_name = instance_identity(b->guest.instance)->hostname,
		.console_keys = &b->guest.host_keys,
		.launch_keys = &b->setup->launch_keys,
		.volume_bytes = instance_volume_bytes(b->guest.instance),
		.time_s = time(NULL),
	};

	for (size_t i = 0; i < verify_check_count; i++) {
		struct strbuf found = STRBUF_INIT;
		struct verify_check check = { .name = verify_checks[i].name,
			.rebooted = before != NULL };
		enum check_outcome outcome = verify_checks[i].run(&input, &found);

		check.passed = outcome == CHECK_PASSED;
		check.found = strbuf_take(&found);
		if (outcome == CHECK_SKIPPED) {
			free(check.found);
			continue;
		}
		progress_check(b->guest.progress, check.name, check.passed, check.found);
		add_check(b->report, &check);
	}
}

/* ---- the whole */

static int make_dir(struct boot *b, struct error *err)
{
	b->dir = path_join(
		b->setup->spec.work_dir, b->firmware == VM_UEFI ? "uefi" : "bios");
	if (path_make_dirs(b->dir, 0700, err) < 0)
		return -1;
	b->dir_fd = open(b->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (b->dir_fd < 0)
		return error_errno(err, "open '%s'", b->dir);
	return ssh_share_key(b->setup->dir_fd, b->dir_fd, err);
}

static int start(struct boot *b, struct error *err)
{
	const struct verify_spec *spec = &b->setup->spec;
	struct instance_spec instance = verify_setup_instance(b->setup, b->firmware);

	if (make_dir(b, err) < 0)
		return -1;
	instance.dir_fd = b->dir_fd;
	instance.log_fd = b->log_fd;
	if (guest_start(&b->guest, &instance, b->dir, spec->user, err) < 0)
		return -1;
	b->report->started = true;
	b->report->accel = instance_accel(b->guest.instance);
	return 0;
}

static int check_first_boot(struct boot *b, struct error *err)
{
	guest_begin_stage(&b->guest, b->firmware == VM_UEFI ? "with UEFI" : "with BIOS");
	if (start(b, err) < 0 || guest_await_host_keys(&b->guest, err) < 0 ||
		guest_await_server(&b->guest, err) < 0)
		return -1;
	b->report->boot_ms = clock_now_ms() - instance_started_ms(b->guest.instance);
	b->restarts = instance_restarts(b->guest.instance);
	if (probe(b, !b->setup->spec.no_reboot, &b->first, err) < 0)
		return -1;
	judge(b, &b->first, NULL);
	return 0;
}

static int check_reboot(struct boot *b, struct error *err)
{
	guest_begin_stage(&b->guest, b->firmware == VM_UEFI ? "after a reboot with UEFI"
							    : "after a reboot with BIOS");
	progress_step(b->guest.progress, "rebooting it");
	if (guest_await_restart(&b->guest, b->restarts, err) < 0 ||
		guest_await_server(&b->guest, err) < 0)
		return -1;
	b->report->reboot_ms = clock_now_ms() - instance_started_ms(b->guest.instance);
	if (probe(b, false, &b->second, err) < 0)
		return -1;
	judge(b, &b->second, &b->first);
	return 0;
}

static bool all_passed(const struct verify_boot *report)
{
	for (size_t i = 0; i < report->check_count; i++)
		if (!report->checks[i].passed)
			return false;
	return true;
}

int verify_boot_run(const struct verify_setup *setup, enum vm_firmware firmware,
	int log_fd, struct progress *progress, struct verify_boot *report,
	struct error *err)
{
	CLEANUP(boot_release)
	struct boot b = {
		.setup = setup,
		.firmware = firmware,
		.report = report,
		.dir_fd = -1,
		.log_fd = log_fd,
		.guest = GUEST_INIT,
	};
	uint64_t begin_ms = clock_now_ms();

	report->firmware = firmware;
	report->bus = setup->spec.bus;
	b.guest.name = setup->spec.name;
	b.guest.progress = progress;
	b.guest.timeout_s = setup->spec.timeout_s;
	if (check_first_boot(&b, err) < 0 ||
		(!setup->spec.no_reboot && check_reboot(&b, err) < 0) ||
		(!all_passed(report) && guest_check_space(&b.guest, err) < 0)) {
		report->failure = xstrdup(err->msg);
		return -1;
	}
	report->total_ms = clock_now_ms() - begin_ms;
	return 0;
}
