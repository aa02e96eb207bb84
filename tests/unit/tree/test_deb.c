/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/deb.h"

#include <sys/stat.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/remove_tree.h"

#include "unit.h"

/* A member of a data.tar that is made for a test. */
struct member {
	const char *path;
	mode_t type;
	const char *text; /* content, or the target of a link */
	bool hard;
};

static struct archive_entry *entry_of(const struct member *m)
{
	struct archive_entry *e = archive_entry_new();

	archive_entry_set_pathname(e, m->path);
	archive_entry_set_perm(e, m->type == S_IFDIR ? 0755 : 0640);
	archive_entry_set_uid(e, getuid());
	archive_entry_set_gid(e, getgid());
	archive_entry_set_mtime(e, 1000, 0);
	if (m->hard)
		archive_entry_set_hardlink(e, m->text);
	else
		archive_entry_set_filetype(e, m->type);
	if (m->type == S_IFLNK)
		archive_entry_set_symlink(e, m->text);
	if (m->type == S_IFREG && !m->hard)
		archive_entry_set_size(e, (la_int64_t)strlen(m->text));
	return e;
}

static size_t make_tar(const struct member *members, char *buf, size_t room)
{
	struct archive *a = archive_write_new();
	size_t used = 0;

	assert_int_equal(archive_write_set_format_pax_restricted(a), ARCHIVE_OK);
	assert_int_equal(archive_write_add_filter_xz(a), ARCHIVE_OK);
	assert_int_equal(archive_write_open_memory(a, buf, room, &used), ARCHIVE_OK);
	for (; members->path; members++) {
		struct archive_entry *e = entry_of(members);

		assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
		if (members->type == S_IFREG && !members->hard)
			assert_int_equal(archive_write_data(
						 a, members->text, strlen(members->text)),
				strlen(members->text));
		archive_entry_free(e);
	}
	assert_int_equal(archive_write_free(a), ARCHIVE_OK);
	return used;
}

static void add_part(
	struct archive *a, const char *name, const void *bytes, size_t length)
{
	struct archive_entry *e = archive_entry_new();

