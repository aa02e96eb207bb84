/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Logging in to an emulated instance with OpenSSH's client, as its user would: with the
 * launch key, and trusting only the host keys that its console has shown. Nothing of the
 * caller's own ssh configuration, keys or agent is used.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/proc.h"
#include "base/strv.h"
#include "vm/machine.h"

struct ssh_target {
	const char *dir; /* holds the key pair and the known hosts; private */
	const char *alias; /* the host's name among the known hosts */
	const char *user;
	uint16_t port; /* on 127.0.0.1 */
};

/* Make the launch key in `dir`; its public line (no newline) is freed by the caller. */
int ssh_make_key(const char *dir, char **ret_public_line, struct error *err);

/* The key pair of one directory in another, of the same file system, too. */
int ssh_share_key(int from_dir_fd, int to_dir_fd, struct error *err);

/* Trust these keys ("ssh-ed25519 AAAA…") and no others for `alias`. */
int ssh_trust(
	const char *dir, const char *alias, const struct strv *keys, struct error *err);

/*
 * Wait until an ssh server answers on the port with its banner; probes at most every
 * `SSH_PROBE_MS`. *ret_answers false: the deadline passed or the machine ended.
 */
enum { SSH_PROBE_MS = 250 };
int ssh_await_server(uint16_t port, struct machine *machine, uint64_t deadline_ms,
	bool *ret_answers, struct error *err);

/* Run `script` by the guest's sh. ssh's own failures are ssh's exit code, 255. */
int ssh_run_script(const struct ssh_target *target, const char *script,
	uint64_t deadline_ms, struct proc_result *ret, struct error *err);

/* A shell on this terminal; `words` NULL or a command. Returns when it ends. */
int ssh_run_shell(const struct ssh_target *target, const char *const *words,
	int *ret_exit_code, struct error *err);

/* The command that a person would type, for messages; the caller frees. */
char *ssh_command_text(const struct ssh_target *target);
