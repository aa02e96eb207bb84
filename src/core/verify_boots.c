/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/verify_boots.h"

#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/memory.h"
#include "base/progress_parts.h"
#include "base/size.h"
#include "base/workers.h"
#include "core/verify_boot.h"
#include "vm/scratch.h"

enum {
	BOOTS_MOST = 2, /* one with each firmware */
	/* What QEMU takes beside the guest's memory; with TCG, mostly for code. */
	QEMU_MIB = 256,
	COPY_BYTES = 65536,
};

struct boot_job {
	enum vm_firmware firmware;
	int log_fd; /* the kept log for the first one; for others, see open_log() */
	char *log; /* path of the file to be removed, or NULL */
	struct progress_part part;
	struct verify_boot *report;
	int result;
	struct error err;
};

struct boots {
	const struct verify_setup *setup;
	struct progress_parts parts;
	struct boot_job jobs[BOOTS_MOST];
	size_t count;
	atomic_size_t next; /* that nobody has taken */
};

/* ---- how many at once */

static size_t processors(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 1;
	return (size_t)CPU_COUNT(&set);
}

/* Beside the one that runs in any case. */
static size_t helpers(const struct boots *b)
{
	const struct verify_spec *spec = &b->setup->spec;
	const uint64_t each_bytes = spec->memory_bytes + QEMU_MIB * MIB;
	const uint64_t fit = memory_available_bytes() / each_bytes;
	size_t most = b->count;

	if (processors() < most)
		most = processors();
	if (fit < most)
		most = (size_t)fit;
	return most ? most - 1 : 0;
}

/* ---- one */

static void *run_jobs(void *userdata)
{
	struct boots *b = userdata;

	for (;;) {
		const size_t i = atomic_fetch_add(&b->next, 1);
		struct boot_job *job = &b->jobs[i];

		if (i >= b->count)
			return NULL;
		job->result = verify_boot_run(b->setup, job->firmware, job->log_fd,
			&job->part.progress, job->report, &job->err);
		if (job->result < 0 && job->err.code != ERR_INTERRUPTED)
			progress_step(&job->part.progress, "failed: %s", job->err.msg);
	}
}

/*
 * Where a second console goes until the first one is whole: beside the log, so that it is
 * not lost when the program is killed; without a name where the log is no file.
 */
static int open_log(struct boots *b, struct boot_job *job, struct error *err)
{
	struct stat st;

	if (fstat(b->setup->log_fd, &st) < 0 || !S_ISREG(st.st_mode))
		return scratch_file_open(
			b->setup->dir_fd, "the console's log", &job->log_fd, err);
	job->log = xasprintf("%s.%s", b->setup->console, vm_firmware_name(job->firmware));
	job->log_fd = open(job->log, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	return job->log_fd >= 0 ? 0 : error_errno(err, "write '%s'", job->log);
}

static int add_job(struct boots *b, enum vm_firmware firmware,
	struct verify_report *report, struct error *err)
{
	struct boot_job *job = &b->jobs[b->count];

	*job = (struct boot_job){ .firmware = firmware,
		.log_fd = b->setup->log_fd,
		.report = &report->boots[b->count],
		.err = ERROR_INIT };
	if (b->count > 0 && open_log(b, job, err) < 0)
		return -1;
	progress_part_init(&job->part, &b->parts, vm_firmware_name(firmware));
	b->count++;
	return 0;
}

static int add_jobs(struct boots *b, struct verify_report *report, struct error *err)
{
	static const enum vm_firmware firmwares[BOOTS_MOST] = { VM_BIOS, VM_UEFI };
	const unsigned int wanted = b->setup->spec.boot;

	report->boots = xcalloc(BOOTS_MOST, sizeof(*report->boots));
	for (size_t i = 0; i < BOOTS_MOST; i++)
		if (wanted & (firmwares[i] == VM_UEFI ? RECIPE_BOOT_UEFI
						      : RECIPE_BOOT_BIOS) &&
			add_job(b, firmwares[i], report, err) < 0)
			return -1;
	return 0;
}

/* ---- what they leave */

static int append(int from_fd, int to_fd, struct error *err)
{
	char bytes[COPY_BYTES];
	uint64_t at = 0;
	size_t n;

	for (;; at += n) {
		if (fd_pread(from_fd, bytes, sizeof(bytes), at, &n, "console log", err) <
			0)
			return -1;
		if (!n)
			return 0;
		if (fd_write_all(to_fd, bytes, n, "console log", err) < 0)
			return -1;
	}
}

/* A log that cannot be written is a pity, and not the image's fault. */
static void join_logs(struct boots *b, struct progress *progress)
{
	for (size_t i = 1; i < b->count; i++) {
		struct boot_job *job = &b->jobs[i];
		struct error err = ERROR_INIT;

		if (append(job->log_fd, b->setup->log_fd, &err) < 0)
			progress_warning(progress, "%s", err.msg);
		else if (job->log)
			(void)unlink(job->log);
		fd_closep(&job->log_fd);
		freep(&job->log);
	}
}

static int judge(const struct boots *b, struct progress *progress, struct error *err)
{
	const struct boot_job *first = NULL;

	for (size_t i = 0; i < b->count; i++) {
		const struct boot_job *job = &b->jobs[i];

		if (job->result == 0)
			continue;
		if (!first)
			first = job;
		else if (job->err.code != ERR_INTERRUPTED)
			progress_warning(progress, "%s", job->err.msg);
	}
	if (!first)
		return 0;
	*err = first->err;
	return -1;
}

int verify_boots_run(const struct verify_setup *setup, struct progress *progress,
	struct verify_report *report, struct error *err)
{
	CLEANUP(freep) struct boots *b = xcalloc(1, sizeof(*b));

	b->setup = setup;
	b->parts = (struct progress_parts)PROGRESS_PARTS_INIT(progress);
	if (add_jobs(b, report, err) < 0)
		return -1;
	report->boot_count = b->count;
	workers_run(helpers(b), run_jobs, b);
	join_logs(b, progress);
	return judge(b, progress, err);
}
