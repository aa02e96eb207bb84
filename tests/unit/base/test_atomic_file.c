/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/atomic_file.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "unit.h"

static struct atomic_file *create(const char *path, mode_t mode)
{
	struct error err = ERROR_INIT;
	struct atomic_file *f = NULL;

	if (atomic_file_create(path, mode, &f, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(fd_write_all(atomic_file_fd(f), "whole", 5, path, &err), 0);
	return f;
}

static void assert_content(const char *path, const char *content)
{
	CLEANUP(freep) char *data = NULL;
	struct error err = ERROR_INIT;

	if (file_read_all(path, 100, &data, NULL, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(data, content);
}

static void it_appears_when_it_is_whole(void **state)
{
	CLEANUP(freep) char *path = path_join(*state, "out.raw");
	CLEANUP(atomic_file_freep) struct atomic_file *f = create(path, 0640);
	struct error err = ERROR_INIT;
	struct stat st;

	assert_int_equal(unit_count_entries(*state), 0);
	assert_int_equal(atomic_file_commit(f, NULL, &err), 0);
	assert_int_equal(unit_count_entries(*state), 1);
	f = atomic_file_free(f);
	assert_content(path, "whole");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0640);
	assert_int_equal(st.st_nlink, 1);
}

static void it_replaces_in_one_step(void **state)
{
	CLEANUP(freep) char *path = path_join(*state, "out.raw");
	CLEANUP(fd_closep) int old = -1;
	CLEANUP(atomic_file_freep) struct atomic_file *f = NULL;
	struct error err = ERROR_INIT;
	char buf[4] = "";

	unit_write_file(*state, "out.raw", "old");
	old = open(path, O_RDONLY | O_CLOEXEC);
	f = create(path, 0644);
	assert_content(path, "old");
	assert_int_equal(atomic_file_commit(f, NULL, &err), 0);
	assert_content(path, "whole");
	assert_int_equal(read(old, buf, 3), 3);
	assert_string_equal(buf, "old"); /* who had it open still has the old one */
	f = atomic_file_free(f);
	assert_int_equal(unit_count_entries(*state), 1);
}

static void it_may_get_another_name(void **state)
{
	CLEANUP(freep) char *path = path_join(*state, "part");
	CLEANUP(freep) char *other = path_join(*state, "other");
	CLEANUP(atomic_file_freep) struct atomic_file *f = create(path, 0644);
	struct error err = ERROR_INIT;

	assert_int_equal(atomic_file_commit(f, other, &err), 0);
	assert_content(other, "whole");
	assert_false(path_exists(path));
}

static void without_a_commit_the_old_file_stays(void **state)
{
	CLEANUP(freep) char *path = path_join(*state, "out.raw");

	unit_write_file(*state, "out.raw", "old");
	assert_null(atomic_file_free(create(path, 0644)));
	assert_null(atomic_file_free(NULL));
	assert_content(path, "old");
	assert_int_equal(unit_count_entries(*state), 1);
}

static void a_target_that_cannot_be_is_refused_at_once(void **state)
{
	static const struct {
		const char *name;
		enum err_code code;
		const char *message;
	} cases[] = {
		{ "dir", ERR_TARGET, "not a regular file" },
		{ "fifo", ERR_TARGET, "not a regular file" },
		{ "dir/", ERR_TARGET, "not a file's name" },
		{ "missing/out.raw", ERR_SYSTEM, "No such file" },
		{ "file/out.raw", ERR_SYSTEM, "Not a directory" },
	};
	CLEANUP(freep) char *dir = path_join(*state, "dir");
	CLEANUP(freep) char *fifo = path_join(*state, "fifo");

	assert_int_equal(mkdir(dir, 0755), 0);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	unit_write_file(*state, "file", "");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *path = path_join(*state, cases[i].name);
		struct atomic_file *f = NULL;
		struct error err = ERROR_INIT;

		assert_int_equal(atomic_file_create(path, 0644, &f, &err), -1);
		assert_null(f);
		unit_assert_error(&err, cases[i].code, cases[i].message);
		unit_assert_error(&err, cases[i].code, path);
	}
	assert_int_equal(unit_count_entries(*state), 3);
}

static void a_killed_writer_leaves_nothing(void **state)
{
	CLEANUP(freep) char *path = path_join(*state, "out.raw");
	pid_t child = fork();

	if (child == 0) {
		(void)create(path, 0644);
		(void)raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(unit_count_entries(*state), 0);
}

static void a_long_name_leaves_room(void **state)
{
	char name[256] = "";

	memset(name, 'n', 255);
	/* Once new, once replacing. */
	for (int i = 0; i < 2; i++) {
		CLEANUP(freep) char *path = path_join(*state, name);
		CLEANUP(atomic_file_freep) struct atomic_file *f = create(path, 0644);
		struct error err = ERROR_INIT;

		if (atomic_file_commit(f, NULL, &err) < 0)
			fail_msg("%s", err.msg);
	}
	assert_int_equal(unit_count_entries(*state), 1);
}

/* From here on, this process meets file systems that have no O_TMPFILE. */
static void forget_unnamed_files(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 3),
		BPF_STMT(
			BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_TMPFILE & ~O_DIRECTORY, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EOPNOTSUPP),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = ARRAY_SIZE(code), .filter = code };

	assert_int_equal(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	assert_int_equal(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
	assert_int_equal(open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600), -1);
	assert_int_equal(errno, EOPNOTSUPP);
}

static void assert_only_hidden(const char *dir)
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	size_t hidden = 0;

	while ((e = readdir(d)))
		hidden += !strncmp(e->d_name, ".out.raw.", 9) &&
			  strlen(e->d_name) == strlen(".out.raw.XXXXXX.part");
	(void)closedir(d);
	assert_int_equal(hidden, 1);
	assert_int_equal(unit_count_entries(dir), 1);
}

/* Of the group of tests below, all that run in a process without O_TMPFILE. */
static void it_is_hidden_until_it_is_whole(void **state)
{
	CLEANUP(freep) char *path = path_join(*state, "out.raw");
	struct atomic_file *f = create(path, 0640);
	struct error err = ERROR_INIT;
	struct stat st;

	assert_only_hidden(*state);
	f = atomic_file_free(f);
	assert_int_equal(unit_count_entries(*state), 0);
	f = create(path, 0640);
	assert_int_equal(atomic_file_commit(f, NULL, &err), 0);
	f = atomic_file_free(f);
	assert_content(path, "whole");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0640);
	assert_int_equal(unit_count_entries(*state), 1);
}

static int run_without_unnamed_files(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(it_is_hidden_until_it_is_whole),
		SCRATCH_TEST(it_replaces_in_one_step),
		SCRATCH_TEST(it_may_get_another_name),
		SCRATCH_TEST(without_a_commit_the_old_file_stays),
		SCRATCH_TEST(a_target_that_cannot_be_is_refused_at_once),
		SCRATCH_TEST(a_long_name_leaves_room),
	};

	forget_unnamed_files();
	return cmocka_run_group_tests_name("without O_TMPFILE", tests, NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(it_appears_when_it_is_whole),
		SCRATCH_TEST(it_replaces_in_one_step),
		SCRATCH_TEST(it_may_get_another_name),
		SCRATCH_TEST(without_a_commit_the_old_file_stays),
		SCRATCH_TEST(a_target_that_cannot_be_is_refused_at_once),
		SCRATCH_TEST(a_killed_writer_leaves_nothing),
		SCRATCH_TEST(a_long_name_leaves_room),
	};
	int failed;

	(void)umask(022);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	/* Last: there is no way back. */
	return failed + run_without_unnamed_files();
}
