/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/chroot.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include "base/sandbox.h"
#include "unit.h"

/*
 * A tree in which one program runs: /sh, this machine's own busybox-like shell would need
 * libraries, so the tree is this machine's "/" with bind mounts: usr, and links to it.
 */
struct scene {
	const char *scratch;
	int (*act)(struct chroot *c, const char *root, struct strbuf *result,
		struct error *err);
};

static int make_tree(const char *root, struct error *err)
{
	static const char *const links[] = { "bin", "sbin", "lib", "lib64" };
	CLEANUP(freep) char *usr = path_join(root, "usr");

	if (path_make_dirs(usr, 0755, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		CLEANUP(freep) char *link = path_join(root, links[i]);
		CLEANUP(freep) char *target = path_join("usr", links[i]);

		if (symlink(target, link) < 0)
			return error_errno(err, "link");
	}
	return 0;
}

static int inside(
	void *userdata, struct progress *p, struct strbuf *result, struct error *err)
{
	const struct scene *s = userdata;
	CLEANUP(freep) char *root = path_join(s->scratch, "root");
	CLEANUP(freep) char *tmp = path_join(s->scratch, "tmp");
	CLEANUP(chroot_freep) struct chroot *c = NULL;

	if (make_tree(root, err) < 0 || path_make_dirs(tmp, 0755, err) < 0 ||
		chroot_new(root, tmp, p, &c, err) < 0 ||
		chroot_bind(c, "/usr", "usr", err) < 0)
		return -1;
	return s->act(c, root, result, err);
}

static int run_scene(const struct scene *s, struct strbuf *result, struct error *err)
{
	return sandbox_run(inside, (void *)s, NULL, result, err);
}

static int sh(
	struct chroot *c, const char *text, struct strbuf *result, struct error *err)
{
	const char *const argv[] = { "/bin/sh", "-euc", text, NULL };
	CLEANUP(freep) char *out = NULL;

	if (chroot_capture(c, &(struct chroot_command){ .argv = argv }, &out, err) < 0)
		return -1;
	strbuf_add_str(result, out);
	return 0;
}

static int look_around(
	struct chroot *c, const char *root, struct strbuf *result, struct error *err)
{
	(void)root;
	return sh(c,
		"echo x >/dev/null; head -c3 /dev/zero | wc -c; head -c4 /dev/urandom | "
		"wc -c;"
		"test -e /dev/ptmx && echo ptmx; test -d /sys/class && echo sys;"
		"test -z \"$(ls -A /sys/firmware 2>/dev/null)\" && echo no firmware;"
		"grep -q ' /sys [^ ]* ro,' /proc/self/mounts && echo sys is read-only;"
		"read -r pid rest </proc/self/stat; test \"$pid\" -gt 1 && echo proc;"
		"stat -c %a /tmp /dev/shm; ls -A /run; pwd; id -u; env | sort | grep -v "
		"^_=",
		result, err);
}

static void programs_find_what_they_expect(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf out = STRBUF_INIT;
	struct error err = ERROR_INIT;

	assert_int_equal(setenv("SECRET_OF_THE_CALLER", "x", 1), 0);
	if (run_scene(&(struct scene){ *state, look_around }, &out, &err) < 0)
		fail_msg("%s\n%s", err.msg, err.output);
	assert_string_equal(out.data,
		"3\n4\nptmx\nsys\nno firmware\nsys is read-only\nproc\n1777\n1777\n"
		"amiwright\nlock\nsystemd\n/\n0\n"
		"HOME=/root\nLC_ALL=C.UTF-8\nLOGNAME=root\n"
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
		"PWD=/\nSHELL=/bin/"
		"sh\nSYSTEMD_OFFLINE=1\nTERM=dumb\nTZ=UTC\nUSER=root\n");
}

static int leave_traces(
	struct chroot *c, const char *root, struct strbuf *result, struct error *err)
{
	static const char *const dirs[] = { "dev", "proc", "run", "sys", "tmp" };

	if (sh(c, "echo x | tee /run/x /tmp/x /dev/shm/x /run/amiwright/x", result, err) <
			0 ||
		chroot_unmount(c, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		CLEANUP(freep) char *dir = path_join(root, dirs[i]);

		if (unit_count_entries(dir) > 0)
			return error_set(
				err, ERR_FORMAT, 0, "something is left in /%s", dirs[i]);
	}
	return 0;
}

static void nothing_is_left_in_the_tree(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf out = STRBUF_INIT;
	struct error err = ERROR_INIT;

	if (run_scene(&(struct scene){ *state, leave_traces }, &out, &err) < 0)
		fail_msg("%s\n%s", err.msg, err.output);
}

/* A daemon in a session of its own, which says when it is, and keeps our pipe open. */
static int leave_a_daemon(
	struct chroot *c, const char *root, struct strbuf *result, struct error *err)
{
	(void)root;
	if (sh(c,
		    "mkfifo /tmp/f; setsid -f sh -c 'echo up >/tmp/f; exec sleep 1000';"
		    "read -r up </tmp/f; echo $up",
		    result, err) < 0)
		return -1;
	return sh(c, "grep -lszx 1000 /proc/[0-9]*/cmdline || echo none", result, err);
}

static void nothing_runs_on(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf out = STRBUF_INIT;
	struct error err = ERROR_INIT;

	if (run_scene(&(struct scene){ *state, leave_a_daemon }, &out, &err) < 0)
		fail_msg("%s\n%s", err.msg, err.output);
	assert_string_equal(out.data, "up\nnone\n");
}

static int fail_there(
	struct chroot *c, const char *root, struct strbuf *result, struct error *err)
{
	(void)root;
	return sh(c, "echo oh dear >&2; exit 42", result, err);
}

static void failures_come_with_their_output(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf out = STRBUF_INIT;
	struct error err = ERROR_INIT;

	assert_int_equal(
		run_scene(&(struct scene){ *state, fail_there }, &out, &err), -1);
	unit_assert_error(&err, ERR_CHILD, "exit code 42");
	assert_int_equal(err.detail, 42);
	assert_string_equal(err.output, "oh dear\n");
}

static int fill_the_disk(
	struct chroot *c, const char *root, struct strbuf *result, struct error *err)
{
	(void)root;
	return sh(c, "head -c 2m /dev/zero >/dev/file", result, err); /* /dev has 1 MiB */
}

static void a_full_disk_is_told_from_other_failures(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf out = STRBUF_INIT;
	struct error err = ERROR_INIT;

	assert_int_equal(
		run_scene(&(struct scene){ *state, fill_the_disk }, &out, &err), -1);
	unit_assert_error(&err, ERR_SPACE, "No space left on device");
}

static int run_a_put_file(
	struct chroot *c, const char *root, struct strbuf *result, struct error *err)
{
	static const char text[] = "#!/bin/sh\necho \"$0 $WORD\"\n";
	CLEANUP(freep) char *path = NULL;
	CLEANUP(freep) char *out = NULL;
	const char *const env[] = { "WORD=word", NULL };
	const char *argv[2] = { NULL };

	(void)root;
	if (chroot_put(c, "script", text, sizeof(text) - 1, &path, err) < 0)
		return -1;
	argv[0] = path;
	if (chroot_capture(c, &(struct chroot_command){ .argv = argv, .env = env }, &out,
		    err) < 0)
		return -1;
	strbuf_add_str(result, out);
	return 0;
}

static void put_files_run(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf out = STRBUF_INIT;
	struct error err = ERROR_INIT;

	if (run_scene(&(struct scene){ *state, run_a_put_file }, &out, &err) < 0)
		fail_msg("%s\n%s", err.msg, err.output);
	assert_string_equal(out.data, "/run/amiwright/script word\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(programs_find_what_they_expect),
		SCRATCH_TEST(nothing_is_left_in_the_tree),
		SCRATCH_TEST(nothing_runs_on),
		SCRATCH_TEST(failures_come_with_their_output),
		SCRATCH_TEST(a_full_disk_is_told_from_other_failures),
		SCRATCH_TEST(put_files_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
