/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/verify_guest.h"

#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/cleanup.h"
#include "base/clock.h"

enum {
	SSH_FAILED = 255, /* ssh's own exit code, as opposed to the script's */
	REFUSED_MOST_MS = 60000, /* a server that refuses the key this long means it */
	RETRY_MS = 500,
	LOOK_MS = 1000, /* how often the time that is left is looked at */
	SERVER_MS = 4000, /* how long one wait for the server's banner is */
	SPACE_LEAST_BYTES = 4 << 20, /* with less, a guest's write may fail */
};

void guest_release(struct guest *g)
{
	g->instance = instance_free(g->instance);
	strv_release(&g->host_keys);
}

/* The image's fault: what was waited for, what the console suggests, and its end. */
static int fail(struct guest *g, const char *what, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf tail = STRBUF_INIT;
	struct console_facts facts = CONSOLE_FACTS_INIT;

	console_facts(instance_console(g->instance), &facts);
	(void)error_set(err, ERR_VERIFY, 0, "'%s', %s: %s; the console suggests: %s",
		g->name, g->stage, what, console_facts_suggestion(&facts));
	console_facts_release(&facts);
	console_tail(instance_console(g->instance), &tail);
	error_set_output(err, tail.data, tail.length_bytes);
	return -1;
}

int guest_check_space(const struct guest *g, struct error *err)
{
	struct statvfs fs;

	if (statvfs(g->target.dir, &fs) < 0 ||
		(uint64_t)fs.f_bavail * fs.f_frsize >= SPACE_LEAST_BYTES)
		return 0;
	return error_set(err, ERR_SPACE, 0,
		"the disk that holds the machine's volume, in '%s', is full (TMPDIR "
		"moves "
		"it): the machine cannot be judged",
		g->target.dir);
}

int guest_restart(struct guest *g, struct error *err)
{
	struct machine *machine = instance_machine(g->instance);

	if (machine_was_reset(machine))
		return instance_restart(g->instance, err);
	if (machine_was_shut_down(machine))
		return fail(g, "the machine powered itself off", err);
	return machine_explain_end(machine, err);
}

void guest_begin_stage(struct guest *g, const char *stage)
{
	g->stage = stage;
	g->deadline_ms = clock_now_ms() + UINT64_C(1000) * g->timeout_s;
}

static uint64_t earlier(uint64_t a, uint64_t x)
{
	return a < x ? a : x;
}

/* Nothing will come any more: the machine's end, a panic, or the deadline. */
static int check_hope(struct guest *g, const char *what, struct error *err)
{
	struct console_facts facts = CONSOLE_FACTS_INIT;
	uint64_t now_ms = clock_now_ms();
	char text[128];
	bool fatal;

	if (guest_check_space(g, err) < 0)
		return -1;
	if (machine_has_ended(instance_machine(g->instance)) && guest_restart(g, err) < 0)
		return -1;
	console_facts(instance_console(g->instance), &facts);
	fatal = facts.trouble && facts.trouble->fatal;
	console_facts_release(&facts);
	if (!fatal && now_ms < g->deadline_ms) {
		progress_wait(g->progress, what,
			g->timeout_s - (g->deadline_ms - now_ms) / 1000, g->timeout_s);
		return 0;
	}
	if (fatal)
		(void)snprintf(text, sizeof(text), "it stopped before any %s", what);
	else
		(void)snprintf(
			text, sizeof(text), "no %s within %u s", what, g->timeout_s);
	return fail(g, text, err);
}

/* ---- waiting for the machine */

int guest_look_for_host_keys(struct guest *g, bool *ret_shown, struct error *err)
{
	struct console_facts facts = CONSOLE_FACTS_INIT;
	bool shown;

	console_facts(instance_console(g->instance), &facts);
	shown = facts.host_keys_complete;
	if (shown) {
		strv_release(&g->host_keys);
		strv_add_all(&g->host_keys, (const char *const *)facts.host_keys.items);
	}
	console_facts_release(&facts);
	*ret_shown = shown;
	if (!shown)
		return 0;
	return ssh_trust(g->target.dir, g->target.alias, &g->host_keys, err);
}

