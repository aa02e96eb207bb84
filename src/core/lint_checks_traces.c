/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What belongs to one machine, and would be the same on all that start from the image;
 * and what a machine that ran has left behind.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/size.h"
#include "core/lint_look.h"

static bool has_content(struct lint_place at)
{
	return S_ISREG(lint_node(at)->mode) && lint_node(at)->size_bytes > 0;
}

static int add_content(
	struct lint_look *l, struct lint_place at, void *userdata, struct error *err)
{
	(void)err;
	if (has_content(at))
		lint_add(l, at, 0, "%s", *(const char *const *)userdata);
	return 0;
}

/* Every file with anything in it is a finding, in these words. */
static int want_no_content(struct lint_look *l, const char *const *patterns,
	const char *words, struct error *err)
{
	return lint_each_of(l, patterns, add_content, &words, err);
}

int lint_check_host_keys(struct lint_look *l, struct error *err)
{
	static const char *const patterns[] = { "etc/ssh/ssh_host_*_key",
		"etc/dropbear/dropbear_*_host_key", NULL };

	return want_no_content(
		l, patterns, "a private ssh host key is in the image", err);
}

/* A line that is neither empty nor a comment is a key, or what sshd takes for one. */
static int add_keys(
	struct lint_look *l, struct lint_place at, void *userdata, struct error *err)
{
	CLEANUP(freep) char *text = NULL;
	struct lint_lines in;
	char *line;

	(void)userdata;
	if (!has_content(at))
		return 0;
	if (lint_read_text(at, &text, err) < 0)
		return -1;
	in = (struct lint_lines){ text, 0 };
	while ((line = lint_next_line(&in))) {
		line += strspn(line, " \t\r");
		if (*line && *line != '#')
			lint_add(l, at, in.number,
				"a key that may log in is in the image");
	}
	return 0;
}

int lint_check_authorized_keys(struct lint_look *l, struct error *err)
{
	static const char *const names[] = { ".ssh/authorized_keys",
		".ssh/authorized_keys2", NULL };
	static const char *const patterns[] = { "etc/ssh/authorized_keys",
		"etc/ssh/authorized_keys.d/*", "etc/dropbear/authorized_keys", NULL };

	if (lint_each_in_homes(l, names, add_keys, NULL, err) < 0)
		return -1;
	return lint_each_of(l, patterns, add_keys, NULL, err);
}

/* "uninitialized" is what systemd itself writes for a machine that has no id yet. */
static int add_machine_id(
	struct lint_look *l, struct lint_place at, void *userdata, struct error *err)
{
	CLEANUP(freep) char *text = NULL;
	size_t length;

	(void)userdata;
	if (!has_content(at))
		return 0;
	if (lint_read_text(at, &text, err) < 0)
		return -1;
	length = strcspn(text, " \t\r\n");
	text[length] = '\0';
	if (length && strcmp(text, "uninitialized") != 0)
		lint_add(l, at, 0, "the id of one machine is in the image");
	return 0;
}

int lint_check_machine_id(struct lint_look *l, struct error *err)
{
	static const char *const patterns[] = { "etc/machine-id",
		"var/lib/dbus/machine-id", NULL };
	struct lint_place id, bus;

	/* One is a link to the other as a rule: then it counts once. */
	if (lint_find(l, patterns[0], &id) && add_machine_id(l, id, NULL, err) < 0)
		return -1;
	if (lint_find(l, patterns[1], &bus) &&
		!(lint_find(l, patterns[0], &id) && id.index == bus.index))
		return add_machine_id(l, bus, NULL, err);
	return 0;
}

int lint_check_random_seed(struct lint_look *l, struct error *err)
{
	static const char *const patterns[] = { "var/lib/systemd/random-seed",
		"var/lib/systemd/credential.secret", "var/lib/urandom/random-seed",
		"var/lib/random-seed", "var/lib/misc/random-seed", "var/lib/seedrng/*",
		"boot/grub/.random-seed", "boot/loader/random-seed",
		"boot/efi/loader/random-seed", "efi/loader/random-seed",
		"boot/efi/LOADER/RANDOM~1", NULL };

	return want_no_content(
		l, patterns, "randomness of one machine is in the image", err);
}

int lint_check_histories(struct lint_look *l, struct error *err)
{
	static const char *const names[] = { ".bash_history", ".zsh_history", ".histfile",
		".ash_history", ".sh_history", ".ksh_history",
		".local/share/fish/fish_history", ".python_history", ".node_repl_history",
		".mysql_history", ".psql_history", ".sqlite_history", ".rediscli_history",
		".lesshst", ".viminfo", ".wget-hsts", NULL };
	const char *words = "what somebody has typed is in the image";

	return lint_each_in_homes(l, names, add_content, &words, err);
}

