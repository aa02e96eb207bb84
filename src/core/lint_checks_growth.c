/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A volume may be larger than its image. Its partition has to follow, and then the file
 * system in it; there are programs for the one, for the other, and for both.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "core/lint_cmdline.h"
#include "core/lint_look.h"

struct growth {
	bool partition;
	bool file_system;
};

/* Whether the word stands in a list with commas between. */
static bool has_option(const char *list, size_t length_bytes, const char *word)
{
	const size_t word_bytes = strlen(word);

	while (length_bytes) {
		const char *comma = memchr(list, ',', length_bytes);
		const size_t item = comma ? (size_t)(comma - list) : length_bytes;

		if (item == word_bytes && !memcmp(list, word, item))
			return true;
		list += item + (comma != NULL);
		length_bytes -= item + (comma != NULL);
	}
	return false;
}

static const char growfs[] = "x-systemd.growfs";

/* The option of systemd.mount(5), for the file system of "/". */
static int look_at_fstab(struct lint_look *l, struct growth *g, struct error *err)
{
	CLEANUP(freep) char *text = NULL;
	struct lint_lines in;
	char *line;

	if (lint_read_path(l, "etc/fstab", &text, err) < 0)
		return -1;
	in = (struct lint_lines){ text, 0 };
	while (text && (line = lint_next_line(&in))) {
		static const char blanks[] = " \t\r";
		char *rest, *where, *options;
		const char *what = strtok_r(line, blanks, &rest);

		if (!what || *what == '#')
			continue;
		where = strtok_r(NULL, blanks, &rest);
		(void)strtok_r(NULL, blanks, &rest);
		options = strtok_r(NULL, blanks, &rest);
		if (options && !strcmp(where, "/"))
			g->file_system |= has_option(options, strlen(options), growfs);
	}
	return 0;
}

/* The same for a root that the initramfs mounts. */
static void look_at_flags(struct lint_look *l, struct lint_place at, unsigned int line,
	const char *words, void *userdata)
{
	struct growth *g = userdata;
	const char *value;
	size_t length;

	(void)l;
	(void)at;
	(void)line;
	while ((value = lint_cmdline_value(&words, "rootflags", &length)))
		g->file_system |= has_option(value, length, growfs);
}

/* "Type=" of a partition that can be the root, by repart.d(5). */
static bool is_root_type(const char *type)
{
	/* The root of x86-64 and of arm64, and any file system of Linux. */
	static const char *const types[] = { "linux-generic",
		"4f68bce3-e8cd-4db1-96e7-fbcaf984b709",
		"b921b045-1df0-41c3-af44-4c6f280d3fae",
		"0fc63daf-8483-4772-8e79-3d69d8477de4" };

	if (!strcmp(type, "root") || !strcmp(type, "root-x86-64") ||
		!strcmp(type, "root-arm64"))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (!strcasecmp(type, types[i]))
			return true;
	return false;
}

static int look_at_repart(
	struct lint_look *l, struct lint_place at, void *userdata, struct error *err)
{
	CLEANUP(freep) char *text = NULL;
	struct growth *g = userdata;
	struct lint_lines in;
	char *line;

	(void)l;
	if (lint_read_regular(at, &text, err) < 0)
		return -1;
	in = (struct lint_lines){ text, 0 };
	while ((line = lint_next_line(&in))) {
		char *equals = strchr(line, '=');
		char *key, *value, *rest;

		if (!equals)
			continue;
		*equals = '\0';
		key = strtok_r(line, " \t", &rest);
		value = strtok_r(equals + 1, " \t\r", &rest);
		if (key && value && !strcmp(key, "Type"))
			g->partition |= is_root_type(value);
	}
	return 0;
}

/* What makes partitions larger and leaves file systems to others. */
static int find_partition_growers(
	struct lint_look *l, struct growth *g, struct error *err)
{
	static const char *const growroot[] = {
		"usr/share/initramfs-tools/hooks/growroot",
		"usr/lib/dracut/modules.d/50growroot", NULL
	};
	static const char *const programs[] = { "usr/bin/systemd-repart",
		"bin/systemd-repart", NULL };
	static const char *const definitions[] = { "etc/repart.d/*.conf",
		"usr/lib/repart.d/*.conf", NULL };

	g->partition |= lint_exists_any(l, growroot);
	if (!lint_exists_any(l, programs))
		return 0;
	return lint_each_of(l, definitions, look_at_repart, g, err);
}

/* What does so with file systems, and with both. */
static int find_others(struct lint_look *l, struct growth *g, struct error *err)
{
	static const char *const cloud_init[] = { "usr/bin/cloud-init",
		"usr/sbin/cloud-init", NULL };
	/* cloud-init uses no systemd-repart. */
	static const char *const growers[] = { "usr/bin/growpart", "usr/sbin/growpart",
		NULL };
	static const char *const both[] = { "usr/sbin/ec2-init", "usr/bin/ec2-init",
		"usr/lib/ec2-init", "sbin/ec2-init", "usr/libexec/ec2-init",
		"etc/init.d/growpart", "usr/lib/tiny-cloud", "lib/tiny-cloud", NULL };

	if (lint_exists_any(l, both))
		g->partition = g->file_system = true;
	if (lint_exists_any(l, cloud_init)) {
		g->file_system = true;
		g->partition |= lint_exists_any(l, growers);
	}
	if (look_at_fstab(l, g, err) < 0)
		return -1;
	return lint_each_cmdline(l, look_at_flags, g, err);
}

int lint_check_growth(struct lint_look *l, struct error *err)
{
	struct growth g = {
		.partition = l->subject->root_on == LINT_ON_DISK,
		/* systemd-gpt-auto-generator(8) */
		.file_system = l->subject->root_on == LINT_ON_GROWING,
	};

	if (find_partition_growers(l, &g, err) < 0 || find_others(l, &g, err) < 0)
		return -1;
	if ((g.partition && g.file_system) || !lint_has_usr(l))
		return 0;
	if (g.file_system)
		lint_add_at(l, "/", 0,
			"the root file system grows to its partition, and nothing makes "
			"that as large as the volume");
	else if (g.partition && l->subject->root_on != LINT_ON_DISK)
		lint_add_at(l, "/", 0,
			"the root partition grows to its volume, and nothing makes the "
			"file system as large as that");
	else
		lint_add_at(l, "/", 0,
			"nothing makes the root file system as large as its volume");
	return 0;
}
