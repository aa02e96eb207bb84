/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first-boot agent ec2-init as part of an image: its program, its configuration and
 * its services. They are part of this program (tools/embed-files).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* What starts the agent in the image. */
enum agent_services {
	AGENT_SYSTEMD = 1,
	AGENT_OPENRC,
	AGENT_RUNIT, /* with core-services, as Void Linux has it */
	AGENT_RUNIT_SYSV, /* whose first stage runs /etc/rcS.d, as Debian has it */
};

struct agent_spec {
	const char *root_dir; /* of the tree */
	const char *arch; /* "x86_64" or "arm64" */
	enum agent_services services;
	const char *user; /* who gets the launch keys */
	int64_t mtime_s; /* of its files */
};

/* Put it into the tree. Enabling the services is the distribution's. */
int agent_install(const struct agent_spec *spec, struct error *err);

/* What is embedded; NULL ends the table. */
struct agent_file {
	const char *name;
	const unsigned char *bytes;
	size_t length_bytes;
};

extern const struct agent_file agent_files[];
