/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/apt_config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/text.h"

/*
 * A mirror that stalls is given up after this long without a byte, and tried again so
 * often: a build fails within a minute or two, not after apt's own half an hour. The
 * machine's own settings, which follow, may say otherwise.
 */
static const char defaults[] = "Acquire::http::Timeout \"20\";\n"
			       "Acquire::https::Timeout \"20\";\n"
			       "Acquire::Retries \"2\";\n";

/*
 * Error-Mode any: without it a fetch that failed is a warning, and old files are used.
 * Immediate-Configure off: the order in which packages are unpacked and configured need
 * only heed Pre-Depends, since the essential ones are there before. Pattern-Only: a
 * package's name is that, and no regular expression. The solver is named because apt 3
 * has two. A release that becomes the old one may say so: whoever has no old list is not
 * asked either. PDiffs off: a list is fetched whole or kept, and no file lies beside it.
 * Retries::Delay off: apt 2.6 waits for ever when all that it has left to do are delayed
 * retries.
 */
static const char own[] = "APT::Architectures:: \"%s\";\n"
			  "APT::Architecture \"%s\";\n"
			  "APT::Cmd::Pattern-Only \"true\";\n"
			  "APT::Get::Assume-Yes \"true\";\n"
			  "APT::Immediate-Configure \"false\";\n"
			  "APT::Install-Recommends \"false\";\n"
			  "APT::Install-Suggests \"false\";\n"
			  "APT::Sandbox::User \"root\";\n"
			  "APT::Solver \"internal\";\n"
			  "APT::Update::Error-Mode \"any\";\n"
			  "Acquire::AllowInsecureRepositories \"false\";\n"
			  "Acquire::AllowWeakRepositories \"false\";\n"
			  "Acquire::AllowDowngradeToInsecureRepositories \"false\";\n"
			  "Acquire::AllowReleaseInfoChange \"true\";\n"
			  "Acquire::ForceHash \"SHA256\";\n"
			  "Acquire::Retries::Delay \"false\";\n"
			  "Acquire::GzipIndexes \"false\";\n"
			  "Acquire::PDiffs \"false\";\n"
			  "Acquire::Languages:: \"none\";\n"
			  "Dir::Etc \"etc\";\n"
			  "Dir::Etc::main \"apt.conf\";\n"
			  "Dir::Etc::parts \"apt.conf.d\";\n"
			  "Dir::Etc::sourcelist \"sources.list\";\n"
			  "Dir::Etc::sourceparts \"sources.list.d\";\n"
			  "Dir::Etc::trusted \"trusted.gpg\";\n"
			  "Dir::Etc::trustedparts \"trusted.gpg.d\";\n"
			  "Dir::Etc::preferences \"preferences\";\n"
			  "Dir::Etc::preferencesparts \"preferences.d\";\n"
			  "Dir::Etc::netrc \"auth.conf\";\n"
			  "Dir::Etc::netrcparts \"auth.conf.d\";\n"
			  "Dir::State \"state\";\n"
			  "Dir::State::lists \"lists\";\n"
			  "Dir::State::status \"status\";\n"
			  "Dir::Cache \"cache\";\n"
			  "Dir::Cache::archives \"archives\";\n"
			  "Dir::Log \"log\";\n";

/* How this machine reaches the world, and what it thinks of old dates. Not: whom it
 * trusts. */
static bool is_carried_over(const char *line)
{
	static const char *const prefixes[] = { "Acquire::http::", "Acquire::https::",
		"Acquire::socks::", "Acquire::Retries ", "Acquire::Check-Valid-Until",
		"Acquire::Check-Date", "Acquire::Min-ValidTime", "Acquire::Max-ValidTime",
		"Acquire::Max-FutureTime", "Acquire::ForceIPv", "Acquire::Queue-Mode",
		"Acquire::By-Hash", "Acquire::EnableSrvRecords" };
	size_t length = strlen(line);

	if (length < 2 || line[length - 1] != ';')
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (text_starts_with(line, prefixes[i]))
			return true;
	return false;
}

int apt_config_format(const char *dir, const char *arch, const char *host_dump,
	struct strbuf *text, struct error *err)
{
	CLEANUP(freep) char *lines = xstrdup(host_dump);
	char *save = NULL;

	/* apt.conf has quotes, but no way to quote these. */
	if (strpbrk(dir, "\"\\\n;"))
		return error_set(err, ERR_USAGE, 0,
			"apt cannot work in the directory '%s': its name has a quote, a "
			"backslash or a semicolon",
			dir);
	strbuf_addf(text, "Dir \"%s\";\n", dir);
	strbuf_addf(text, own, arch, arch);
	strbuf_add_str(text, defaults);
	for (char *l = strtok_r(lines, "\n", &save); l; l = strtok_r(NULL, "\n", &save))
		if (is_carried_over(l))
			strbuf_addf(text, "%s\n", l);
	return 0;
}
