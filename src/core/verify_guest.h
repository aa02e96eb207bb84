/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An emulated instance seen from outside: waiting for what it shows on its console, and
 * for its ssh server, with a limit and an eye on whether there is any hope left.
 *
 * Failures that are the image's are ERR_VERIFY, with what the console suggests, and its
 * end as output.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "base/strv.h"
#include "core/verify_ssh.h"
#include "vm/instance.h"

/* By value: GUEST_INIT, guest_start(), guest_release(). */
struct guest {
	const char *name; /* of the image, for messages */
	const char *stage; /* likewise: "with BIOS" */
	struct progress *progress;
	struct instance *instance;
	struct strv host_keys; /* that the console has shown */
	struct ssh_target target;
	unsigned int timeout_s; /* of a stage */
	uint64_t deadline_ms; /* of this one */
};

#define GUEST_INIT \
	{          \
		0  \
	}

void guest_release(struct guest *g);
static inline void guest_releasep(struct guest *g)
{
	guest_release(g);
}

/*
 * Start it. name, progress and timeout_s are set by the caller before. `work_dir` is the
 * path of spec->dir_fd.
 */
int guest_start(struct guest *g, const struct instance_spec *spec, const char *work_dir,
	const char *user, struct error *err);

/* The next thing to wait for begins: its limit counts from now. */
void guest_begin_stage(struct guest *g, const char *stage);

/* Take the host keys from the console if it has shown them: then ssh trusts these. */
int guest_look_for_host_keys(struct guest *g, bool *ret_shown, struct error *err);
int guest_await_host_keys(struct guest *g, struct error *err);

/* Until the guest has restarted itself more often than `restarts` times. */
int guest_await_restart(struct guest *g, uint64_t restarts, struct error *err);

/* ERR_SPACE when the host's disk is full: then what the guest shows is no fault of its.
 */
int guest_check_space(const struct guest *g, struct error *err);

/* After the machine's end: start the next if the guest restarted itself, else fail. */
int guest_restart(struct guest *g, struct error *err);

/* Until an ssh server says that it is one. */
int guest_await_server(struct guest *g, struct error *err);

/*
 * Run a script over ssh, again and again until ssh itself works. `proof` is what the
 * script's output contains when it ran to its end.
 */
int guest_run_script(struct guest *g, const char *script, const char *proof,
	struct proc_result *ret, struct error *err);
