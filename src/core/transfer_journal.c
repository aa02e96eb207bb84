/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/transfer_journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
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

#define JOURNAL_MOST_BYTES ((size_t)2 << 30) /* some 10 TiB of data */

struct transfer_journal {
	char *path;
	int fd;
	struct transfer_past past;
};

static char *journal_name(const char *key)
{
	char hex[SHA256_HEX_CHARS + 1];

	hash_bytes(key, strlen(key), hex);
	return xstrndup(hex, 32);
}

static int open_locked(
	struct transfer_journal *j, const struct transfer_kind *kind, struct error *err)
{
	do {
		fd_closep(&j->fd);
		j->fd = open(j->path,
			O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (j->fd < 0)
			return error_errno(err, "open the journal '%s'", j->path);
		if (flock(j->fd, LOCK_EX | LOCK_NB) == 0)
			continue;
		if (errno != EWOULDBLOCK)
			return error_errno(err, "lock the journal '%s'", j->path);
		return error_set(err, ERR_TARGET, 0,
			"another amiwright is %s; its journal is '%s'", kind->doing,
			j->path);
		/* Another one may have removed it between our open() and our lock. */
	} while (!path_is_of(j->path, j->fd));
	return 0;
}

static int read_past(struct transfer_journal *j, struct error *err)
{
	CLEANUP(freep) char *text = NULL;
	size_t length, good;

	if (fd_read_all(j->fd, JOURNAL_MOST_BYTES, &text, &length, j->path, err) < 0)
		return error_context(err, "read the journal");
	good = transfer_past_parse(text, length, &j->past);
	if (good < length && ftruncate(j->fd, (off_t)good) < 0)
		return error_errno(err, "mend the journal '%s'", j->path);
	return 0;
}

int transfer_journal_open(const struct transfer_kind *kind, const char *key,
	struct transfer_journal **ret, struct error *err)
{
	CLEANUP(transfer_journal_freep)
	struct transfer_journal *j = xcalloc(1, sizeof(*j));
	CLEANUP(freep) char *dir = NULL;
	CLEANUP(freep) char *name = journal_name(key);

	j->fd = -1;
	if (path_state_dir(kind->directory, &dir, err) < 0)
		return -1;
	j->path = path_join(dir, name);
	if (open_locked(j, kind, err) < 0 || read_past(j, err) < 0)
		return -1;
	*ret = TAKE_PTR(j);
	return 0;
}

struct transfer_journal *transfer_journal_free(struct transfer_journal *j)
{
	struct stat st;

	if (!j)
		return NULL;
	/* One that says nothing is of no use to anybody. */
	if (j->fd >= 0 && fstat(j->fd, &st) == 0 && st.st_size == 0 && st.st_nlink)
		(void)unlink(j->path);
	fd_closep(&j->fd);
	transfer_past_release(&j->past);
	free(j->path);
	free(j);
	return NULL;
}

const struct transfer_past *transfer_journal_past(const struct transfer_journal *j)
{
	return &j->past;
}

const char *transfer_journal_path(const struct transfer_journal *j)
{
	return j->path;
}

bool transfer_journal_is_of(
	const struct transfer_journal *j, const struct transfer_file *f)
{
	const struct transfer_file *past = &j->past.file;

	return past->size_bytes == f->size_bytes && past->modified_ns == f->modified_ns &&
	       past->changed_ns == f->changed_ns;
}

static int append(struct transfer_journal *j, const char *record, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf line = STRBUF_INIT;

	record_add(&line, record);
	return fd_write_all(j->fd, line.data, line.length_bytes, j->path, err);
}

static int sync_journal(struct transfer_journal *j, struct error *err)
{
	if (fsync(j->fd) < 0)
		return error_errno(err, "write the journal '%s'", j->path);
	return 0;
}

int transfer_journal_begin(struct transfer_journal *j, const struct transfer_file *file,
	const char *token, struct error *err)
{
	const int64_t now_s = time(NULL);
	CLEANUP(freep)
	char *first = xasprintf("amiwright-transfer 1 %" PRIu64 " %" PRId64 " %" PRId64,
		file->size_bytes, file->modified_ns, file->changed_ns);
	CLEANUP(freep) char *start = xasprintf("start %s %" PRId64, token, now_s);

	if (ftruncate(j->fd, 0) < 0)
		return error_errno(err, "begin the journal '%s'", j->path);
	transfer_past_release(&j->past);
	/* That the file has its name is as much worth as what it says. */
	if (append(j, first, err) < 0 || append(j, start, err) < 0 ||
		sync_journal(j, err) < 0 || path_sync_directory_of(j->path, err) < 0)
		return -1;
	j->past.file = *file;
	(void)snprintf(j->past.token, sizeof(j->past.token), "%s", token);
	j->past.begun_at_s = now_s;
	return 0;
}

int transfer_journal_snapshot(
	struct transfer_journal *j, const char *snapshot_id, struct error *err)
{
	CLEANUP(freep) char *record = xasprintf("snapshot %s", snapshot_id);

	if (append(j, record, err) < 0)
		return -1;
	(void)snprintf(
		j->past.snapshot_id, sizeof(j->past.snapshot_id), "%s", snapshot_id);
	return sync_journal(j, err);
}

int transfer_journal_block(struct transfer_journal *j, uint64_t index,
	const uint8_t digest[static SHA256_BYTES], struct error *err)
{
	char hex[SHA256_HEX_CHARS + 1];
	CLEANUP(freep) char *record = NULL;

	hash_format_hex(digest, hex);
	record = xasprintf("block %" PRIu64 " %s", index, hex);
	return append(j, record, err);
}

int transfer_journal_completing(struct transfer_journal *j, struct error *err)
{
	if (append(j, "completing", err) < 0)
		return -1;
	return sync_journal(j, err);
}

int transfer_journal_remove(struct transfer_journal *j, struct error *err)
{
	if (unlink(j->path) < 0)
		return error_errno(err, "remove the journal '%s'", j->path);
	return 0;
}
