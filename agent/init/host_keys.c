/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/host_keys.h"

#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/signal.h>
#include <stdint.h>

#include "init/console.h"
#include "init/host_key_text.h"
#include "init/log.h"
#include "init/process.h"
#include "rt/string.h"
#include "rt/sys.h"
#include "rt/text.h"

#define NEW_DIRECTORY ".ec2-init-keys"

enum { NAME_MOST_BYTES = 64, STDERR = 2 };

static char public_lines[CONFIG_KEY_TYPES_MOST][HOST_KEY_LINE_MOST_BYTES];
static char console_text[2 * CONFIG_KEY_TYPES_MOST * HOST_KEY_LINE_MOST_BYTES];

static void write_name(char to[NAME_MOST_BYTES], size_t type, const char *suffix)
{
	struct text t = text_in(to, NAME_MOST_BYTES);

	text_addf(&t, "ssh_host_%s_key%s", config_key_type_name((enum host_key_type)type),
		suffix);
}

bool host_keys_wanted(const struct config *c)
{
	bool wanted = false;

	for (size_t i = 0; i < CONFIG_KEY_TYPES_MOST; i++)
		wanted |= c->host_key_types[i];
	return wanted;
}

bool host_keys_exist(const struct config *c)
{
	SYS_CLOSE_LATER int dir = file_open_directory(c->ssh_directory, 0);
	char name[NAME_MOST_BYTES];

	for (size_t i = 0; dir >= 0 && i < CONFIG_KEY_TYPES_MOST; i++) {
		write_name(name, i, "");
		if (c->host_key_types[i] && file_exists(dir, name))
			return true;
	}
	return false;
}

static void remove_both(int dir, size_t type)
{
	char name[NAME_MOST_BYTES];

	write_name(name, type, ".pub");
	(void)sys_unlinkat(dir, name, 0);
	write_name(name, type, "");
	(void)sys_unlinkat(dir, name, 0);
}

