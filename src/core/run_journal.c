/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/run_journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"
#include "core/record.h"

#define JOURNAL_MOST_BYTES ((size_t)64 << 20)

struct run_journal {
	char *path;
	int fd;
	bool is_damaged;
	struct run_past past;
};

static int runs_dir(char **ret, struct error *err)
{
	return path_state_dir("runs", ret, err);
}

/* Another one may have removed it between our open() and our lock. */
static bool still_there(const struct run_journal *j)
{
	struct stat named, locked;

	return stat(j->path, &named) == 0 && fstat(j->fd, &locked) == 0 &&
	       named.st_dev == locked.st_dev && named.st_ino == locked.st_ino;
}

/* A record longer than it may be is the user's doing: a profile, an endpoint. */
static int append(struct run_journal *j, const struct strbuf *text, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf line = STRBUF_INIT;

	if (text->length_bytes > RECORD_MOST_CHARS || strchr(text->data, '\n'))
		return error_set(err, ERR_FORMAT, 0,
			"'%.60s…' is too long for a journal, or not of one line",
			text->data);
	record_add(&line, text->data);
	if (fd_write_all(j->fd, line.data, line.length_bytes, j->path, err) < 0)
		return -1;
	if (fdatasync(j->fd) < 0)
		return error_errno(err, "write the journal '%s'", j->path);
	return 0;
}

/* That the file has its name is as much worth as what it says. */
static int sync_name(const struct run_journal *j, struct error *err)
{
	CLEANUP(freep) char *dir = path_dirname(j->path);
	CLEANUP(fd_closep) int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		return error_errno(err, "write the directory '%s'", dir);
	return 0;
}

