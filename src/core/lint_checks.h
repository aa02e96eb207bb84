/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The checks as one const table: what lint runs, what --list prints, the rules of the
 * SARIF document and the list in amiwright-lint(1) are all this table.
 *
 * Ids are for ever: they stand in recipes and in allow-lists of others.
 */
#pragma once

#include <stddef.h>

#include "base/error.h"
#include "core/lint.h"

struct lint_look;

/* Looks, and adds what it finds (core/lint_look.h). */
typedef int lint_check_fn(struct lint_look *l, struct error *err);

struct lint_check {
	const char *id;
	enum lint_severity severity;
	const char *title; /* what is wrong, a few words, no full stop */
	const char *why; /* sentences */
	const char *remedy; /* a sentence in the imperative */
	lint_check_fn *run;
};

extern const struct lint_check lint_checks[]; /* up to the one without an id */

/* NULL when there is none of that id. */
const struct lint_check *lint_check_find(const char *id);

/* The known id nearest to `id`, or NULL. */
const char *lint_check_nearest(const char *id);

/* Identity of one machine, and traces of use (lint_checks_traces.c). */
lint_check_fn lint_check_host_keys, lint_check_authorized_keys, lint_check_machine_id,
	lint_check_random_seed, lint_check_histories, lint_check_logs, lint_check_leases,
	lint_check_mail, lint_check_package_caches, lint_check_first_boot_state,
	lint_check_resolv_conf;

/* Who gets in (lint_checks_login.c). */
lint_check_fn lint_check_empty_passwords, lint_check_set_passwords,
	lint_check_sshd_passwords, lint_check_sshd_root, lint_check_sshd_empty,
	lint_check_second_root;

/* Modes of files (lint_checks_modes.c). */
lint_check_fn lint_check_world_writable, lint_check_set_id, lint_check_set_id_stray,
	lint_check_capabilities;

/* Secrets in files (lint_checks_secrets.c). */
lint_check_fn lint_check_aws_keys, lint_check_private_keys, lint_check_tokens,
	lint_check_credential_files;

/* The kernel and its initramfs (lint_checks_kernel.c). */
lint_check_fn lint_check_no_kernel, lint_check_nvme, lint_check_ena, lint_check_virtio,
	lint_check_hostonly, lint_check_initramfs;

/* From firmware to a running system (lint_checks_boot.c). */
lint_check_fn lint_check_fstab, lint_check_root_device, lint_check_serial_console,
	lint_check_growth, lint_check_removable_loader, lint_check_clock,
	lint_check_unclean, lint_check_unseen;
