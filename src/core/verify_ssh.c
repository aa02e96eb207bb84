/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/verify_ssh.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/path.h"

enum {
	PUBLIC_KEY_MOST_BYTES = 4096,
	BANNER_TIMEOUT_MS =
		3000, /* an answer that takes longer is from before the boot */
};

static const char key_name[] = "launch-key";
static const char known_hosts_name[] = "known-hosts";

int ssh_make_key(const char *dir, char **ret_public_line, struct error *err)
{
	CLEANUP(freep) char *path = NULL;
	CLEANUP(freep) char *line = NULL;
	const char *const argv[] = { "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C",
		"amiwright", "-f", key_name, NULL };
	const struct proc_spec proc = { .argv = argv, .cwd = dir };

	if (proc_run(&proc, NULL, err) < 0)
		return error_context(err, "make a launch key");
	path = xasprintf("%s/%s.pub", dir, key_name);
	if (file_read_all(path, PUBLIC_KEY_MOST_BYTES, &line, NULL, err) < 0)
		return -1;
	line[strcspn(line, "\n")] = '\0';
	*ret_public_line = TAKE_PTR(line);
	return 0;
}

int ssh_share_key(int from_dir_fd, int to_dir_fd, struct error *err)
{
	if (linkat(from_dir_fd, key_name, to_dir_fd, key_name, 0) < 0)
		return error_errno(err, "share the launch key");
	return 0;
}

int ssh_trust(
	const char *dir, const char *alias, const struct strv *keys, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	CLEANUP(freep) char *path = path_join(dir, known_hosts_name);

	for (size_t i = 0; i < keys->count; i++)
		strbuf_addf(&text, "%s %s\n", alias, keys->items[i]);
	return file_write_all(path, text.data, text.length_bytes, 0600, err);
}

/* ---- the server */

static int connect_to(uint16_t port, int *ret_fd, struct error *err)
{
	CLEANUP(fd_closep)
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };

	if (fd < 0)
		return error_errno(err, "make a socket");
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0 && errno != EINPROGRESS)
		return error_errno(err, "connect to the machine's ssh port");
	*ret_fd = TAKE_FD(fd);
	return 0;
}

/* One connection: *ret_answers true when it brings "SSH-" (RFC 4253, section 4.2). */
static int probe(uint16_t port, struct machine *machine, uint64_t deadline_ms,
	bool *ret_answers, struct error *err)
{
	CLEANUP(fd_closep) int fd = -1;
	char banner[4];
	size_t got = 0;

	if (connect_to(port, &fd, err) < 0)
		return -1;
	while (got < sizeof(banner) && clock_now_ms() < deadline_ms &&
		!machine_has_ended(machine)) {
		ssize_t n;

		if (machine_wait(machine, fd, deadline_ms, err) < 0)
			return -1;
		n = recv(fd, banner + got, sizeof(banner) - got, 0);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n <= 0)
			break;
		got += (size_t)n;
	}
	*ret_answers = got == sizeof(banner) && memcmp(banner, "SSH-", 4) == 0;
	return 0;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

int ssh_await_server(uint16_t port, struct machine *machine, uint64_t deadline_ms,
	bool *ret_answers, struct error *err)
{
	bool answers = false;

	while (!answers && clock_now_ms() < deadline_ms && !machine_has_ended(machine)) {
		uint64_t now_ms = clock_now_ms();
		uint64_t next_ms = earlier(now_ms + SSH_PROBE_MS, deadline_ms);

		if (probe(port, machine, earlier(now_ms + BANNER_TIMEOUT_MS, deadline_ms),
			    &answers, err) < 0)
			return -1;
		while (!answers && clock_now_ms() < next_ms &&
			!machine_has_ended(machine))
			if (machine_wait(machine, -1, next_ms, err) < 0)
				return -1;
	}
	*ret_answers = answers;
	return 0;
}

/* ---- the client */

/* Files are named relative to the directory, which is the client's own: no quoting. */
static void add_client(const struct ssh_target *t, struct strv *argv)
{
	static const char *const options[] = { "BatchMode=yes", "IdentitiesOnly=yes",
		"IdentityAgent=none", "StrictHostKeyChecking=yes",
		"GlobalKnownHostsFile=/dev/null", "CheckHostIP=no", "UpdateHostKeys=no",
		"PreferredAuthentications=publickey", "ConnectTimeout=60",
		"ServerAliveInterval=15", "ServerAliveCountMax=4", "LogLevel=ERROR" };

	STRV_ADD(argv, "ssh", "-F", "none", "-i", key_name, "-p");
	strv_addf(argv, "%u", t->port);
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		STRV_ADD(argv, "-o", options[i]);
	strv_add(argv, "-o");
	strv_addf(argv, "UserKnownHostsFile=%s", known_hosts_name);
	strv_add(argv, "-o");
	strv_addf(argv, "HostKeyAlias=%s", t->alias);
}

int ssh_run_script(const struct ssh_target *target, const char *script,
	uint64_t deadline_ms, struct proc_result *ret, struct error *err)
{
	CLEANUP(strv_releasep) struct strv argv = STRV_INIT;
	struct proc_spec proc = { .cwd = target->dir,
		.input = script,
		.input_bytes = strlen(script),
		.deadline_ms = deadline_ms,
		.any_exit = true };

	add_client(target, &argv);
	STRV_ADD(&argv, "-T", "-l", target->user, "127.0.0.1", "sh -s");
	proc.argv = (const char *const *)argv.items;
	return proc_run(&proc, ret, err);
}

int ssh_run_shell(const struct ssh_target *target, const char *const *words,
	int *ret_exit_code, struct error *err)
{
	CLEANUP(strv_releasep) struct strv argv = STRV_INIT;
	struct proc_spec proc = {
		.cwd = target->dir, .foreground = true, .any_exit = true
	};
	struct proc_result result = { 0 };

	add_client(target, &argv);
	STRV_ADD(&argv, "-l", target->user, "127.0.0.1");
	if (words)
		strv_add_all(&argv, words);
	proc.argv = (const char *const *)argv.items;
	if (proc_run(&proc, &result, err) < 0)
		return -1;
	*ret_exit_code = result.exit_code;
	proc_result_release(&result);
	return 0;
}

char *ssh_command_text(const struct ssh_target *target)
{
	return xasprintf(
		"ssh -i %s/%s -o UserKnownHostsFile=%s/%s -o HostKeyAlias=%s -p %u "
		"%s@127.0.0.1",
		target->dir, key_name, target->dir, known_hosts_name, target->alias,
		target->port, target->user);
}
