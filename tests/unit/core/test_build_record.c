/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/build_record.h"

#include <sys/stat.h>
#include <time.h>

#include "unit.h"

/* An image with its record; paths in the scratch directory. */
struct scene {
	char *records, *image;
	struct build_inputs inputs;
	struct build_files files;
	struct build_result result;
};

static void scene_releasep(struct scene *s)
{
	free(s->records);
	free(s->image);
	build_inputs_release(&s->inputs);
	build_files_release(&s->files);
	build_result_release(&s->result);
}

static void write_record(const struct scene *s)
{
	struct error err = ERROR_INIT;

	if (build_record_write(
		    s->records, s->image, &s->inputs, &s->files, &s->result, &err) < 0)
		fail_msg("%s", err.msg);
}

/* As a build has them open when it is done. */
static void stamp_files(struct scene *s)
{
	static const char *const endings[] = { "", ".manifest.json", ".spdx.json" };
	struct error err = ERROR_INIT;
	int fds[BUILD_FILES];

	for (size_t i = 0; i < BUILD_FILES; i++) {
		CLEANUP(freep) char *path = xasprintf("%s%s", s->image, endings[i]);

		fds[i] = open(path, O_RDONLY | O_CLOEXEC);
		assert_true(fds[i] >= 0);
	}
	assert_int_equal(build_files_stamp(fds, &s->files, &err), 0);
	for (size_t i = 0; i < BUILD_FILES; i++)
		(void)close(fds[i]);
}

static struct scene set_scene(const char *scratch)
{
	struct scene s = {
		.records = path_join(scratch, "records"),
		.image = path_join(scratch, "x.raw"),
		.inputs = { .program = "aa",
			.recipe = "bb",
			.lock = "",
			.tree = xstrdup("tool 1\nlist 2\n") },
		.result = { .size_bytes = UINT64_C(1) << 40,
			.written_bytes = 3,
			.sha256 = xstrdup("00ff"),
			.linear = xstrdup("AP8="),
			.manifest = xstrdup("{\"a\": \"\\n\"}\n"),
			.package_count = 7,
			.lint = { 1, 2, 3 },
			.verified = true },
	};

	assert_int_equal(mkdir(s.records, 0755), 0);
	unit_write_file(scratch, "x.raw", "disk");
	unit_write_file(scratch, "x.raw.manifest.json", "{}");
	unit_write_file(scratch, "x.raw.spdx.json", "{}");
	stamp_files(&s);
	write_record(&s);
	return s;
}

static void what_is_written_is_read(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	CLEANUP(build_record_releasep) struct build_record r = BUILD_RECORD_INIT;

	assert_true(build_record_read(s.records, s.image, &r));
	assert_null(build_inputs_compare(&r.inputs, &s.inputs));
	assert_string_equal(r.inputs.tree, s.inputs.tree);
	assert_int_equal(r.result.size_bytes, s.result.size_bytes);
	assert_int_equal(r.result.written_bytes, s.result.written_bytes);
	assert_string_equal(r.result.sha256, s.result.sha256);
	assert_string_equal(r.result.linear, s.result.linear);
	assert_string_equal(r.result.manifest, s.result.manifest);
	assert_int_equal(r.result.package_count, 7);
	assert_memory_equal(&r.result.lint, &s.result.lint, sizeof(s.result.lint));
	assert_true(r.result.verified);
	assert_null(build_files_changed(&r.files, s.image));
}

static void not_verified_stays_so(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	CLEANUP(build_record_releasep) struct build_record r = BUILD_RECORD_INIT;

	s.result.verified = false;
	write_record(&s);
	assert_true(build_record_read(s.records, s.image, &r));
	assert_false(r.result.verified);
}

static void write_over(const char *path)
{
	CLEANUP(fd_closep) int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_int_equal(pwrite(fd, "x", 1, 0), 1);
}

static void append(const char *path)
{
	CLEANUP(fd_closep) int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

	assert_int_equal(write(fd, "x", 1), 1);
}

static void remove_it(const char *path)
{
	assert_int_equal(unlink(path), 0);
}