/* A `cleanup` that finds the file before we have locked it takes it for dead. */
static int create_locked(struct run_journal *j, const char *dir, struct error *err)
{
	do {
		fd_closep(&j->fd);
		free(j->path);
		run_id_make(j->past.run_id);
		j->path = path_join(dir, j->past.run_id);
		j->fd = open(
			j->path, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
		if (j->fd < 0)
			return error_errno(err, "make the journal '%s'", j->path);
		if (flock(j->fd, LOCK_EX) < 0)
			return error_errno(err, "lock the journal '%s'", j->path);
	} while (!still_there(j));
	return 0;
}

int run_journal_begin(const char *command, const struct run_place *place,
	struct run_journal **ret, struct error *err)
{
	CLEANUP(run_journal_freep) struct run_journal *j = xcalloc(1, sizeof(*j));
	CLEANUP(freep) char *dir = NULL;
	CLEANUP(strbuf_releasep) struct strbuf head = STRBUF_INIT, where = STRBUF_INIT;

	j->fd = -1;
	if (strchr(place->region, ' ') || strchr(place->url, ' ') ||
		strchr(place->account, ' '))
		return error_set(err, ERR_USAGE, 0,
			"the region '%s' or the endpoint '%s' has a blank in it",
			place->region, place->url);
	if (runs_dir(&dir, err) < 0 || create_locked(j, dir, err) < 0)
		return -1;
	j->past.command = xstrdup(command);
	j->past.region = xstrdup(place->region);
	j->past.url = xstrdup(place->url);
	j->past.account = xstrdup(place->account);
	j->past.profile = xstrdup(place->profile);
	run_past_format_head(j->past.run_id, command, &head);
	run_past_format_place(place, &where);
	if (append(j, &head, err) < 0 || append(j, &where, err) < 0 ||
		sync_name(j, err) < 0) {
		(void)unlink(j->path);
		return -1;
	}
	*ret = TAKE_PTR(j);
	return 0;
}

static int read_past(struct run_journal *j, const char *run_id, struct error *err)
{
	CLEANUP(freep) char *text = NULL;
	size_t length, good;

	if (fd_read_all(j->fd, JOURNAL_MOST_BYTES, &text, &length, j->path, err) < 0)
		return error_context(err, "read the journal");
	good = run_past_parse(text, length, &j->past);
	/* What is torn at its end was being written, and the call not yet made. */
	j->is_damaged = good < length && memchr(text + good, '\n', length - good);
	if (good < length && !j->is_damaged && ftruncate(j->fd, (off_t)good) < 0)
		return error_errno(err, "mend the journal '%s'", j->path);
	j->is_damaged |= *j->past.run_id && strcmp(j->past.run_id, run_id) != 0;
	(void)snprintf(j->past.run_id, sizeof(j->past.run_id), "%s", run_id);
	return 0;
}

int run_journal_read_again(struct run_journal *j, struct error *err)
{
	char run_id[RUN_ID_CHARS + 1];

	memcpy(run_id, j->past.run_id, sizeof(run_id));
	if (lseek(j->fd, 0, SEEK_SET) < 0)
		return error_errno(err, "read the journal '%s'", j->path);
	run_past_release(&j->past);
	return read_past(j, run_id, err);
}

int run_journal_take(
	const char *run_id, struct run_journal **ret, bool *ret_alive, struct error *err)
{
	CLEANUP(run_journal_freep) struct run_journal *j = xcalloc(1, sizeof(*j));
	CLEANUP(freep) char *dir = NULL;

	j->fd = -1;
	*ret_alive = false;
	*ret = NULL;
	if (!run_id_is_valid(run_id))
		return 0;
	if (runs_dir(&dir, err) < 0)
		return -1;
	j->path = path_join(dir, run_id);
	j->fd = open(j->path, O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
	if (j->fd < 0 && errno == ENOENT)
		return 0;
	if (j->fd < 0)
		return error_errno(err, "open the journal '%s'", j->path);
	if (flock(j->fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK)
			return error_errno(err, "lock the journal '%s'", j->path);
		*ret_alive = true;
		return 0;
	}
	if (!still_there(j))
		return 0;
	if (read_past(j, run_id, err) < 0)
		return -1;
	*ret = TAKE_PTR(j);
	return 0;
}

int run_journal_list(struct strv *ret_ids, struct error *err)
{
	CLEANUP(freep) char *path = NULL;
	const struct dirent *entry;
	DIR *dir;
	int rc = 0;

	if (runs_dir(&path, err) < 0)
		return -1;
	dir = opendir(path);
	if (!dir)
		return error_errno(err, "read the directory '%s'", path);
	while ((errno = 0, entry = readdir(dir)))
		if (run_id_is_valid(entry->d_name))
			strv_add(ret_ids, entry->d_name);
	if (errno)
		rc = error_errno(err, "read the directory '%s'", path);
	(void)closedir(dir);
	if (ret_ids->count)
		strv_sort(ret_ids);
	return rc;
}

const char *run_journal_id(const struct run_journal *j)
{
	return j->past.run_id;
}

const char *run_journal_path(const struct run_journal *j)
{
	return j->path;
}

const struct run_past *run_journal_past(const struct run_journal *j)
{
	return &j->past;
}

bool run_journal_is_damaged(const struct run_journal *j)
{
	return j->is_damaged;
}

int run_journal_note(
	struct run_journal *j, enum run_act act, const char *what, struct error *err)
{
	struct run_deed deed = { .act = act, .at_s = time(NULL) };
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

	if (!run_past_can_say(what))
		return error_set(err, ERR_FORMAT, 0,
			"'%.60s' cannot be written into a journal", what);
	run_past_format_deed(act, deed.at_s, what, &text);
	if (append(j, &text, err) < 0)
		return -1;
	deed.what = xstrdup(what);
	array_reserve_one((void **)&j->past.deeds, j->past.count, &j->past.room,
		sizeof(*j->past.deeds));
	j->past.deeds[j->past.count++] = deed;
	return 0;
}

int run_journal_end(struct run_journal *j, struct error *err)
{
	if (unlink(j->path) < 0 && errno != ENOENT)
		return error_errno(err, "remove the journal '%s'", j->path);
	return 0;
}

struct run_journal *run_journal_free(struct run_journal *j)
{
	if (!j)
		return NULL;
	fd_closep(&j->fd);
	run_past_release(&j->past);
	free(j->path);
	free(j);
	return NULL;
}
