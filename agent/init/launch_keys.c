/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/launch_keys.h"

#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/stat.h>

#include "init/account.h"
#include "init/key_lines.h"
#include "init/log.h"
#include "rt/string.h"
#include "rt/sys.h"
#include "rt/text.h"

enum {
	LISTING_MOST_BYTES = 16 << 10,
	LAUNCH_MOST_BYTES = 128 << 10, /* all launch keys together */
	KEYS_FILE_MOST_BYTES = 256 << 10, /* what others wrote into the file */
};

static char listing[LISTING_MOST_BYTES];
static char launch_text[LAUNCH_MOST_BYTES];
static char old_text[KEYS_FILE_MOST_BYTES];
static char new_text[KEYS_FILE_MOST_BYTES + LAUNCH_MOST_BYTES];

static enum imds_result fetch_one(
	struct imds *m, const char *index, size_t length, struct text *to)
{
	char path[64];
	struct text t = TEXT_IN(path);
	const char *key;
	size_t bytes;
	enum imds_result result;

	text_addf(&t, "meta-data/public-keys/%.*s/openssh-key", (int)length, index);
	result = imds_get(m, path, &key, &bytes);
	if (result == IMDS_OK) {
		text_add(to, key, strnlen(key, bytes));
		text_add_str(to, "\n");
	}
	return result;
}

/* Lines "0=name" list the keys. Absent: the instance was launched without any. */
static enum imds_result fetch_all(struct imds *m, struct text *to)
{
	const char *value, *line;
	size_t bytes;
	uint64_t number;
	enum imds_result result = imds_get(m, "meta-data/public-keys/", &value, &bytes);

	if (result == IMDS_ABSENT)
		return IMDS_OK;
	if (result != IMDS_OK)
		return result;
	bytes = strnlen(value, bytes);
	if (bytes >= sizeof(listing))
		bytes = sizeof(listing) - 1;
	memcpy(listing, value, bytes);
	listing[bytes] = '\0';
	for (line = listing; *line && result == IMDS_OK; line += *line == '\n') {
		size_t length = strcspn(line, "=\n");

		if (text_number(line, length, UINT32_MAX, &number))
			result = fetch_one(m, line, length, to);
		else if (length)
			log_note("public-keys has a line that names no key");
		if (result == IMDS_ABSENT)
			result = IMDS_OK;
		line += strcspn(line, "\n");
	}
	return result;
}

static bool find_user(const char *name, struct account *ret)
{
	static char passwd[PASSWD_MOST_BYTES];
	long r = file_read_path("/etc/passwd", passwd, sizeof(passwd));

	if (r < 0)
		log_say("launch keys: cannot read /etc/passwd: %s", text_errno(r));
	else if (!account_find(passwd, name, ret))
		log_say("launch keys: no user '%s' with a home in /etc/passwd", name);
	else
		return true;
	return false;
}

static bool belongs_to(int fd, const struct account *user, unsigned int *ret_uid)
{
	struct statx st;

	if (sys_statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &st) < 0)
		return false;
	*ret_uid = st.stx_uid;
	return st.stx_uid == user->owner.uid || st.stx_uid == 0;
}

/* ~/.ssh as sshd wants it: the user's own, 0700. A descriptor; -1: it was said why. */
static int open_ssh_directory(const struct account *user)
{
	char path[FILE_PATH_MOST_BYTES + sizeof("/.ssh")];
	struct text t = TEXT_IN(path);
	SYS_CLOSE_LATER int home = file_open_directory(user->home, 0);
	SYS_CLOSE_LATER int ssh = -1;
	unsigned int uid = 0;
	int r, result;

	if (home < 0) {
		log_say("launch keys: home %s: %s", user->home, text_errno(home));
		return -1;
	}
	if (!belongs_to(home, user, &uid)) {
		log_say("launch keys: home %s belongs to user %u", user->home, uid);
		return -1;
	}
	r = sys_mkdirat(home, ".ssh", 0700);
	if (r == 0)
		r = sys_fsync(home);
	if (r < 0 && r != -EEXIST) {
		log_say("launch keys: cannot make %s/.ssh: %s", user->home,
			text_errno(r));
		return -1;
	}
	text_addf(&t, "%s/.ssh", user->home);
	ssh = file_open_directory(path, 0);
	if (ssh < 0) {
		log_say("launch keys: %s: %s", path, text_errno(ssh));
		return -1;
	}
	if (!belongs_to(ssh, user, &uid)) {
		log_say("launch keys: %s belongs to user %u", path, uid);
		return -1;
	}
	r = sys_fchown(ssh, user->owner.uid, user->owner.gid);
	if (r == 0)
		r = sys_fchmod(ssh, 0700);
	if (r < 0) {
		log_say("launch keys: owner and mode of %s: %s", path, text_errno(r));
		return -1;
	}
	result = ssh;
	ssh = -1;
	return result;
}

/*
 * What stands in the file now. Root reads here what ends in a file of the user's: a hard
 * link to a file that he cannot read himself would give it to him.
 */
static bool read_old(int ssh, const struct account *user)
{
	struct statx st;
	long r = sys_statx(
		ssh, "authorized_keys", AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &st);

	old_text[0] = '\0';
	if (r == -ENOENT)
		return true;
	if (r == 0 && sys_is_link(st.stx_mode))
		r = -ELOOP;
	if (r == 0 && (st.stx_nlink != 1 ||
			      (st.stx_uid != user->owner.uid && st.stx_uid != 0))) {
		log_say("launch keys: authorized_keys of '%s' has %u links and belongs "
			"to "
			"user %u: it is left alone",
			user->home, st.stx_nlink, st.stx_uid);
		return false;
	}
	if (r == 0)
		r = file_read(ssh, "authorized_keys", old_text, sizeof(old_text));
	if (r < 0)
		log_say("launch keys: %s/.ssh/authorized_keys: %s", user->home,
			text_errno(r));
	return r >= 0;
}

static bool install(const struct config *c, const struct account *user)
{
	struct text t = TEXT_IN(new_text);
	struct key_lines_count count;
	SYS_CLOSE_LATER int ssh = open_ssh_directory(user);
	int r;

	if (ssh < 0 || !read_old(ssh, user))
		return false;
	count = key_lines_merge(old_text, launch_text, &t);
	if (count.refused)
		log_say("launch keys: %u are no ssh keys and are left out",
			count.refused);
	if (t.cut) {
		log_say("launch keys: authorized_keys would be too large");
		return false;
	}
	if (strcmp(old_text, new_text) != 0) {
		r = file_replace(ssh, "authorized_keys", t.data, t.length_bytes, 0600,
			user->owner);
		if (r < 0) {
			log_say("launch keys: cannot write %s/.ssh/authorized_keys: %s",
				user->home, text_errno(r));
			return false;
		}
	}
	log_say("launch keys: %u for '%s'", count.written + count.present, c->user);
	return count.refused == 0;
}

bool launch_keys_install(const struct config *c, struct imds *m)
{
	struct text t = TEXT_IN(launch_text);
	struct account user;
	enum imds_result result = fetch_all(m, &t);

	if (result != IMDS_OK) {
		log_say("launch keys: %s", m->trouble);
		return false;
	}
	if (t.cut) {
		log_say("launch keys: more than %d bytes of them", LAUNCH_MOST_BYTES);
		return false;
	}
	return find_user(c->user, &user) && install(c, &user);
}
