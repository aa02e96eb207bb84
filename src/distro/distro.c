/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/distro.h"

#include <stdlib.h>
#include <string.h>

#include "distro/debian/driver.h"

const struct distro_driver *const distro_drivers[] = { &debian_driver, NULL };

const struct distro_driver *distro_find(const char *name)
{
	for (size_t i = 0; distro_drivers[i]; i++)
		if (!strcmp(distro_drivers[i]->name, name))
			return distro_drivers[i];
	return NULL;
}

void distro_result_release(struct distro_result *r)
{
	free(r->bios_boot);
	free(r->bios_core);
	free(r->efi);
	free(r->inputs);
	free(r->base);
	distro_packages_release(&r->packages);
	strv_release(&r->tools);
	overlay_idle_release(&r->overlay_idle);
	*r = (struct distro_result){ 0 };
}