/* The same content, and dated as the one before it. */
static void replace(const char *path)
{
	CLEANUP(freep) char *text = NULL;
	struct error err = ERROR_INIT;
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(file_read_all(path, 100, &text, NULL, &err), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(file_write_all(path, text, strlen(text), 0644, &err), 0);
	assert_int_equal(utimensat(AT_FDCWD, path,
				 (struct timespec[]){ st.st_mtim, st.st_mtim }, 0),
		0);
}

/* Other content, and dated as before. */
static void write_over_and_back_date(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	write_over(path);
	assert_int_equal(utimensat(AT_FDCWD, path,
				 (struct timespec[]){ st.st_mtim, st.st_mtim }, 0),
		0);
}

/* The clock of file systems ticks a hundred times a second or so. */
static void wait_for_another_time(const char *scratch)
{
	CLEANUP(freep) char *probe = path_join(scratch, "probe");
	struct stat first, now;

	unit_write_file(scratch, "probe", "");
	assert_int_equal(stat(probe, &first), 0);
	do {
		unit_write_file(scratch, "probe", "");
		assert_int_equal(stat(probe, &now), 0);
	} while (now.st_ctim.tv_nsec == first.st_ctim.tv_nsec &&
		 now.st_ctim.tv_sec == first.st_ctim.tv_sec);
}

static void any_change_of_a_file_is_seen(void **state)
{
	static void (*const changes[])(const char *path) = { write_over, append,
		remove_it, replace, write_over_and_back_date };
	static const char *const names[] = { "x.raw", "x.raw.manifest.json",
		"x.raw.spdx.json" };

	for (size_t i = 0; i < ARRAY_SIZE(changes) * ARRAY_SIZE(names); i++) {
		CLEANUP(freep) char *scratch = xasprintf("%s/%zu", (char *)*state, i);
		CLEANUP(scene_releasep) struct scene s = { 0 };
		CLEANUP(build_record_releasep) struct build_record r = BUILD_RECORD_INIT;
		CLEANUP(freep) char *path = path_join(scratch, names[i % 3]);
		CLEANUP(freep) char *changed = NULL;

		assert_int_equal(mkdir(scratch, 0755), 0);
		s = set_scene(scratch);
		wait_for_another_time(scratch);
		if (!build_record_read(s.records, s.image, &r))
			fail_msg("case %zu: it is not read", i);
		changes[i / 3](path);
		changed = build_files_changed(&r.files, s.image);
		if (!changed || strcmp(changed, path) != 0)
			fail_msg("case %zu: changed is %s", i, changed);
	}
}

static char *record_path(const struct scene *s)
{
	DIR *d = opendir(s->records);
	const struct dirent *e;
	char *path = NULL;

	assert_non_null(d);
	while ((e = readdir(d)))
		if (e->d_name[0] != '.')
			path = path_join(s->records, e->d_name);
	(void)closedir(d);
	assert_non_null(path);
	return path;
}

/* Any byte of it, and where it ends. */
static void damaged_ones_are_as_good_as_missing(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	CLEANUP(freep) char *path = record_path(&s);
	CLEANUP(freep) char *text = NULL;
	struct error err = ERROR_INIT;
	size_t length;

	assert_int_equal(file_read_all(path, 1 << 20, &text, &length, &err), 0);
	for (size_t i = 0; i < 2 * length; i++) {
		CLEANUP(build_record_releasep) struct build_record r = BUILD_RECORD_INIT;
		const size_t at = i / 2;

		text[at] ^= 1;
		assert_int_equal(
			file_write_all(path, text, i % 2 ? length : at, 0644, &err), 0);
		text[at] ^= 1;
		if (build_record_read(s.records, s.image, &r))
			fail_msg("it is read with byte %zu %s", at,
				i % 2 ? "changed" : "missing");
	}
}

/* The digest is right, what it is of is not. */
static void strange_ones_are_as_good_as_missing(void **state)
{
	static const char *const texts[] = { "", "{}", "[]", "{\"record\": 1}",
		"{\"record\": 1, \"inputs\": 7, \"files\": [], \"result\": null}" };
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	CLEANUP(freep) char *path = record_path(&s);
	struct error err = ERROR_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		CLEANUP(build_record_releasep) struct build_record r = BUILD_RECORD_INIT;
		CLEANUP(freep) char *text = NULL;
		manifest_digest hex;

		hash_bytes(texts[i], strlen(texts[i]), hex);
		text = xasprintf("%s\n%s", hex, texts[i]);
		assert_int_equal(file_write_all(path, text, strlen(text), 0644, &err), 0);
		assert_false(build_record_read(s.records, s.image, &r));
	}
}

static void one_is_kept_for_each_image(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);
	CLEANUP(build_record_releasep) struct build_record r = BUILD_RECORD_INIT;
	CLEANUP(build_record_releasep) struct build_record other = BUILD_RECORD_INIT;
	CLEANUP(freep) char *around = xasprintf("%s/records/../x.raw", (char *)*state);
	CLEANUP(freep) char *missing = path_join(*state, "y.raw");

	write_record(&s);
	assert_int_equal(unit_count_entries(s.records), 1);
	assert_true(build_record_read(s.records, around, &r));
	assert_false(build_record_read(s.records, missing, &other));
	unit_write_file(*state, "y.raw", "disk");
	assert_false(build_record_read(s.records, missing, &other));
}

static void there_are_not_too_many(void **state)
{
	CLEANUP(scene_releasep) struct scene s = set_scene(*state);

	for (int i = 0; i < BUILD_RECORDS + 5; i++) {
		CLEANUP(freep) char *name = xasprintf("%d", i);

		unit_write_file(s.records, name, "");
	}
	write_record(&s);
	assert_int_equal(unit_count_entries(s.records), BUILD_RECORDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(what_is_written_is_read),
		SCRATCH_TEST(not_verified_stays_so),
		SCRATCH_TEST(any_change_of_a_file_is_seen),
		SCRATCH_TEST(damaged_ones_are_as_good_as_missing),
		SCRATCH_TEST(strange_ones_are_as_good_as_missing),
		SCRATCH_TEST(one_is_kept_for_each_image),
		SCRATCH_TEST(there_are_not_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
