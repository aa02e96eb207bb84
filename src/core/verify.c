/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/verify.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/words.h"
#include "core/verify_boot.h"
#include "core/verify_boots.h"
#include "core/verify_setup.h"

void verify_report_release(struct verify_report *r)
{
	for (size_t i = 0; i < r->boot_count; i++)
		verify_boot_release(&r->boots[i]);
	free(r->boots);
	free(r->console);
	*r = (struct verify_report)VERIFY_REPORT_INIT;
}

/* "units with BIOS; root size with UEFI after the reboot" */
static size_t list_failures(
	const struct verify_report *r, struct strbuf *names, struct strbuf *found)
{
	size_t count = 0;

	for (size_t i = 0; i < r->boot_count; i++) {
		const struct verify_boot *b = &r->boots[i];

		for (size_t j = 0; j < b->check_count; j++) {
			const struct verify_check *c = &b->checks[j];

			if (c->passed)
				continue;
			strbuf_addf(names, "%s%s with %s%s", count++ ? "; " : "", c->name,
				vm_firmware_name(b->firmware),
				c->rebooted ? " after the reboot" : "");
			strbuf_addf(found, "%s: %s\n", c->name, c->found);
		}
	}
	return count;
}

static int judge(const struct verify_report *r, const char *name, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf names = STRBUF_INIT;
	CLEANUP(strbuf_releasep) struct strbuf found = STRBUF_INIT;

	if (list_failures(r, &names, &found) == 0)
		return 0;
	(void)error_set(err, ERR_VERIFY, 0, "'%s' boots but is not in order: %s", name,
		names.data);
	error_set_output(err, found.data, found.length_bytes);
	return -1;
}

int verify_image(const struct verify_spec *spec, struct progress *progress,
	struct verify_report *report, struct error *err)
{
	CLEANUP(verify_setup_releasep) struct verify_setup setup = VERIFY_SETUP_INIT;

	if (verify_setup_prepare(&setup, spec, err) < 0)
		return -1;
	report->arch = setup.spec.arch;
	report->console = xstrdup(setup.console);
	if (verify_boots_run(&setup, progress, report, err) < 0 ||
		judge(report, spec->name, err) < 0) {
		progress_step(progress, "the console is kept in %s", report->console);
		return -1;
	}
	return 0;
}

void verify_report_text(const struct verify_report *r, struct strbuf *to)
{
	for (size_t i = 0; i < r->boot_count; i++) {
		const struct verify_boot *b = &r->boots[i];

		strbuf_addf(to, "  %s, %s, %s: up after %.1f s",
			vm_firmware_name(b->firmware), vm_bus_name(b->bus),
			vm_accel_name(b->accel), (double)b->boot_ms / 1000);
		if (b->reboot_ms)
			strbuf_addf(to, ", again %.1f s after a reboot",
				(double)b->reboot_ms / 1000);
		strbuf_addf(to, "; %zu check%s passed\n", b->check_count,
			plural_s(b->check_count));
	}
	strbuf_addf(to, "  console: %s\n", r->console);
}

/* NULL: there was no machine. */
static const char *accel_word(const struct verify_boot *b)
{
	if (!b->started)
		return NULL;
	return b->accel == VM_KVM ? "kvm" : "tcg";
}

void verify_report_json(const struct verify_report *r, struct json *j)
{
	json_add_string(j, "architecture", r->arch ? recipe_arch_name(r->arch) : NULL);
	json_add_string(j, "console", r->console);
	json_array_begin(j, "boots");
	for (size_t i = 0; i < r->boot_count; i++) {
		const struct verify_boot *b = &r->boots[i];

		json_object_begin(j, NULL);
		json_add_string(j, "firmware", b->firmware == VM_UEFI ? "uefi" : "bios");
		json_add_string(j, "disk", b->bus == VM_VIRTIO ? "virtio" : "nvme");
		json_add_string(j, "accelerator", accel_word(b));
		json_add_seconds(j, "boot_seconds", b->boot_ms);
		json_add_seconds(j, "reboot_seconds", b->reboot_ms);
		json_array_begin(j, "checks");
		for (size_t k = 0; k < b->check_count; k++) {
			json_object_begin(j, NULL);
			json_add_string(j, "check", b->checks[k].name);
			json_add_bool(j, "passed", b->checks[k].passed);
			json_add_bool(j, "after_reboot", b->checks[k].rebooted);
			json_add_string(j, "found", b->checks[k].found);
			json_object_end(j);
		}
		json_array_end(j);
		json_add_string(j, "failure", b->failure);
		json_object_end(j);
	}
	json_array_end(j);
}
