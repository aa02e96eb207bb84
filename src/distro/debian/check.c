/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/check.h"

#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/path.h"
#include "distro/debian/keyring.h"
#include "distro/debian/mirrors.h"
#include "distro/debian/suite.h"
#include "distro/foreign.h"
#include "distro/scripts.h"
#include "tree/overlay.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

/* Where a text is put into files of the image, only these characters may stand in it. */
static int check_chars(const char *what, const char *text, const char *first,
	const char *rest, size_t most, struct error *err)
{
	size_t length = strlen(text);

	if (length == 0)
		return error_set(err, ERR_RECIPE, 0, "the %s is empty", what);
	if (length > most)
		return error_set(err, ERR_RECIPE, 0,
			"the %s '%.40s…' is longer than %zu characters", what, text,
			most);
	if (!strchr(first, text[0]) || text[strspn(text, rest)])
		return error_set(err, ERR_RECIPE, 0,
			"the %s '%s' has a character that cannot stand there", what,
			text);
	return 0;
}

static int check_texts(const struct distro_spec *spec, struct error *err)
{
	if (check_chars("user", spec->user, LOWER "_", LOWER DIGITS "_-", 32, err) < 0 ||
		check_chars("host name", spec->hostname, LOWER UPPER DIGITS,
			LOWER UPPER DIGITS "-.", 64, err) < 0 ||
		check_chars("locale", spec->locale, LOWER UPPER,
			LOWER UPPER DIGITS "_.@-", 64, err) < 0 ||
		check_chars("label of the root file system", spec->root_label,
			LOWER UPPER DIGITS "_", LOWER UPPER DIGITS "_.-", 16, err) < 0 ||
		check_chars("label of the EFI partition", spec->esp_label,
			LOWER UPPER DIGITS "_", LOWER UPPER DIGITS "_.-", 11, err) < 0)
		return -1;
	if (spec->root_password_hash &&
		check_chars("root password's hash", spec->root_password_hash,
			"$_./" LOWER UPPER DIGITS, LOWER UPPER DIGITS "$_./=,+-", 512,
			err) < 0)
		return -1;
	/* They stand in a file that a shell reads, and in GRUB's configuration. */
	if (spec->kernel_args && *spec->kernel_args &&
		check_chars("kernel command line", spec->kernel_args,
			LOWER UPPER DIGITS "_", LOWER UPPER DIGITS " _.,:=/@%+-", 1024,
			err) < 0)
		return -1;
	return 0;
}

/* Debian Policy 5.6.7: at least two of these. Not a trailing '-', which apt takes for
 * "remove"; "=version" may follow. */
static int check_package(const char *package, struct error *err)
{
	size_t length = strcspn(package, "=");
	const char *version = package[length] ? package + length + 1 : NULL;

	if (length < 2 || !strchr(LOWER DIGITS, package[0]) ||
		strspn(package, LOWER DIGITS "+-.") != length ||
		package[length - 1] == '-')
		return error_set(
			err, ERR_RECIPE, 0, "'%s' is no name of a package", package);
	if (version &&
		(!*version || version[strspn(version, LOWER UPPER DIGITS ".+-:~")]))
		return error_set(
			err, ERR_RECIPE, 0, "'%s' is no version of a package", package);
	return 0;
}

static int check_packages(const struct distro_spec *spec, struct error *err)
{
	for (size_t i = 0; spec->packages && i < spec->packages->count; i++)
		if (check_package(spec->packages->items[i], err) < 0)
			return -1;
	return 0;
}

static int check_init(const struct distro_spec *spec, struct error *err)
{
	enum debian_init init = debian_init_find(spec->packages);

	if (init != DEBIAN_SYSTEMD && spec->agent == DISTRO_AGENT_CLOUD_INIT)
		return error_set(err, ERR_RECIPE, 0,
			"Debian's cloud-init needs systemd, and the packages choose %s; "
			"the agent ec2-init runs with it",
			debian_init_name(init));
	if (init == DEBIAN_SYSTEMD && spec->packages &&
		strv_contains(spec->packages, "sysvinit-core"))
		return error_set(err, ERR_RECIPE, 0,
			"the package 'sysvinit-core' replaces systemd, and has services "
			"here with 'openrc' only: name that, too");
	return 0;
}

static bool is_installed(const char *tool)
{
	CLEANUP(freep) char *path = path_find_tool(tool);

	return path != NULL;
}

static int check_tools(struct error *err)
{
	static const struct {
		const char *tool, *other, *package;
	} tools[] = {
		{ "apt-get", NULL, "apt" },
		{ "apt-config", NULL, "apt" },
		/* apt 3 verifies with Sequoia's, where that is installed. */
		{ "gpgv", "sqv", "gpgv" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(tools); i++)
		if (!is_installed(tools[i].tool) &&
			!(tools[i].other && is_installed(tools[i].other)))
			return error_set(err, ERR_TOOL, 0,
				"'%s' is not installed; install the package '%s'",
				tools[i].tool, tools[i].package);
	return 0;
}

static int check_names(const struct distro_spec *spec, struct error *err)
{
	if (!debian_release_find(spec->release))
		return error_set(err, ERR_RECIPE, 0,
			"Debian '%s' is not among the releases that can be built (%s, "
			"%s)",
			spec->release, debian_release_names[0], debian_release_names[1]);
	if (!debian_arch_find(spec->arch))
		return error_set(err, ERR_RECIPE, 0,
			"Debian for '%s' cannot be built; x86_64 and arm64 can",
			spec->arch);
	if (spec->bios && !spec->uefi && strcmp(spec->arch, "x86_64") != 0)
		return error_set(err, ERR_RECIPE, 0, "%s machines boot by UEFI, not BIOS",
			spec->arch);
	return 0;
}

int debian_check(const struct distro_spec *spec, struct error *err)
{
	const char *keyring;

	if (check_names(spec, err) < 0 || check_texts(spec, err) < 0 ||
		check_packages(spec, err) < 0 || check_init(spec, err) < 0 ||
		scripts_check(spec->scripts, err) < 0)
		return -1;
	if (spec->mirror && debian_mirror_check(spec->mirror, err) < 0)
		return -1;
	if (spec->overlay && overlay_check(spec->overlay, err) < 0)
		return -1;
	if (check_tools(err) < 0 || debian_keyring_find(spec, &keyring, err) < 0)
		return -1;
	return foreign_check(debian_arch_find(spec->arch)->qemu_name, err);
}
