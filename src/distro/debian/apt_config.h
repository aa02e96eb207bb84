/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The private configuration under which this machine's apt works for us (apt.conf(5)):
 * its own directories, sources and keys, no hooks. Of the machine's configuration only
 * how things are fetched is kept: proxies, timeouts, validity of dates.
 */
#pragma once

#include "base/error.h"
#include "base/strbuf.h"

/*
 * Append apt.conf text for the directory `dir` and Debian architecture `arch`.
 * `host_dump` is what `apt-config dump` says on this machine. ERR_USAGE when `dir` cannot
 * stand in an apt.conf.
 */
int apt_config_format(const char *dir, const char *arch, const char *host_dump,
	struct strbuf *text, struct error *err);
