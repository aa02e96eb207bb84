/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/recipe_derive.h"

#include <ctype.h>
#include <stdbool.h>

#include "base/cleanup.h"
#include "distro/distro.h"

enum { HOSTNAME_LABEL_MOST = 63 };

/* Quoted, so that a name such as "null" stays one. */
static void add_quoted(struct strbuf *to, const char *text)
{
	strbuf_addf(to, "'%s'", text);
}

void recipe_derive_release(const struct recipe *r, struct strbuf *to)
{
	const struct distro_driver *driver = r->distro ? distro_find(r->distro) : NULL;

	if (driver)
		add_quoted(to, driver->releases[0]);
}

void recipe_derive_user(const struct recipe *r, struct strbuf *to)
{
	const struct distro_driver *driver = r->distro ? distro_find(r->distro) : NULL;

	if (driver)
		add_quoted(to, driver->default_user);
}

/* The image's name as a label: "Debian_12.5" becomes "debian-12-5". */
void recipe_derive_hostname(const struct recipe *r, struct strbuf *to)
{
	CLEANUP(strbuf_releasep) struct strbuf label = STRBUF_INIT;

	for (const char *c = r->name; c && *c && label.length_bytes < HOSTNAME_LABEL_MOST;
		c++) {
		if (isalnum((unsigned char)*c))
			strbuf_add_char(&label, (char)tolower((unsigned char)*c));
		else if (label.length_bytes)
			strbuf_add_char(&label, '-');
	}
	while (label.length_bytes && label.data[label.length_bytes - 1] == '-')
		strbuf_truncate(&label, label.length_bytes - 1);
	if (label.length_bytes)
		add_quoted(to, label.data);
}

void recipe_derive_boot(const struct recipe *r, struct strbuf *to)
{
	strbuf_add_str(to, r->arch == RECIPE_ARCH_X86_64 ? "[bios, uefi]" : "[uefi]");
}

void recipe_derive_boot_mode(const struct recipe *r, struct strbuf *to)
{
	const bool bios = r->disk.boot & RECIPE_BOOT_BIOS,
		   uefi = r->disk.boot & RECIPE_BOOT_UEFI;
	enum recipe_boot_mode mode = RECIPE_MODE_LEGACY_BIOS;

	if (uefi)
		mode = bios ? RECIPE_MODE_UEFI_PREFERRED : RECIPE_MODE_UEFI;
	strbuf_add_str(to, recipe_boot_mode_name(mode));
}

void recipe_derive_description(const struct recipe *r, struct strbuf *to)
{
	if (r->distro && r->release)
		strbuf_addf(to, "%s %s for %s, made by amiwright", r->distro, r->release,
			recipe_arch_name(r->arch));
}
