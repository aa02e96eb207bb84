/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What differs between Debian's releases and architectures, as data.
 */
#pragma once

#include <stdbool.h>

#include "base/strv.h"
#include "distro/distro.h"

struct debian_arch {
	const char *name; /* the recipe's: "x86_64" */
	const char *debian_name; /* dpkg's: "amd64" */
	const char *qemu_name; /* of user-mode emulation: "x86_64", "aarch64" */
};

struct debian_release {
	const char *name; /* "bookworm" */
	/* What makes /usr one: in bookworm links to be made before anything is unpacked,
	 * and the package that vouches for them; later base-files brings the links. */
	const char *usr_package; /* or NULL */
};

/* What the image's first process is, and with it who has network, names and clock. */
enum debian_init {
	DEBIAN_SYSTEMD = 1,
	DEBIAN_OPENRC, /* under System V's init */
	DEBIAN_RUNIT,
};

extern const char *const debian_release_names[]; /* NULL-terminated, newest first */
extern const char *const debian_arch_names[];

const struct debian_arch *debian_arch_find(const char *name); /* or NULL */
const struct debian_release *debian_release_find(const char *name); /* or NULL */

/* The links that make /usr one on `arch`: names in "/" of links to "usr/<name>". */
const char *const *debian_usr_links(const struct debian_arch *arch);

/* systemd, unless one of the packages ("name", "name=version") is another's. */
enum debian_init debian_init_find(const struct strv *packages);
const char *debian_init_name(enum debian_init init); /* "systemd", "openrc", "runit" */

/* Append the packages that the image needs for what `spec` wants, whatever the recipe's
 * own are. */
void debian_base_packages(const struct distro_spec *spec, const struct debian_arch *arch,
	struct strv *packages);

/* The same, and the recipe's own. */
void debian_packages(const struct distro_spec *spec, const struct debian_arch *arch,
	struct strv *packages);