int lint_check_logs(struct lint_look *l, struct error *err)
{
	struct lint_place top, at;
	uint32_t end;
	char size[16];

	(void)err;
	if (!lint_find(l, "var/log", &top))
		return 0;
	end = lint_tree_end(top.tree, top.index);
	at = top;
	for (at.index++; at.index < end; at.index++)
		if (has_content(at) && strcmp(lint_node(at)->name, "README") != 0)
			lint_add(l, at, 0, "a log with %s is in the image",
				size_format(lint_node(at)->size_bytes, size));
	return 0;
}

int lint_check_leases(struct lint_look *l, struct error *err)
{
	static const char *const patterns[] = { "var/lib/dhcp/*.lease*",
		"var/lib/dhclient/*.lease*", "var/lib/dhcpcd/*.lease*",
		"var/lib/NetworkManager/*.lease", "var/lib/systemd/network/leases/*",
		"var/db/dhcpcd/*.lease*", NULL };

	return want_no_content(
		l, patterns, "addresses of another network are in the image", err);
}

int lint_check_mail(struct lint_look *l, struct error *err)
{
	static const char *const patterns[] = { "var/mail/*", "var/spool/mqueue/*",
		NULL };

	return want_no_content(l, patterns, "mail is in the image", err);
}

static bool is_cached(struct lint_place at)
{
	const char *name = lint_node(at)->name;

	return has_content(at) && strcmp(name, "lock") != 0 &&
	       strcmp(name, "CACHEDIR.TAG") != 0;
}

/* One finding for all that is in a directory and beneath it. */
static void want_no_cache(struct lint_look *l, const char *path)
{
	struct lint_place top, at;
	uint64_t bytes = 0;
	uint32_t end;
	char size[16];

	if (!lint_find(l, path, &top))
		return;
	end = lint_tree_end(top.tree, top.index);
	at = top;
	for (at.index++; at.index < end; at.index++)
		if (is_cached(at))
			bytes += lint_node(at)->size_bytes;
	if (bytes)
		lint_add(l, top, 0, "packages or lists of packages are in the image: %s",
			size_format(bytes, size));
}

int lint_check_package_caches(struct lint_look *l, struct error *err)
{
	static const char *const directories[] = { "var/cache/apt", "var/lib/apt/lists",
		"var/cache/dnf", "var/cache/libdnf5", "var/cache/yum", "var/cache/zypp",
		"var/cache/pacman/pkg", "var/lib/pacman/sync", "var/cache/apk",
		"var/cache/xbps" };

	(void)err;
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
		want_no_cache(l, directories[i]);
	return 0;
}

int lint_check_first_boot_state(struct lint_look *l, struct error *err)
{
	static const char *const directories[] = { "var/lib/cloud/instances",
		"var/lib/ec2-init", "var/lib/amazon/ssm/Vault/Store" };
	struct lint_place at;

	(void)err;
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
		if (lint_find(l, directories[i], &at) &&
			lint_tree_end(at.tree, at.index) > at.index + 1)
			lint_add(l, at, 0,
				"the state of an instance that ran is in the image");
	return 0;
}

/* Links into /run and stubs of a local resolver are what a machine needs. */
static bool is_local(const char *address)
{
	return !strncmp(address, "127.", 4) || !strncmp(address, "::1", 3) ||
	       !strncmp(address, "169.254.169.253", 15) ||
	       !strncmp(address, "fd00:ec2::253", 13);
}

int lint_check_resolv_conf(struct lint_look *l, struct error *err)
{
	CLEANUP(freep) char *text = NULL;
	struct lint_lines in;
	struct lint_place at;
	char *line;

	if (!lint_find(l, "etc/resolv.conf", &at) || !has_content(at))
		return 0;
	if (lint_read_text(at, &text, err) < 0)
		return -1;
	in = (struct lint_lines){ text, 0 };
	while ((line = lint_next_line(&in))) {
		const char *address = line + sizeof("nameserver") - 1;

		if (strncmp(line, "nameserver", sizeof("nameserver") - 1) != 0)
			continue;
		address += strspn(address, " \t");
		if (!is_local(address))
			lint_add(l, at, in.number,
				"a name server of another network is in the image");
	}
	return 0;
}
