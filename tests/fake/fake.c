/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/proc.h"

struct fake {
	struct proc *server;
	char *records;
	unsigned int port;
	bool tls;
};

static unsigned int read_port(int fd)
{
	char line[16] = "";

	for (size_t i = 0; i + 1 < sizeof(line); i++)
		if (read(fd, line + i, 1) != 1 || line[i] == '\n')
			break;
	return (unsigned int)strtoul(line, NULL, 10);
}

struct fake *fake_start(const char *dir, const char *script)
{
	CLEANUP(freep) char *path = path_join(dir, "script.json");
	struct fake *f = xcalloc(1, sizeof(*f));
	struct error err = ERROR_INIT;
	int ends[2];

	f->records = path_join(dir, "requests");
	f->tls = strstr(script, "\"tls\"") != NULL;
	assert_int_equal(path_make_dirs(f->records, 0755, &err), 0);
	assert_int_equal(file_write_all(path, script, strlen(script), 0644, &err), 0);
	assert_int_equal(fd_pipe(ends, &err), 0);
	const struct proc_spec spec = { .argv = (const char *const[]){ "python3",
						FAKE_DIR "/http_server.py", path,
						f->records, NULL } };
	if (proc_spawn(&spec, ends[1], STDERR_FILENO, &f->server, &err) < 0)
		fail_msg("%s", err.msg);
	(void)close(ends[1]);
	f->port = read_port(ends[0]);
	(void)close(ends[0]);
	assert_int_not_equal(f->port, 0);
	return f;
}

struct fake *fake_free(struct fake *f)
{
	if (!f)
		return NULL;
	f->server = proc_free(f->server);
	free(f->records);
	free(f);
	return NULL;
}

char *fake_url(const struct fake *f, const char *path)
{
	return xasprintf("%s://127.0.0.1:%u%s", f->tls ? "https" : "http", f->port, path);
}

unsigned int fake_port(const struct fake *f)
{
	return f->port;
}

char *fake_request(const struct fake *f, unsigned int n)
{
	CLEANUP(freep) char *path = xasprintf("%s/%u", f->records, n);
	struct error err = ERROR_INIT;
	char *data = NULL;

	(void)file_read_all(path, 64 << 20, &data, NULL, &err);
	return data;
}

void fake_make_chain(const char *dir)
{
	const char *const argv[] = { FAKE_DIR "/make-chain", dir, NULL };
	const struct proc_spec spec = { .argv = argv };
	struct error err = ERROR_INIT;

	if (proc_run(&spec, NULL, &err) < 0)
		fail_msg("%s %s", err.msg, err.output);
}