/* An empty directory for the new keys; what an earlier attempt left in it goes. */
static int make_room(int ssh)
{
	int r = sys_mkdirat(ssh, NEW_DIRECTORY, 0700), room;

	if (r < 0 && r != -EEXIST)
		return r;
	room = sys_openat(ssh, NEW_DIRECTORY, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	for (size_t i = 0; room >= 0 && i < CONFIG_KEY_TYPES_MOST; i++)
		remove_both(room, i);
	return room;
}

static int start_keygen(const struct config *c, size_t type, const char *owner)
{
	static const char *const envp[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
		"HOME=/root", "LC_ALL=C", NULL };
	char name[NAME_MOST_BYTES], comment[NAME_MOST_BYTES + 32];
	char path[FILE_PATH_MOST_BYTES + 2 * NAME_MOST_BYTES];
	struct text p = TEXT_IN(path), t = TEXT_IN(comment);
	const char *const argv[] = { "ssh-keygen", "-q", "-t",
		config_key_type_name((enum host_key_type)type), "-N", "", "-C", comment,
		"-f", path, NULL };

	write_name(name, type, "");
	text_addf(&p, "%s/" NEW_DIRECTORY "/%s", c->ssh_directory, name);
	text_addf(&t, "root@%s", owner);
	return process_start(&(struct process){
		.path = c->ssh_keygen, .argv = argv, .envp = envp, .output = STDERR });
}

/* All at once: they keep one processor each busy. How many were made. */
static unsigned int run_keygens(
	const struct config *c, const char *owner, bool made[CONFIG_KEY_TYPES_MOST])
{
	int pids[CONFIG_KEY_TYPES_MOST];
	unsigned int count = 0;

	for (size_t i = 0; i < CONFIG_KEY_TYPES_MOST; i++)
		pids[i] = c->host_key_types[i] ? start_keygen(c, i, owner) : 0;
	for (size_t i = 0; i < CONFIG_KEY_TYPES_MOST; i++) {
		int code = pids[i] > 0 ? process_wait(pids[i]) : pids[i];

		made[i] = c->host_key_types[i] && code == 0;
		count += made[i];
		if (code != 0)
			log_say("host keys: %s -t %s: exit code %d", c->ssh_keygen,
				config_key_type_name((enum host_key_type)i), code);
	}
	return count;
}

static int move_file(int room, int ssh, const char *name)
{
	SYS_CLOSE_LATER int fd = sys_openat(room, name, O_RDONLY | O_NOFOLLOW, 0);
	int r = fd < 0 ? fd : sys_fsync(fd);

	return r < 0 ? r : sys_renameat(room, name, ssh, name);
}

/* The public half first: where there is a private one, the other is there too. */
static int move_key(int room, int ssh, size_t type)
{
	char name[NAME_MOST_BYTES];
	int r;

	write_name(name, type, ".pub");
	r = move_file(room, ssh, name);
	if (r < 0)
		return r;
	write_name(name, type, "");
	return move_file(room, ssh, name);
}

static void print(int ssh, const bool made[CONFIG_KEY_TYPES_MOST])
{
	const char *lines[CONFIG_KEY_TYPES_MOST];
	struct text t = TEXT_IN(console_text);
	char name[NAME_MOST_BYTES];
	size_t count = 0;

	for (size_t i = 0; i < CONFIG_KEY_TYPES_MOST; i++) {
		write_name(name, i, ".pub");
		if (made[i] && file_read(ssh, name, public_lines[i],
				       sizeof(public_lines[i])) > 0)
			lines[count++] = public_lines[i];
	}
	host_key_blocks(lines, count, &t);
	consoles_write(t.data, t.length_bytes);
}

static bool replace_keys(const struct config *c, int ssh, int room, const char *owner)
{
	bool made[CONFIG_KEY_TYPES_MOST];
	unsigned int count = run_keygens(c, owner, made);
	int r = 0;

	if (!count)
		return false;
	for (size_t i = 0; i < CONFIG_KEY_TYPES_MOST && r >= 0; i++) {
		if (made[i])
			r = move_key(room, ssh, i);
		else
			remove_both(ssh, i);
	}
	(void)sys_unlinkat(ssh, NEW_DIRECTORY, AT_REMOVEDIR);
	if (r >= 0)
		r = sys_fsync(ssh);
	if (r < 0) {
		log_say("host keys: cannot move them to %s: %s", c->ssh_directory,
			text_errno(r));
		return false;
	}
	log_say("host keys: made %u", count);
	print(ssh, made);
	return true;
}

bool host_keys_make(const struct config *c, const char *owner)
{
	SYS_CLOSE_LATER int ssh = file_open_directory(c->ssh_directory, 0);
	SYS_CLOSE_LATER int room = -1;

	if (ssh == -ENOENT) {
		log_note("host keys: no %s, so no sshd", c->ssh_directory);
		return true;
	}
	if (ssh >= 0)
		room = make_room(ssh);
	if (ssh < 0 || room < 0) {
		log_say("host keys: %s: %s", c->ssh_directory,
			text_errno(ssh < 0 ? ssh : room));
		return false;
	}
	return replace_keys(c, ssh, room, owner);
}

void host_keys_reload_sshd(const struct config *c)
{
	char text[64], path[64];
	struct text t = TEXT_IN(path);
	uint64_t pid;

	if (file_read_path(c->sshd_pid_file, text, sizeof(text)) < 0 ||
		!text_number(text, strspn(text, "0123456789"), INT32_MAX, &pid) ||
		pid < 2)
		return;
	/* The file may be older than the boot. */
	text_addf(&t, "/proc/%lu/comm", (unsigned long)pid);
	if (file_read_path(path, text, sizeof(text)) < 0 || strcmp(text, "sshd\n") != 0)
		return;
	if (sys_kill((int)pid, SIGHUP) == 0)
		log_note("host keys: told sshd (%lu) to read them", (unsigned long)pid);
}
