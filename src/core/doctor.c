/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/doctor.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/path.h"
#include "base/sandbox.h"
#include "base/wrap.h"
#include "vm/accel.h"
#include "vm/firmware.h"

enum { COLUMNS = 80, INDENT = 9 };

static const char *const verdict_names[] = { "good", "weak", "missing" };

void doctor_report_release(struct doctor_report *r)
{
	for (size_t i = 0; i < r->count; i++) {
		free(r->items[i].what);
		free(r->items[i].found);
		free(r->items[i].remedy);
	}
	free(r->items);
	*r = (struct doctor_report){ 0 };
}

void doctor_add(struct doctor_report *r, enum doctor_verdict verdict, const char *what,
	const char *found, const char *remedy)
{
	array_reserve_one((void **)&r->items, r->count, &r->room, sizeof(*r->items));
	r->items[r->count++] = (struct doctor_finding){
		.verdict = verdict,
		.what = xstrdup(what),
		.found = found ? xstrdup(found) : NULL,
		.remedy = remedy && verdict != DOCTOR_GOOD ? xstrdup(remedy) : NULL,
	};
	r->missing += verdict == DOCTOR_MISSING;
}

void doctor_add_permission(struct doctor_report *r, const char *what, bool is_allowed,
	bool is_denied, const struct error *why)
{
	if (is_allowed)
		doctor_add(r, DOCTOR_GOOD, what, "allowed", NULL);
	else if (is_denied)
		doctor_add(r, DOCTOR_MISSING, what, "not allowed", DOCTOR_GIVE_POLICY);
	else
		doctor_add(r, DOCTOR_WEAK, what, why->msg,
			"whether it is allowed could not be told");
}

bool doctor_is_service(const struct aws_result *r, const struct error *why)
{
	return r->status && (why->code == ERR_NONE || r->refusal.code);
}

/* The tools that are started, and Debian's packages that have them. */
static const struct tool {
	const char *name, *package;
	enum recipe_arch arch; /* of images of this one alone; 0: of all */
	bool not_for_root;
} tools[] = {
	{ "apt-get", "apt", 0, false },
	{ "dpkg", "dpkg", 0, false },
	{ "newuidmap", "uidmap", 0, true },
	{ "newgidmap", "uidmap", 0, true },
	{ "ssh", "openssh-client", 0, false },
	{ "ssh-keygen", "openssh-client", 0, false },
	{ "qemu-system-x86_64", "qemu-system-x86", RECIPE_ARCH_X86_64, false },
	{ "qemu-system-aarch64", "qemu-system-arm", RECIPE_ARCH_ARM64, false },
	{ "qemu-img", "qemu-utils", 0, false },
};

static void look_for_tools(enum recipe_arch arch, struct doctor_report *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(tools); i++) {
		CLEANUP(freep) char *what = xasprintf("tool %s", tools[i].name);
		CLEANUP(freep)
		char *remedy = xasprintf("apt-get install %s", tools[i].package);
		CLEANUP(freep) char *path = path_find_tool(tools[i].name);

		if ((tools[i].arch && tools[i].arch != arch) ||
			(tools[i].not_for_root && geteuid() == 0))
			continue;
		doctor_add(ret, path ? DOCTOR_GOOD : DOCTOR_MISSING, what, path, remedy);
	}
}

static int do_nothing(void *userdata, struct progress *progress, struct strbuf *result,
	struct error *err)
{
	(void)userdata;
	(void)progress;
	(void)result;
	(void)err;
	return 0;
}

static void try_sandbox(struct progress *p, struct doctor_report *ret)
{
	CLEANUP(strbuf_releasep) struct strbuf result = STRBUF_INIT;
	struct error why = ERROR_INIT;
	const int rc = sandbox_run(do_nothing, NULL, p, &result, &why);

	doctor_add(ret, rc < 0 ? DOCTOR_MISSING : DOCTOR_GOOD, "user namespaces",
		rc < 0 ? why.msg : "a sandbox was made",
		"allow unprivileged user namespaces, and give the user ranges in "
		"/etc/subuid and /etc/subgid; or build as root");
}

static void try_firmware(enum vm_arch arch, struct doctor_report *ret)
{
	struct error why = ERROR_INIT;
	const char *vars = NULL;
	CLEANUP(fd_closep) int fd = -1;
	const int rc = firmware_open(arch, &fd, &vars, &why);

	doctor_add(ret, rc < 0 ? DOCTOR_MISSING : DOCTOR_GOOD, "UEFI firmware",
		rc < 0 ? why.msg : vars,
		arch == VM_ARM64 ? "apt-get install qemu-efi-aarch64"
				 : "apt-get install ovmf");
}

static void try_kvm(enum vm_arch arch, struct doctor_report *ret)
{
	struct error why = ERROR_INIT;
	const int rc = accel_check_kvm(arch, &why);

	doctor_add(ret, rc < 0 ? DOCTOR_WEAK : DOCTOR_GOOD, "KVM",
		rc < 0 ? why.msg : "/dev/kvm answers",
		"verify and run emulate the processor without it, which is slower");
}

void doctor_machine(const struct recipe *r, struct progress *p, struct doctor_report *ret)
{
	const enum recipe_arch arch = r ? r->arch : RECIPE_ARCH_X86_64;
	const enum vm_arch machine = arch == RECIPE_ARCH_ARM64 ? VM_ARM64 : VM_X86_64;

	look_for_tools(arch, ret);
	try_sandbox(p, ret);
	if (!r || r->disk.boot & RECIPE_BOOT_UEFI)
		try_firmware(machine, ret);
	try_kvm(machine, ret);
}

void doctor_json(const struct doctor_report *r, struct json *j)
{
	json_add_bool(j, "ready", r->missing == 0);
	json_array_begin(j, "findings");
	for (size_t i = 0; i < r->count; i++) {
		const struct doctor_finding *f = &r->items[i];

		json_object_begin(j, NULL);
		json_add_string(j, "verdict", verdict_names[f->verdict]);
		json_add_string(j, "what", f->what);
		json_add_string(j, "found", f->found);
		json_add_string(j, "remedy", f->remedy);
		json_object_end(j);
	}
	json_array_end(j);
}

static void add_line(const char *text, struct strbuf *to)
{
	strbuf_addf(to, "%*s", INDENT, "");
	wrap_add(to, text, INDENT, INDENT, COLUMNS);
}

void doctor_text(const struct doctor_report *r, struct strbuf *to)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct doctor_finding *f = &r->items[i];

		strbuf_addf(to, "%-*s", INDENT, verdict_names[f->verdict]);
		wrap_add_whole(to, f->what, INDENT, INDENT, COLUMNS);
		if (f->verdict != DOCTOR_GOOD && f->found)
			add_line(f->found, to);
		if (f->remedy)
			add_line(f->remedy, to);
	}
}
