/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/lint_cmdline.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "core/lint_uki.h"

enum { UKI_MOST_BYTES = 512 << 20 };

/* Words that begin a line with a command line, in any of the formats. */
static const char *const keywords[] = { "linux", "linux16", "linuxefi", "append",
	"options", "kernelopts" };

/* What is behind the keyword that the line begins with, or NULL. */
static const char *command_line(const char *line)
{
	line += strspn(line, " \t");
	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++) {
		const size_t length = strlen(keywords[i]);

		if (!strncasecmp(line, keywords[i], length) && line[length] &&
			strchr(" \t=", line[length]))
			return line + length + 1;
	}
	return NULL;
}

struct visit {
	lint_cmdline_fn *fn;
	void *userdata;
};

static int visit_file(
	struct lint_look *l, struct lint_place at, void *userdata, struct error *err)
{
	const struct visit *v = userdata;
	CLEANUP(freep) char *text = NULL;
	struct lint_lines in;
	char *line;

	if (lint_read_regular(at, &text, err) < 0)
		return -1;
	in = (struct lint_lines){ text, 0 };
	while ((line = lint_next_line(&in))) {
		const char *words = command_line(line);

		if (words)
			v->fn(l, at, in.number, words, v->userdata);
	}
	return 0;
}

/* Its command line is a section, whose end NUL bytes may fill. */
static int visit_uki(
	struct lint_look *l, struct lint_place at, void *userdata, struct error *err)
{
	const struct visit *v = userdata;
	CLEANUP(freep) char *image = NULL;
	const char *words;
	size_t length, words_length;

	if (!S_ISREG(lint_node(at)->mode))
		return 0;
	if (lint_tree_read(at.tree, at.index, UKI_MOST_BYTES, &image, &length, err) < 0)
		return -1;
	if (uki_find_section(image, length, ".cmdline", &words, &words_length)) {
		CLEANUP(freep) char *line = xstrndup(words, words_length);

		v->fn(l, at, 0, line, v->userdata);
	}
	return 0;
}

int lint_each_cmdline(
	struct lint_look *l, lint_cmdline_fn *fn, void *userdata, struct error *err)
{
	/* On the EFI system partition names are short. */
	static const char *const files[] = { "boot/grub/grub.cfg", "boot/grub2/grub.cfg",
		"boot/grub/grubenv", "boot/grub2/grubenv", "boot/extlinux/extlinux.conf",
		"boot/extlinux.conf", "boot/syslinux/syslinux.cfg",
		"boot/loader/entries/*.conf", "boot/efi/LOADER/ENTRIES/*.CON", NULL };
	struct visit v = { fn, userdata };

	if (lint_each_of(l, files, visit_file, &v, err) < 0)
		return -1;
	return lint_each_of(l, lint_uki_patterns, visit_uki, &v, err);
}

const char *lint_cmdline_value(const char **at, const char *key, size_t *ret_length)
{
	const size_t key_length = strlen(key);
	const char *p = *at;

	while (*(p += strspn(p, " \t\r\"'"))) {
		const size_t length = strcspn(p, " \t\r\"'");

		if (length > key_length && !strncmp(p, key, key_length) &&
			p[key_length] == '=') {
			*ret_length = length - key_length - 1;
			*at = p + length;
			return p + key_length + 1;
		}
		p += length;
	}
	*at = p;
	return NULL;
}