	archive_entry_set_pathname(e, name);
	archive_entry_set_filetype(e, S_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_size(e, (la_int64_t)length);
	assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
	assert_int_equal(archive_write_data(a, bytes, length), length);
	archive_entry_free(e);
}

static void make_deb(const char *path, const struct member *members)
{
	static const struct member control[] = {
		{ "./control", S_IFREG, "Package: t\nVersion: 1\nArchitecture: all\n",
			false },
		{ "./postinst", S_IFREG, "#!/bin/sh\n", false }, { 0 }
	};
	CLEANUP(freep) char *data = xmalloc(1 << 20);
	CLEANUP(freep) char *meta = xmalloc(1 << 20);
	size_t length = make_tar(members, data, 1 << 20);
	size_t meta_length = make_tar(control, meta, 1 << 20);
	struct archive *a = archive_write_new();

	assert_int_equal(archive_write_set_format_ar_bsd(a), ARCHIVE_OK);
	assert_int_equal(archive_write_open_filename(a, path), ARCHIVE_OK);
	add_part(a, "debian-binary", "2.0\n", 4);
	add_part(a, "control.tar.xz", meta, meta_length);
	add_part(a, "data.tar.xz", data, length);
	assert_int_equal(archive_write_free(a), ARCHIVE_OK);
}

static int fresh_dir(const char *scratch, const char *name)
{
	CLEANUP(freep) char *path = path_join(scratch, name);
	struct error err = ERROR_INIT;

	if (path_exists(path))
		assert_int_equal(remove_tree(path, &err), 0);
	assert_int_equal(mkdir(path, 0755), 0);
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int unpack(const char *scratch, const struct member *members, struct error *err)
{
	CLEANUP(freep) char *deb = path_join(scratch, "t_1_all.deb");
	CLEANUP(deb_releasep) struct deb d = DEB_INIT;
	CLEANUP(fd_closep) int root_fd = fresh_dir(scratch, "root");
	CLEANUP(fd_closep) int stage_fd = fresh_dir(scratch, "stage");
	CLEANUP(place_releasep) struct place p;

	if (members)
		make_deb(deb, members);
	place_init(&p, root_fd);
	if (deb_read(deb, stage_fd, NULL, &d, err) < 0)
		return -1;
	for (size_t i = 0; i < d.entry_count; i++)
		if (deb_place(&d.entries[i], stage_fd, d.entries[i].path, &p, err) < 0)
			return -1;
	return 0;
}

static void assert_holds(const char *scratch, const char *file, const char *text)
{
	CLEANUP(freep) char *path = path_join(scratch, file);
	CLEANUP(freep) char *found = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(file_read_all(path, 1 << 20, &found, NULL, &err), 0);
	assert_string_equal(found, text);
}

static void files_are_unpacked_as_they_were(void **state)
{
	static const struct member members[] = { { "./", S_IFDIR, NULL, false },
		{ "./usr/", S_IFDIR, NULL, false },
		{ "./usr/bin/", S_IFDIR, NULL, false },
		{ "./bin", S_IFLNK, "usr/bin", false },
		{ "./bin/tool", S_IFREG, "run", false },
		{ "./usr/again", S_IFREG, "./bin/tool", true },
		{ "./usr/empty", S_IFREG, "", false }, { 0 } };
	CLEANUP(freep) char *tool = path_join(*state, "root/usr/bin/tool");
	struct error err = ERROR_INIT;
	struct stat st;

	if (unpack(*state, members, &err) < 0)
		fail_msg("%s", err.msg);
	assert_holds(*state, "root/usr/bin/tool", "run");
	assert_holds(*state, "root/usr/again", "run");
	assert_holds(*state, "root/usr/empty", "");
	assert_int_equal(stat(tool, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0640);
	assert_int_equal(st.st_mtime, 1000);
	assert_int_equal(st.st_nlink, 2);
}

static void no_path_leads_out(void **state)
{
	static const struct member cases[][3] = {
		{ { "/abs", S_IFREG, "x", false } },
		{ { "../up", S_IFREG, "x", false } },
		{ { "./a/../../up", S_IFREG, "x", false } },
		{ { "./d", S_IFLNK, "/", false },
			{ "./d/tmp/../../up", S_IFREG, "x", false } },
		{ { "./out", S_IFLNK, "..", false },
			{ "./out/../../up", S_IFREG, "x", false } },
		{ { "./h", S_IFREG, "../secret", true } },
		{ { "./..", S_IFDIR, NULL, false } },
	};

	unit_write_file(*state, "secret", "s");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *up = path_join(*state, "up");
		struct error err = ERROR_INIT;

		assert_int_equal(unpack(*state, cases[i], &err), -1);
		unit_assert_error(&err, ERR_FORMAT, "outside of the tree");
		assert_false(path_exists(up));
		assert_false(path_exists("/abs"));
		assert_false(path_exists("/up"));
	}
}

static void control_files_are_kept(void **state)
{
	static const struct member members[] = { { "./usr/", S_IFDIR, NULL, false },
		{ "./usr/x", S_IFREG, "x", false }, { 0 } };
	CLEANUP(freep) char *file = path_join(*state, "t_1_all.deb");
	CLEANUP(deb_releasep) struct deb d = DEB_INIT;
	CLEANUP(fd_closep) int stage_fd = fresh_dir(*state, "stage");
	struct error err = ERROR_INIT;

	make_deb(file, members);
	assert_int_equal(deb_read(file, stage_fd, NULL, &d, &err), 0);
	assert_int_equal(d.entry_count, 2);
	assert_string_equal(d.entries[0].path, "usr");
	assert_int_equal(d.member_count, 2);
	assert_string_equal(deb_member(&d, "postinst")->bytes, "#!/bin/sh\n");
	assert_int_equal(deb_member(&d, "postinst")->mode, 0640);
	assert_null(deb_member(&d, "preinst"));
}

static void reading_stops_when_it_is_told(void **state)
{
	static const struct member members[] = { { "./x", S_IFREG, "x", false }, { 0 } };
	CLEANUP(freep) char *file = path_join(*state, "t_1_all.deb");
	CLEANUP(deb_releasep) struct deb d = DEB_INIT;
	CLEANUP(fd_closep) int stage_fd = fresh_dir(*state, "stage");
	const atomic_bool stop = true;
	struct error err = ERROR_INIT;

	make_deb(file, members);
	assert_int_equal(deb_read(file, stage_fd, &stop, &d, &err), -1);
	assert_int_equal(err.code, ERR_INTERRUPTED);
}

static void damage_is_found(void **state)
{
	static const struct member members[] = {
		{ "./file", S_IFREG, "some text that takes space", false }, { 0 }
	};
	CLEANUP(freep) char *deb = path_join(*state, "t_1_all.deb");
	CLEANUP(freep) char *whole = NULL;
	struct error err = ERROR_INIT;
	size_t length;

	make_deb(deb, members);
	assert_int_equal(file_read_all(deb, 1 << 20, &whole, &length, &err), 0);
	/* Short of its last byte it lacks only xz's, or ar's, padding. */
	for (size_t cut = 0; cut + 8 < length; cut += 7) {
		err = (struct error)ERROR_INIT;
		assert_int_equal(file_write_all(deb, whole, cut, 0600, &err), 0);
		assert_int_equal(unpack(*state, NULL, &err), -1);
		unit_assert_error(&err, ERR_FORMAT, "t_1_all.deb");
	}
	unit_write_file(*state, "t_1_all.deb", "!<arch>\n");
	assert_int_equal(unpack(*state, NULL, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "no data.tar");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(files_are_unpacked_as_they_were),
		SCRATCH_TEST(no_path_leads_out),
		SCRATCH_TEST(control_files_are_kept),
		SCRATCH_TEST(reading_stops_when_it_is_told),
		SCRATCH_TEST(damage_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
