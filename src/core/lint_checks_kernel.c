/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a kernel finds its disk and its network where instances have them, and where
 * this program boots the image to verify it.
 */
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "core/lint_kernels.h"

int lint_check_no_kernel(struct lint_look *l, struct error *err)
{
	if (lint_kernels_read(l, err) < 0)
		return -1;
	if (!l->kernels->image && lint_has_usr(l))
		lint_add_at(l, "/boot", 0, "there is no kernel in the image");
	return 0;
}

/* What is missing before the root file system is there. */
static void want_at_boot(struct lint_look *l, const struct lint_kernel *k,
	unsigned int wanted, const char *name)
{
	if ((k->built_in & wanted) == wanted)
		return;
	if (!k->initramfs)
		lint_add(l, k->at, 0,
			"kernel %s has no initramfs, and %s is not built in", k->version,
			name);
	else if (k->initramfs->readable &&
		 ((k->initramfs->drivers | k->built_in) & wanted) != wanted)
		lint_add(l, k->initramfs->at, 0,
			"kernel %s has %s neither built in nor in its initramfs",
			k->version, name);
}

static int each_at_boot(
	struct lint_look *l, unsigned int wanted, const char *name, struct error *err)
{
	if (lint_kernels_read(l, err) < 0)
		return -1;
	for (size_t i = 0; i < l->kernels->count; i++)
		want_at_boot(l, &l->kernels->kernels[i], wanted, name);
	return 0;
}

int lint_check_nvme(struct lint_look *l, struct error *err)
{
	return each_at_boot(l, LINT_DRIVER_NVME, "nvme", err);
}

int lint_check_virtio(struct lint_look *l, struct error *err)
{
	return each_at_boot(l, LINT_DRIVER_VIRTIO_BLK | LINT_DRIVER_VIRTIO_PCI,
		"virtio_blk with virtio_pci", err);
}

int lint_check_ena(struct lint_look *l, struct error *err)
{
	if (lint_kernels_read(l, err) < 0)
		return -1;
	for (size_t i = 0; i < l->kernels->count; i++) {
		const struct lint_kernel *k = &l->kernels->kernels[i];
		const unsigned int loaded = k->initramfs ? k->initramfs->drivers : 0;

		if (!((k->built_in | k->modules | loaded) & LINT_DRIVER_ENA))
			lint_add(l, k->at, 0, "kernel %s has no driver ena", k->version);
	}
	return 0;
}

int lint_check_initramfs(struct lint_look *l, struct error *err)
{
	if (lint_kernels_read(l, err) < 0)
		return -1;
	for (size_t i = 0; i < l->kernels->initramfs_count; i++) {
		const struct lint_initramfs *r = &l->kernels->initramfs[i];

		if (!r->readable)
			lint_add(l, r->at, 0, "it cannot be read: %s", r->why);
	}
	return 0;
}

/* The last of a shell assignment "key=value" in a configuration file. */
struct assignment {
	const char *key;
	char value[32];
	struct lint_place at;
	unsigned int line;
};

/* The value without spaces and quotes around it; empty when it does not fit. */
static void take_value(struct assignment *a, const char *text)
{
	size_t length;

	text += strspn(text, " \t\"'");
	length = strcspn(text, " \t\r\"'#");
	if (length >= sizeof(a->value))
		length = 0;
	memcpy(a->value, text, length);
	a->value[length] = '\0';
}

static int note_assignment(
	struct lint_look *l, struct lint_place at, void *userdata, struct error *err)
{
	struct assignment *a = userdata;
	CLEANUP(freep) char *text = NULL;
	struct lint_lines in;
	char *line;

	(void)l;
	if (lint_read_regular(at, &text, err) < 0)
		return -1;
	in = (struct lint_lines){ text, 0 };
	while ((line = lint_next_line(&in))) {
		const size_t length = strlen(a->key);

		line += strspn(line, " \t");
		if (strncmp(line, a->key, length) != 0 || line[length] != '=')
			continue;
		take_value(a, line + length + 1);
		a->at = at;
		a->line = in.number;
	}
	return 0;
}

/* How the next initramfs will be made: as soon as a kernel is updated. */
static int check_configuration(struct lint_look *l, const char *key, const char *value,
	const char *const *files, struct error *err)
{
	struct assignment a = { .key = key };

	if (lint_each_of(l, files, note_assignment, &a, err) < 0)
		return -1;
	if (!strcmp(a.value, value))
		lint_add(l, a.at, a.line,
			"an initramfs is made for the machine that makes it (%s=%s)", key,
			value);
	return 0;
}

int lint_check_hostonly(struct lint_look *l, struct error *err)
{
	/* The last one that is read counts. */
	static const char *const initramfs_tools[] = {
		"etc/initramfs-tools/initramfs.conf*",
		"usr/share/initramfs-tools/conf.d/*", "etc/initramfs-tools/conf.d/*", NULL
	};
	static const char *const dracut[] = { "etc/dracut.conf",
		"usr/lib/dracut/dracut.conf.d/*.conf", "etc/dracut.conf.d/*.conf", NULL };

	if (lint_kernels_read(l, err) < 0)
		return -1;
	for (size_t i = 0; i < l->kernels->initramfs_count; i++)
		if (l->kernels->initramfs[i].hostonly)
			lint_add(l, l->kernels->initramfs[i].at, 0,
				"it was made for the machine that made it");
	if (check_configuration(l, "MODULES", "dep", initramfs_tools, err) < 0)
		return -1;
	return check_configuration(l, "hostonly", "yes", dracut, err);
}
