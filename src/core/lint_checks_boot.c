/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the firmware to a running system: loader, root file system, mounts, clock.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "core/lint_cmdline.h"
#include "core/lint_look.h"

/* Names that the kernel gives in the order of finding, or by the kind of the bus. */
static bool is_device_name(const char *text)
{
	static const char *const patterns[] = { "/dev/sd[a-z]*", "/dev/vd[a-z]*",
		"/dev/xvd[a-z]*", "/dev/hd[a-z]*", "/dev/nvme[0-9]*", "/dev/mmcblk[0-9]*",
		NULL };

	for (size_t i = 0; patterns[i]; i++)
		if (fnmatch(patterns[i], text, FNM_PATHNAME) == 0)
			return true;
	return false;
}

int lint_check_fstab(struct lint_look *l, struct error *err)
{
	CLEANUP(freep) char *text = NULL;
	struct lint_lines in;
	struct lint_place at;
	char *line;

	if (!lint_find(l, "etc/fstab", &at) || !S_ISREG(lint_node(at)->mode))
		return 0;
	if (lint_read_text(at, &text, err) < 0)
		return -1;
	in = (struct lint_lines){ text, 0 };
	while ((line = lint_next_line(&in))) {
		line += strspn(line, " \t");
		line[strcspn(line, " \t\r")] = '\0';
		if (is_device_name(line))
			lint_add(l, at, in.number,
				"a file system is named by its device, %s", line);
	}
	return 0;
}

static void want_stable_root(struct lint_look *l, struct lint_place at, unsigned int line,
	const char *words, void *userdata)
{
	const char *value;
	size_t length;

	(void)userdata;
	while ((value = lint_cmdline_value(&words, "root", &length))) {
		CLEANUP(freep) char *root = xstrndup(value, length);

		if (is_device_name(root))
			lint_add(l, at, line,
				"the root file system is named by its device, %s", root);
	}
}

int lint_check_root_device(struct lint_look *l, struct error *err)
{
	return lint_each_cmdline(l, want_stable_root, NULL, err);
}

/* Of all command lines: whether one has a serial port, and the first one. */
struct consoles {
	size_t count;
	bool serial;
	struct lint_place first;
	unsigned int line;
};

static bool is_serial(const char *console)
{
	return !strncmp(console, "ttyS", 4) || !strncmp(console, "ttyAMA", 6);
}

static void note_console(struct lint_look *l, struct lint_place at, unsigned int line,
	const char *words, void *userdata)
{
	struct consoles *c = userdata;
	const char *value;
	size_t length;

	(void)l;
	if (!c->count++) {
		c->first = at;
		c->line = line;
	}
	while ((value = lint_cmdline_value(&words, "console", &length)))
		c->serial |= is_serial(value);
}

int lint_check_serial_console(struct lint_look *l, struct error *err)
{
	struct consoles c = { 0 };

	if (lint_each_cmdline(l, note_console, &c, err) < 0)
		return -1;
	if (c.count && !c.serial)
		lint_add(l, c.first, c.line,
			"no kernel command line has the serial port as a console");
	return 0;
}

int lint_check_removable_loader(struct lint_look *l, struct error *err)
{
	static const char *const loaders[] = { "boot/efi/EFI/BOOT/BOOTX64.EFI",
		"boot/efi/EFI/BOOT/BOOTAA64.EFI", NULL };

	(void)err;
	if (l->subject->esp && !lint_exists_any(l, loaders))
		lint_add_at(l, "/boot/efi/EFI/BOOT", 0,
			"the EFI system partition has no loader at the removable path");
	return 0;
}

/* A unit that a link to /dev/null takes away. */
static bool is_masked(struct lint_look *l, const char *unit)
{
	CLEANUP(freep) char *path = xasprintf("etc/systemd/system/%s.service", unit);
	const struct filetree *files = lint_tree_files(l->subject->root);
	const uint32_t index = filetree_find(files, path);
	const struct filetree_node *n;

	if (index == (uint32_t)FILETREE_NO_NODE)
		return false;
	n = filetree_node(files, index);
	return S_ISLNK(n->mode) && !strcmp(n->target, "/dev/null");
}

struct service {
	const char *name;
	bool enabled;
};

static int note_service(
	struct lint_look *l, struct lint_place at, void *userdata, struct error *err)
{
	struct service *s = userdata;

	(void)at;
	(void)err;
	s->enabled = !is_masked(l, s->name);
	return 0;
}

/* Linked into what systemd, OpenRC or runit start. */
static int find_service(struct lint_look *l, struct service *s, struct error *err)
{
	static const char *const forms[] = { "etc/systemd/system/*.wants/%s.service",
		"usr/lib/systemd/system/*.wants/%s.service", "etc/runlevels/*/%s",
		"etc/runit/runsvdir/*/%s", "etc/service/%s", "var/service/%s",
		"etc/rc[2-5].d/S*%s" };

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		const char *name = strstr(forms[i], "%s");
		CLEANUP(freep)
		char *pattern = xasprintf(
			"%.*s%s%s", (int)(name - forms[i]), forms[i], s->name, name + 2);

		if (lint_each(l, pattern, note_service, s, err) < 0)
			return -1;
	}
	return 0;
}

int lint_check_clock(struct lint_look *l, struct error *err)
{
	static const char *const names[] = { "systemd-timesyncd", "chrony", "chronyd",
		"ntp", "ntpd", "ntpsec", "openntpd", "ntpd-rs", "busybox-ntpd" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct service s = { .name = names[i] };

		if (find_service(l, &s, err) < 0)
			return -1;
		if (s.enabled)
			return 0;
	}
	if (lint_has_usr(l))
		lint_add_at(l, "/etc", 0, "no service that sets the clock is enabled");
	return 0;
}

int lint_check_unclean(struct lint_look *l, struct error *err)
{
	(void)err;
	if (!lint_tree_is_clean(l->subject->root))
		lint_add_at(l, "/", 0, "the root file system was not unmounted");
	if (l->subject->boot && !lint_tree_is_clean(l->subject->boot))
		lint_add_at(l, "/boot", 0, "the file system of /boot was not unmounted");
	return 0;
}

int lint_check_unseen(struct lint_look *l, struct error *err)
{
	(void)err;
	for (size_t i = 0; i < l->subject->unseen.count; i++)
		lint_add_at(
			l, "/", 0, "%s was not looked at", l->subject->unseen.items[i]);
	return 0;
}
