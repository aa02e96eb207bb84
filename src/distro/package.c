/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/package.h"

#include <stdlib.h>

#include "base/alloc.h"

void distro_packages_release(struct distro_packages *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free(p->items[i].name);
		free(p->items[i].version);
		free(p->items[i].arch);
		free(p->items[i].source);
		free(p->items[i].source_version);
		free(p->items[i].uri);
	}
	free(p->items);
	*p = (struct distro_packages){ 0 };
}

void distro_packages_add(struct distro_packages *p, struct distro_package *package)
{
	array_reserve_one((void **)&p->items, p->count, &p->room, sizeof(*p->items));
	p->items[p->count++] = *package;
	*package = (struct distro_package){ 0 };
}
