/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/foreign.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"
#include "tree/hash.h"

#define BINFMT_DIR "/proc/sys/fs/binfmt_misc"

enum { REGISTRATION_MOST_BYTES = 4096 };

/*
 * The first 20 bytes of a program (ELF header, System V ABI): class, byte order and
 * version, then, at 16, the type (2 executable, 3 shared; the mask lets both pass) and
 * the machine.
 */
static const struct {
	const char *cpu;
	const char *machine; /* e_machine, little endian, as binfmt_misc's escapes */
} cpus[] = {
	{ "aarch64", "\\xb7\\x00" },
	{ "x86_64", "\\x3e\\x00" },
};

static bool is_own(const char *cpu)
{
	struct utsname u;

	return uname(&u) == 0 && !strcmp(u.machine, cpu);
}

static bool kernel_is_at_least(int major, int minor)
{
	struct utsname u;
	int have_major = 0, have_minor = 0;

	if (uname(&u) < 0 || sscanf(u.release, "%d.%d", &have_major, &have_minor) != 2)
		return false;
	return have_major > major || (have_major == major && have_minor >= minor);
}

static char *registration_path(const char *cpu)
{
	return xasprintf(BINFMT_DIR "/qemu-%s", cpu);
}

/* What the machine has registered, for programs in other roots too (F: opened at
 * registration); or NULL. */
static char *registration_of_machine(const char *cpu)
{
	CLEANUP(freep) char *path = registration_path(cpu);
	CLEANUP(freep) char *text = NULL;
	const char *flags;

	if (file_read_all(path, REGISTRATION_MOST_BYTES, &text, NULL,
		    &(struct error)ERROR_INIT) < 0)
		return NULL;
	flags = strstr(text, "flags: ");
	if (strncmp(text, "enabled", 7) != 0 || !flags ||
		!memchr(flags + 7, 'F', strcspn(flags + 7, "\n")))
		return NULL;
	return TAKE_PTR(text);
}

static bool machine_has(const char *cpu)
{
	CLEANUP(freep) char *text = registration_of_machine(cpu);

	return text != NULL;
}

static char *find_qemu(const char *cpu)
{
	CLEANUP(freep) char *name = xasprintf("qemu-%s-static", cpu);

	return path_find_tool(name);
}

int foreign_check(const char *cpu, struct error *err)
{
	CLEANUP(freep) char *qemu = find_qemu(cpu);

	if (is_own(cpu) || machine_has(cpu))
		return 0;
	if (!qemu)
		return error_set(err, ERR_TOOL, 0,
			"programs for %s cannot run on this machine; install the package "
			"'qemu-user-static'",
			cpu);
	if (!kernel_is_at_least(6, 7))
		return error_set(err, ERR_TOOL, 0,
			"programs for %s cannot run on this machine: they are not "
			"registered in "
			"%s; install the packages 'qemu-user-static' and "
			"'binfmt-support'",
			cpu, BINFMT_DIR);
	return 0;
}

static char *registration(const char *cpu, const char *qemu)
{
	for (size_t i = 0; i < ARRAY_SIZE(cpus); i++)
		if (!strcmp(cpus[i].cpu, cpu))
			return xasprintf(
				":qemu-%s:M::"
				"\\x7f\\x45\\x4c\\x46\\x02\\x01\\x01\\x00\\x00\\x00\\x00"
				"\\x00\\x00\\x00\\x00\\x00\\x02\\x00%s:"
				"\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff"
				"\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff\\xff:%s:FPC",
				cpu, cpus[i].machine, qemu);
	return NULL;
}

int foreign_enable(const char *cpu, struct error *err)
{
	CLEANUP(freep) char *qemu = find_qemu(cpu);
	CLEANUP(freep) char *line = qemu ? registration(cpu, qemu) : NULL;
	CLEANUP(fd_closep) int fd = -1;

	if (is_own(cpu) || machine_has(cpu))
		return 0;
	if (!line)
		return error_set(err, ERR_TOOL, 0,
			"programs for %s cannot run on this machine", cpu);
	if (mount("binfmt_misc", BINFMT_DIR, "binfmt_misc",
		    MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return error_errno(err, "mount binfmt_misc in the sandbox");
	fd = open(BINFMT_DIR "/register", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, "open '%s/register'", BINFMT_DIR);
	if (write(fd, line, strlen(line)) < 0)
		return error_errno(err, "register '%s' for %s programs", qemu, cpu);
	return 0;
}

static char *find_emulator(const char *cpu)
{
	static const char before[] = "\ninterpreter ";
	CLEANUP(freep) char *text = registration_of_machine(cpu);
	const char *at = text ? strstr(text, before) : NULL;

	if (!text)
		return find_qemu(cpu);
	return at ? xstrndup(at + strlen(before), strcspn(at + strlen(before), "\n"))
		  : NULL;
}

void foreign_describe(const char *cpu, struct strbuf *to)
{
	CLEANUP(freep) char *emulator = NULL;
	CLEANUP(freep) char *path = registration_path(cpu);
	char hex[SHA256_HEX_CHARS + 1];
	struct stat st;

	if (is_own(cpu))
		return;
	emulator = find_emulator(cpu);
	if (emulator && hash_file_followed(emulator, hex, &(struct error)ERROR_INIT) == 0)
		strbuf_addf(to, "emulator %s\n", hex);
	else if (stat(path, &st) == 0)
		strbuf_addf(to, "emulator of %" PRId64 ".%09ld\n",
			(int64_t)st.st_ctim.tv_sec, st.st_ctim.tv_nsec);
	else
		strbuf_add_str(to, "emulator unknown\n");
}
