/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verify_probe.sh as text, made by tools/embed-steps.
 */
#pragma once

struct step {
	const char *name;
	const char *text;
};

extern const struct step verify_probes[]; /* one, then { NULL, NULL } */
