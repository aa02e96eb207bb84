/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/tartree.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "base/proc.h"
#include "base/strv.h"
#include "unit.h"

/* Archives are made by GNU tar, of what a test puts into <scratch>/in. */
static void make_tar(const char *scratch, const char *options)
{
	CLEANUP(strv_releasep) struct strv argv = STRV_INIT;
	CLEANUP(freep) char *words = xstrdup(options);
	struct error err = ERROR_INIT;
	char *save = NULL;

	STRV_ADD(&argv, "tar", "-C", scratch, "-cf", "t.tar");
	for (char *w = strtok_r(words, " ", &save); w; w = strtok_r(NULL, " ", &save))
		strv_add(&argv, w);
	if (proc_run(&(struct proc_spec){ .argv = (const char *const *)argv.items,
			     .cwd = scratch },
		    NULL, &err) < 0)
		fail_msg("%s\n%s", err.msg, err.output);
}

static int read_tar(const char *scratch, struct filetree **ret, struct error *err)
{
	CLEANUP(freep) char *path = path_join(scratch, "t.tar");
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	return tartree_read(fd, "t.tar", scratch, ret, err);
}

static const struct filetree_node *find(const struct filetree *t, const char *path)
{
	uint32_t index = filetree_find(t, path);

	assert_int_not_equal(index, FILETREE_NO_NODE);
	return filetree_node(t, index);
}

