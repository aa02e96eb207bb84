/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/build_target.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/atomic_file.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"
#include "disk/device.h"

enum { FILES_BESIDE = 2 };

struct build_target {
	char *path;
	char *base; /* of what stands beside it; NULL: nothing does */
	const struct build_cloud_spec *cloud; /* or NULL */
	enum image_format format;
	struct atomic_file *file; /* what gets the name; NULL for a device */
	struct atomic_file *raw; /* the raw disk, where `file` is of another format */
	struct atomic_file *beside[FILES_BESIDE];
	size_t beside_count;
	int device_fd;
	struct device_info device;
};

static int open_device(
	struct build_target *t, const struct build_options *o, struct error *err)
{
	if (device_open(t->path, &t->device, &t->device_fd, err) < 0)
		return -1;
	if (o->force)
		return 0;
	if (!o->confirm)
		return error_set(err, ERR_TARGET, 0,
			"all data on %s would be overwritten, and there is no terminal "
			"to ask "
			"at; --force says yes",
			t->device.what);
	return o->confirm(t->device.what, o->userdata, err);
}

/*
 * The file that stands behind the name: a symbolic link is followed and stays. What is
 * neither missing nor a regular file is refused, for it would be replaced: a terminal, a
 * pipe, /dev/null.
 */
static int find_file(const char *path, char **ret_path, struct error *err)
{
	struct stat st;

	if (lstat(path, &st) < 0) {
		if (errno != ENOENT)
			return error_errno(err, "look at '%s'", path);
		*ret_path = xstrdup(path);
		return 0;
	}
	if (stat(path, &st) < 0)
		return error_set(
			err, ERR_TARGET, 0, "'%s' is a symbolic link to nothing", path);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERR_TARGET, 0,
			"'%s' is neither a file nor a block device", path);
	*ret_path = realpath(path, NULL);
	return *ret_path ? 0 : error_errno(err, "find '%s'", path);
}

/* Before anybody takes a raw disk for what its name says. */
static int check_name(const char *path, struct error *err)
{
	const char *ending = image_format_not_made(path);

	if (!strcmp(path, "-"))
		return error_set(err, ERR_TARGET, 0,
			"an image is not written in order, so it cannot go to the "
			"standard output");
	if (ending)
		return error_set(err, ERR_TARGET, 0,
			"'%s': images are made as .raw (or any other name), .qcow2 and "
			".vmdk, and not as %s",
			path, ending);
	return 0;
}

/* Said now rather than when the image is made: files get their names at the end. */
static int check_directory_of(const char *path, const char *what, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf word = STRBUF_INIT;
	CLEANUP(freep) char *dir = path_dirname(path);

	if (access(dir, W_OK | X_OK) == 0)
		return 0;
	if (errno != ENOENT)
		return error_errno(err, "put %s into '%s'", what, dir);
	strbuf_add_shell_word(&word, dir);
	return error_set(err, ERR_TARGET, 0,
		"put %s into '%s': there is no such directory; make it with: mkdir -p %s",
		what, dir, word.data);
}

/* *ret_path, which the caller frees, is the file that is to be. */
static int check_file(const char *path, char **ret_path, struct error *err)
{
	CLEANUP(freep) char *file = NULL;

	if (check_name(path, err) < 0 || find_file(path, &file, err) < 0 ||
		check_directory_of(file, "the image", err) < 0)
		return -1;
	*ret_path = TAKE_PTR(file);
	return 0;
}

static int open_file(struct build_target *t, struct error *err)
{
	CLEANUP(freep) char *path = NULL;

	t->format = image_format_of_name(t->path);
	if (check_file(t->path, &path, err) < 0 ||
		atomic_file_create(path, 0644, &t->file, err) < 0)
		return -1;
	if (t->format == IMAGE_RAW)
		return 0;
	/* Beside the target, where there is room for it, and without a name. */
	return atomic_file_create(path, 0644, &t->raw, err);
}

/* A directory stands for a file in it, named after the recipe. */
static char *target_path(const char *to, const struct stat *st, const struct recipe *r)
{
	CLEANUP(freep) char *name = NULL;

	if (!st || !S_ISDIR(st->st_mode))
		return xstrdup(to);
	name = xasprintf("%s.raw", r->name);
	return path_join(to, name);
}

static int open_cloud(
	struct build_target *t, const struct build_options *o, struct error *err)
{
	CLEANUP(freep) char *dir = NULL;

	t->cloud = o->cloud;
	t->path = xstrdup(o->to);
	if (o->manifest) {
		t->base = xstrdup(o->manifest);
	} else {
		if (path_state_dir("manifests", &dir, err) < 0)
			return -1;
		t->base = path_join(dir, o->run_id);
	}
	return check_directory_of(t->base, "the manifest", err);
}

