/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/build_record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <jansson.h>

#include "base/alloc.h"
#include "base/atomic_file.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/keep_newest.h"
#include "base/path.h"
#include "core/manifest.h"

/* The version is raised when a member changes its meaning. */
enum { RECORD_VERSION = 1, RECORD_MOST_BYTES = 64 << 20 };

static const char *const endings[BUILD_FILES] = { "", MANIFEST_ENDING, SPDX_ENDING };

void build_files_release(struct build_files *f)
{
	for (enum build_file i = 0; i < BUILD_FILES; i++)
		free(f->stamps[i]);
	*f = (struct build_files){ 0 };
}

void build_record_release(struct build_record *r)
{
	build_inputs_release(&r->inputs);
	build_files_release(&r->files);
	build_result_release(&r->result);
}

static char *file_path(const char *image, enum build_file file)
{
	return xasprintf("%s%s", image, endings[file]);
}

static int64_t nanoseconds(const struct timespec *t)
{
	return (int64_t)t->tv_sec * 1000000000 + t->tv_nsec;
}

/* Any write to a file shows in this, and any file in its place: no program sets the time
 * of change. */
static char *stamp(const struct stat *st)
{
	return xasprintf("%" PRIu64 " %" PRIu64 " %" PRId64 " %" PRId64,
		(uint64_t)st->st_ino, (uint64_t)st->st_size, nanoseconds(&st->st_mtim),
		nanoseconds(&st->st_ctim));
}

int build_files_stamp(
	const int fds[static BUILD_FILES], struct build_files *ret, struct error *err)
{
	struct stat st[BUILD_FILES];

	for (enum build_file f = 0; f < BUILD_FILES; f++)
		if (fstat(fds[f], &st[f]) < 0)
			return error_errno(err, "look at what was built");
	for (enum build_file f = 0; f < BUILD_FILES; f++)
		ret->stamps[f] = stamp(&st[f]);
	return 0;
}

static bool is_stamp_of(const char *text, const char *path)
{
	CLEANUP(freep) char *now = NULL;
	struct stat st;

	if (stat(path, &st) < 0)
		return false;
	now = stamp(&st);
	return strcmp(now, text) == 0;
}

char *build_files_changed(const struct build_files *files, const char *image)
{
	for (enum build_file f = 0; f < BUILD_FILES; f++) {
		CLEANUP(freep) char *path = file_path(image, f);

		if (!is_stamp_of(files->stamps[f], path))
			return TAKE_PTR(path);
	}
	return NULL;
}

/* Where the record of the image is: one for each file, whatever way leads to it. */
static int find(const char *dir, const char *image, char **ret, struct error *err)
{
	CLEANUP(freep) char *real = realpath(image, NULL);
	manifest_digest hex;

	if (!real)
		return error_errno(err, "find '%s'", image);
	hash_bytes(real, strlen(real), hex);
	*ret = path_join(dir, hex);
	return 0;
}

static void add_inputs(const struct build_inputs *in, struct json *j)
{
	json_object_begin(j, "inputs");
	json_add_string(j, "program", in->program);
	json_add_string(j, "recipe", in->recipe);
	json_add_string(j, "lock", in->lock);
	json_add_string(j, "tree", in->tree);
	json_object_end(j);
}

static void add_files(const struct build_files *files, struct json *j)
{
	json_array_begin(j, "files");
	for (enum build_file f = 0; f < BUILD_FILES; f++)
		json_add_string(j, NULL, files->stamps[f]);
	json_array_end(j);
}

static void add_result(const struct build_result *r, struct json *j)
{
	json_object_begin(j, "result");
	json_add_uint(j, "size_bytes", r->size_bytes);
	json_add_uint(j, "written_bytes", r->written_bytes);
	json_add_string(j, "sha256", r->sha256);
	json_add_string(j, "linear", r->linear);
	json_add_uint(j, "packages", r->package_count);
	json_add_uint(j, "warnings", r->lint.warnings);
	json_add_uint(j, "notes", r->lint.notes);
	json_add_uint(j, "allowed", r->lint.allowed);
	json_add_bool(j, "verified", r->verified);
	json_add_string(j, "manifest", r->manifest);
	json_object_end(j);
}

static int write_text(const char *path, const struct strbuf *text, struct error *err)
{
	CLEANUP(atomic_file_freep) struct atomic_file *file = NULL;
	manifest_digest hex;

	hash_bytes(text->data, text->length_bytes, hex);
	if (atomic_file_create(path, 0644, &file, err) < 0 ||
		fd_write_all(atomic_file_fd(file), hex, strlen(hex), path, err) < 0 ||
		fd_write_all(atomic_file_fd(file), "\n", 1, path, err) < 0 ||
		fd_write_all(atomic_file_fd(file), text->data, text->length_bytes, path,
			err) < 0)
		return -1;
	return atomic_file_commit(file, NULL, err);
}