static void assert_content(const struct filetree *t, const char *path, const char *text)
{
	uint32_t index = filetree_find(t, path);
	CLEANUP(fd_closep) int fd = -1;
	struct error err = ERROR_INIT;
	char found[64] = "";
	size_t n;

	if (filetree_open_content(t, index, &fd, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(filetree_node(t, index)->size_bytes, strlen(text));
	assert_int_equal(
		fd_pread(fd, found, strlen(text),
			filetree_node(t, index)->content_offset_bytes, &n, path, &err),
		0);
	assert_string_equal(found, text);
}

/* A name that fits into no header of any format. */
static char *long_name(void)
{
	CLEANUP(freep) char *part = xmalloc(201);

	memset(part, 'n', 200);
	part[200] = '\0';
	return xasprintf("in/%s/%s", part, part);
}

static void fill(const char *scratch)
{
	const struct timespec times[2] = { { 0 },
		{ .tv_sec = 1000000000, .tv_nsec = 5000 } };
	CLEANUP(fd_closep) int dir = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP(freep) char *file = path_join(scratch, "in/file");
	CLEANUP(freep) char *name = long_name();
	CLEANUP(freep) char *long_dir = path_dirname(name);

	assert_int_equal(mkdirat(dir, "in", 0755), 0);
	unit_write_file(scratch, "in/file", "some content");
	unit_write_file(scratch, "in/second", "more");
	unit_write_file(scratch, "in/empty", "");
	assert_int_equal(linkat(dir, "in/file", dir, "in/hard", 0), 0);
	assert_int_equal(symlinkat("/no where", dir, "in/link"), 0);
	assert_int_equal(mkfifoat(dir, "in/pipe", 0600), 0);
	assert_int_equal(mkdirat(dir, long_dir, 0700), 0);
	unit_write_file(scratch, name, "deep");
	assert_int_equal(setxattr(file, "user.key", "value", 5, 0), 0);
	assert_int_equal(fchmodat(dir, "in/file", 04711, 0), 0);
	assert_int_equal(utimensat(dir, "in/file", times, 0), 0);
}

static void check_filled(const struct filetree *t, bool pax)
{
	CLEANUP(freep) char *name = long_name();
	const struct filetree_node *n = find(t, "file");

	assert_int_equal(n->mode, S_IFREG | 04711);
	assert_int_equal(n->mtime_s, 1000000000);
	assert_int_equal(n->mtime_ns, pax ? 5000 : 0);
	assert_int_equal(n->uid, getuid());
	assert_int_equal(n->link_count, 2);
	if (pax) {
		assert_int_equal(n->xattr_count, 1);
		assert_string_equal(n->xattrs[0].name, "user.key");
		assert_memory_equal(n->xattrs[0].value, "value", 5);
	}
	assert_content(t, "file", "some content");
	assert_content(t, "second", "more");
	assert_content(t, "empty", "");
	assert_content(t, name + 3, "deep");
	assert_int_equal(find(t, "hard")->hard_link_of, filetree_find(t, "file"));
	assert_content(t, "hard", "some content");
	assert_string_equal(find(t, "link")->target, "/no where");
	assert_true(S_ISFIFO(find(t, "pipe")->mode));
	assert_int_equal(filetree_node(t, 0)->mode, S_IFDIR | 0755);
}

static void every_format_and_compression_is_read(void **state)
{
	static const struct {
		const char *options;
		bool pax;
	} cases[] = {
		{ "--format=pax --xattrs -C in .", true },
		{ "--format=gnu -C in .", false },
		{ "--format=pax --xattrs -z -C in .", true },
		{ "--format=pax --xattrs -J -C in .", true },
		{ "--format=gnu --zstd -C in .", false },
	};

	fill(*state);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(filetree_freep) struct filetree *t = NULL;
		struct error err = ERROR_INIT;

		make_tar(*state, cases[i].options);
		if (read_tar(*state, &t, &err) < 0)
			fail_msg("%s: %s", cases[i].options, err.msg);
		check_filled(t, cases[i].pax);
	}
}

static void a_pipe_will_do(void **state)
{
	CLEANUP(filetree_freep) struct filetree *t = NULL;
	CLEANUP(freep) char *path = path_join(*state, "t.tar");
	CLEANUP(freep) char *bytes = NULL;
	struct error err = ERROR_INIT;
	size_t length;
	int ends[2];

	fill(*state);
	make_tar(*state, "-b1 --format=pax --xattrs -C in .");
	assert_int_equal(file_read_all(path, 1 << 20, &bytes, &length, &err), 0);
	assert_true(length <= 65536); /* fits into the pipe at once */
	assert_int_equal(fd_pipe(ends, &err), 0);
	assert_int_equal(fd_write_all(ends[1], bytes, length, "pipe", &err), 0);
	(void)close(ends[1]);
	if (tartree_read(ends[0], "pipe", *state, &t, &err) < 0)
		fail_msg("%s", err.msg);
	check_filled(t, true);
}

static void holes_have_no_offset(void **state)
{
	CLEANUP(freep) char *holey = path_join(*state, "holey");
	CLEANUP(filetree_freep) struct filetree *t = NULL;
	struct error err = ERROR_INIT;

	unit_write_file(*state, "holey", "");
	assert_int_equal(truncate(holey, 1 << 20), 0);
	make_tar(*state, "--sparse holey");
	assert_int_equal(read_tar(*state, &t, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "'holey' is a sparse member");
}

/* Cut anywhere but in the zeros at the end, the archive is refused, or has fewer members.
 */
static void damage_is_found(void **state)
{
	CLEANUP(freep) char *path = path_join(*state, "t.tar");
	CLEANUP(freep) char *bytes = NULL;
	struct error err = ERROR_INIT;
	size_t length;

	fill(*state);
	make_tar(*state, "-b1 --format=pax --sort=name -C in file second");
	assert_int_equal(file_read_all(path, 1 << 20, &bytes, &length, &err), 0);
	for (size_t cut = 1; cut < length - 1024; cut += 100) {
		struct filetree *t = NULL;

		err = (struct error)ERROR_INIT;
		assert_int_equal(file_write_all(path, bytes, cut, 0600, &err), 0);
		if (read_tar(*state, &t, &err) == 0)
			assert_true(filetree_count(t) < 3);
		else
			unit_assert_error(&err, ERR_FORMAT, "t.tar");
		t = filetree_free(t);
	}
}

static void paths_that_lead_out_are_refused(void **state)
{
	static const struct {
		const char *options, *says;
	} cases[] = {
		{ "-P --transform=s,^in,/in, in/second", "'/in/second'" },
		{ "-P --transform=s,^in,in/.., in/second", "'/in/../second'" },
		{ "-P --transform=s,^in/file$,x,H --no-recursion in in/file in/hard",
			"which does not come before it" },
		{ "in/second in/second in", "'/in/second'" },
		{ "in/second", "'/in/second' stands in no directory" },
	};

	fill(*state);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct filetree *t = NULL;
		struct error err = ERROR_INIT;

		make_tar(*state, cases[i].options);
		if (read_tar(*state, &t, &err) == 0)
			fail_msg("taken: %s", cases[i].options);
		unit_assert_error(&err, ERR_FORMAT, cases[i].says);
	}
}

static void what_is_no_archive_is_refused(void **state)
{
	struct filetree *t = NULL;
	struct error err = ERROR_INIT;

	unit_write_file(
		*state, "t.tar", "this is no archive at all, but a line of text\n");
	assert_int_equal(read_tar(*state, &t, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "t.tar");
	/* An empty file is an archive of nothing, as for tar. */
	unit_write_file(*state, "t.tar", "");
	assert_int_equal(read_tar(*state, &t, &err), 0);
	assert_int_equal(filetree_count(t), 1);
	t = filetree_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(every_format_and_compression_is_read),
		SCRATCH_TEST(a_pipe_will_do),
		SCRATCH_TEST(holes_have_no_offset),
		SCRATCH_TEST(damage_is_found),
		SCRATCH_TEST(paths_that_lead_out_are_refused),
		SCRATCH_TEST(what_is_no_archive_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