static int look_at(const char *to, struct stat *ret, bool *ret_exists, struct error *err)
{
	*ret_exists = stat(to, ret) == 0;
	if (!*ret_exists && errno != ENOENT)
		return error_errno(err, "look at '%s'", to);
	return 0;
}

int build_target_check(const struct build_options *options, const struct recipe *recipe,
	struct error *err)
{
	CLEANUP(freep) char *path = NULL;
	CLEANUP(freep) char *file = NULL;
	struct stat st;
	bool exists;

	if (options->cloud)
		return options->manifest ? check_directory_of(
						   options->manifest, "the manifest", err)
					 : 0;
	if (look_at(options->to, &st, &exists, err) < 0)
		return -1;
	if (exists && S_ISBLK(st.st_mode))
		return 0;
	path = target_path(options->to, exists ? &st : NULL, recipe);
	return check_file(path, &file, err);
}

int build_target_open(const struct build_options *options, const struct recipe *recipe,
	struct build_target **ret, struct error *err)
{
	CLEANUP(build_target_freep) struct build_target *t = xcalloc(1, sizeof(*t));
	struct stat st;
	bool exists;

	t->device_fd = -1;
	if (options->cloud) {
		if (open_cloud(t, options, err) < 0)
			return -1;
		*ret = TAKE_PTR(t);
		return 0;
	}
	if (look_at(options->to, &st, &exists, err) < 0)
		return -1;
	t->path = target_path(options->to, exists ? &st : NULL, recipe);
	if (exists && S_ISBLK(st.st_mode)) {
		if (open_device(t, options, err) < 0)
			return -1;
	} else {
		if (open_file(t, err) < 0)
			return -1;
		t->base = xstrdup(t->path);
	}
	*ret = TAKE_PTR(t);
	return 0;
}

const char *build_target_path(const struct build_target *t)
{
	return t->path;
}

const char *build_target_format(const struct build_target *t)
{
	if (t->cloud)
		return t->cloud->makes_image ? "ami" : "snapshot";
	return t->file ? image_format_name(t->format) : "device";
}

const char *build_target_base(const struct build_target *t)
{
	return t->base;
}

uint64_t build_target_device_bytes(const struct build_target *t)
{
	return t->file ? 0 : t->device.size_bytes;
}

int build_target_raw_fd(const struct build_target *t)
{
	if (!t->file)
		return t->device_fd;
	return atomic_file_fd(t->raw ? t->raw : t->file);
}

int build_target_add(struct build_target *t, const char *ending, const char *text,
	size_t length_bytes, struct error *err)
{
	CLEANUP(atomic_file_freep) struct atomic_file *file = NULL;
	CLEANUP(freep) char *path = NULL;

	if (!t->base)
		return 0;
	assert(t->beside_count < FILES_BESIDE);
	path = xasprintf("%s%s", t->base, ending);
	if (atomic_file_create(path, 0644, &file, err) < 0 ||
		fd_write_all(atomic_file_fd(file), text, length_bytes, path, err) < 0)
		return -1;
	t->beside[t->beside_count++] = TAKE_PTR(file);
	return 0;
}

int build_target_finish(struct build_target *t, struct progress *p, struct error *err)
{
	if (t->device_fd >= 0)
		return fsync(t->device_fd) < 0 ? error_errno(err, "write '%s'", t->path)
					       : 0;
	if (t->raw && image_convert(atomic_file_fd(t->raw), atomic_file_fd(t->file),
			      t->format, p, err) < 0)
		return -1;
	for (size_t i = 0; i < t->beside_count; i++)
		if (atomic_file_commit(t->beside[i], NULL, err) < 0)
			return -1;
	return t->file ? atomic_file_commit(t->file, NULL, err) : 0;
}

int build_target_finished_fd(const struct build_target *t, size_t number)
{
	assert(t->file && number <= t->beside_count);
	return atomic_file_fd(number ? t->beside[number - 1] : t->file);
}

int build_target_keep_failed(struct build_target *t, char **ret_path, struct error *err)
{
	CLEANUP(freep) char *path = NULL;

	if (!t->file) {
		*ret_path = NULL;
		return 0;
	}
	path = xasprintf("%s.failed", t->path);
	if (!t->raw) {
		if (atomic_file_commit(t->file, path, err) < 0)
			return -1;
	} else if (atomic_file_commit(t->raw, path, err) < 0) {
		return -1;
	}
	*ret_path = TAKE_PTR(path);
	return 0;
}

struct build_target *build_target_free(struct build_target *t)
{
	if (!t)
		return NULL;
	t->file = atomic_file_free(t->file);
	t->raw = atomic_file_free(t->raw);
	for (size_t i = 0; i < t->beside_count; i++)
		t->beside[i] = atomic_file_free(t->beside[i]);
	fd_closep(&t->device_fd);
	free(t->base);
	free(t->path);
	free(t);
	return NULL;
}