int build_record_write(const char *dir, const char *image,
	const struct build_inputs *inputs, const struct build_files *files,
	const struct build_result *result, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	CLEANUP(freep) char *path = NULL;
	struct json j = JSON_PRETTY_INIT(&text);

	if (find(dir, image, &path, err) < 0)
		return -1;
	json_object_begin(&j, NULL);
	json_add_uint(&j, "record", RECORD_VERSION);
	add_inputs(inputs, &j);
	add_files(files, &j);
	add_result(result, &j);
	json_object_end(&j);
	if (write_text(path, &text, err) < 0)
		return -1;
	keep_newest(dir, BUILD_RECORDS);
	return 0;
}

/* ---- reading */

static bool take_text(const json_t *from, const char *member, char **to)
{
	const char *text = json_string_value(json_object_get(from, member));

	if (text)
		*to = xstrdup(text);
	return text != NULL;
}

static bool take_digest(const json_t *from, const char *member, manifest_digest to)
{
	const json_t *value = json_object_get(from, member);

	if (json_string_length(value) >= sizeof(manifest_digest) ||
		!json_is_string(value))
		return false;
	memcpy(to, json_string_value(value), json_string_length(value) + 1);
	return true;
}

static bool take_number(const json_t *from, const char *member, uint64_t *to)
{
	const json_t *value = json_object_get(from, member);

	*to = (uint64_t)json_integer_value(value);
	return json_is_integer(value);
}

static bool take_inputs(const json_t *from, struct build_inputs *to)
{
	return take_digest(from, "program", to->program) &&
	       take_digest(from, "recipe", to->recipe) &&
	       take_digest(from, "lock", to->lock) && take_text(from, "tree", &to->tree);
}

static bool take_files(const json_t *from, struct build_files *to)
{
	for (size_t i = 0; i < BUILD_FILES; i++) {
		const char *text = json_string_value(json_array_get(from, i));

		if (!text)
			return false;
		to->stamps[i] = xstrdup(text);
	}
	return true;
}

static bool take_result(const json_t *from, struct build_result *to)
{
	to->verified = json_is_true(json_object_get(from, "verified"));
	return take_number(from, "size_bytes", &to->size_bytes) &&
	       take_number(from, "written_bytes", &to->written_bytes) &&
	       take_text(from, "sha256", &to->sha256) &&
	       take_text(from, "linear", &to->linear) &&
	       take_number(from, "packages", &to->package_count) &&
	       take_number(from, "warnings", &to->lint.warnings) &&
	       take_number(from, "notes", &to->lint.notes) &&
	       take_number(from, "allowed", &to->lint.allowed) &&
	       take_text(from, "manifest", &to->manifest);
}

static bool is_whole(const char *text, size_t length_bytes)
{
	manifest_digest hex;

	if (length_bytes <= SHA256_HEX_CHARS || text[SHA256_HEX_CHARS] != '\n')
		return false;
	hash_bytes(text + SHA256_HEX_CHARS + 1, length_bytes - SHA256_HEX_CHARS - 1, hex);
	return memcmp(text, hex, SHA256_HEX_CHARS) == 0;
}

static bool parse(const char *text, size_t length_bytes, struct build_record *to)
{
	json_auto_t *root = NULL;

	if (!is_whole(text, length_bytes))
		return false;
	root = json_loadb(text + SHA256_HEX_CHARS + 1,
		length_bytes - SHA256_HEX_CHARS - 1, JSON_REJECT_DUPLICATES, NULL);
	return json_integer_value(json_object_get(root, "record")) == RECORD_VERSION &&
	       take_inputs(json_object_get(root, "inputs"), &to->inputs) &&
	       take_files(json_object_get(root, "files"), &to->files) &&
	       take_result(json_object_get(root, "result"), &to->result);
}

bool build_record_read(const char *dir, const char *image, struct build_record *ret)
{
	CLEANUP(build_record_releasep) struct build_record r = BUILD_RECORD_INIT;
	CLEANUP(freep) char *path = NULL;
	CLEANUP(freep) char *text = NULL;
	struct error ignored = ERROR_INIT;
	size_t length;

	if (find(dir, image, &path, &ignored) < 0 ||
		file_read_all(path, RECORD_MOST_BYTES, &text, &length, &ignored) < 0 ||
		!parse(text, length, &r))
		return false;
	*ret = r;
	r = (struct build_record)BUILD_RECORD_INIT;
	return true;
}
