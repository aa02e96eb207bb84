/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * quick-tools: of some tools of coreutils and of modinfo the forms that mkinitramfs runs
 * a hundred or a thousand times, under the name that it is called by. A C library needs
 * most of such a call's time, to begin.
 */
#include "quick/tools.h"
#include "rt/start.h"
#include "rt/string.h"
#include "rt/sys.h"

int main(int argc, char **argv, char **envp)
{
	static const struct {
		const char *name;
		const char *true_path;
		int (*run)(char **argv);
	} tools[] = {
		{ "basename", "/usr/bin/basename", tool_basename },
		{ "cp", "/usr/bin/cp", tool_cp },
		{ "dirname", "/usr/bin/dirname", tool_dirname },
		{ "ln", "/usr/bin/ln", tool_ln },
		{ "mkdir", "/usr/bin/mkdir", tool_mkdir },
		{ "modinfo", "/usr/sbin/modinfo", tool_modinfo },
		{ "readlink", "/usr/bin/readlink", tool_readlink },
		{ "realpath", "/usr/bin/realpath", tool_realpath },
	};
	const char *name = argc > 0 ? tool_last_part(argv[0]) : "";

	for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++) {
		int rc;

		if (strcmp(name, tools[i].name) != 0)
			continue;
		rc = tools[i].run(argv);
		if (rc != TRUE_PROGRAM)
			return rc;
		(void)sys_execve(tools[i].true_path, argv, envp);
	}
	return 127;
}