int guest_await_host_keys(struct guest *g, struct error *err)
{
	bool shown = false;

	for (;;) {
		if (guest_look_for_host_keys(g, &shown, err) < 0)
			return -1;
		if (shown)
			return 0;
		if (check_hope(g, "host keys on the console", err) < 0 ||
			machine_wait(instance_machine(g->instance), -1,
				earlier(g->deadline_ms, clock_now_ms() + LOOK_MS),
				err) < 0)
			return -1;
	}
}

int guest_await_restart(struct guest *g, uint64_t restarts, struct error *err)
{
	while (instance_restarts(g->instance) == restarts)
		if (check_hope(g, "restart of the machine", err) < 0 ||
			machine_wait(instance_machine(g->instance), -1,
				earlier(g->deadline_ms, clock_now_ms() + LOOK_MS),
				err) < 0)
			return -1;
	return 0;
}

int guest_await_server(struct guest *g, struct error *err)
{
	bool answers = false;

	while (!answers) {
		if (check_hope(g, "answer from an ssh server", err) < 0)
			return -1;
		if (ssh_await_server(g->target.port, instance_machine(g->instance),
			    earlier(g->deadline_ms, clock_now_ms() + SERVER_MS), &answers,
			    err) < 0)
			return -1;
	}
	return 0;
}

/* ---- over ssh */

static int run_script(struct guest *g, const char *script, struct proc_result *result,
	struct error *err)
{
	uint64_t deadline_ms = clock_now_ms() + UINT64_C(1000) * g->timeout_s;

	if (ssh_run_script(&g->target, script, deadline_ms, result, err) == 0)
		return 0;
	if (err->code == ERR_TIMEOUT)
		return fail(g, "the checks over ssh did not end in time", err);
	return -1;
}

/*
 * Why ssh itself failed: a wrong host key is final; a refused key is too, after a while
 * (the key may be on its way, or logins not open yet); anything else is tried again.
 */
static int judge_refusal(
	struct guest *g, const char *said, uint64_t *refused_ms, struct error *err)
{
	char text[160];

	if (strstr(said, "Host key verification failed"))
		return fail(
			g, "its ssh host key is not one that the console showed", err);
	if (strstr(said, "Permission denied")) {
		if (!*refused_ms)
			*refused_ms = clock_now_ms();
		if (clock_now_ms() - *refused_ms > REFUSED_MOST_MS) {
			(void)snprintf(text, sizeof(text),
				"ssh refuses the launch key for user '%.32s' (--user "
				"names another)",
				g->target.user);
			return fail(g, text, err);
		}
	}
	return check_hope(g, "login over ssh", err);
}

int guest_run_script(struct guest *g, const char *script, const char *proof,
	struct proc_result *ret, struct error *err)
{
	uint64_t refused_ms = 0;

	for (;;) {
		CLEANUP(proc_result_releasep) struct proc_result result = { 0 };

		if (run_script(g, script, &result, err) < 0)
			return -1;
		if (memmem(result.out, result.out_bytes, proof, strlen(proof))) {
			*ret = result;
			result = (struct proc_result){ 0 };
			return 0;
		}
		if (result.exit_code != SSH_FAILED)
			return fail(g, "what was run over ssh broke off", err);
		if (judge_refusal(g, result.out, &refused_ms, err) < 0 ||
			machine_wait(instance_machine(g->instance), -1,
				clock_now_ms() + RETRY_MS, err) < 0)
			return -1;
	}
}

/* ---- its start */

int guest_start(struct guest *g, const struct instance_spec *spec, const char *work_dir,
	const char *user, struct error *err)
{
	if (instance_start(spec, g->progress, &g->instance, err) < 0)
		return -1;
	g->target = (struct ssh_target){
		.dir = work_dir,
		.alias = instance_identity(g->instance)->instance_id,
		.user = user,
		.port = instance_ssh_port(g->instance),
	};
	progress_step(g->progress, "booting with %s, the disk as %s, on %s",
		vm_firmware_name(spec->firmware), vm_bus_name(spec->bus),
		vm_accel_name(instance_accel(g->instance)));
	return 0;
}
