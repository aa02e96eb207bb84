/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Against tests/fake/archive.py: an archive that is signed, by this machine's own apt. */
#include "distro/debian/lists.h"

#include <sys/stat.h>

#include "base/proc.h"
#include "distro/debian/lists_cache.h"
#include "unit.h"

struct archive {
	char *dir;
	struct proc *server;
	unsigned int port;
	unsigned int fetches; /* each in an apt directory of its own */
	struct progress listener;
	unsigned int warnings;
};

static void archive_make(const struct archive *a, const char *packages)
{
	const char *const argv[] = { "python3", FAKE_DIR "/archive.py", "make", a->dir,
		packages, NULL };
	struct error err = ERROR_INIT;

	if (proc_run(&(struct proc_spec){ .argv = argv }, NULL, &err) < 0)
		fail_msg("%s %s", err.msg, err.output);
}

static void count_warnings(struct progress *p, const struct progress_event *event)
{
	struct archive *a =
		(struct archive *)((char *)p - offsetof(struct archive, listener));

	a->warnings += event->kind == PROGRESS_WARNING;
}

static struct archive archive_start(const char *scratch, const char *packages)
{
	struct archive a = { .dir = path_join(scratch, "archive"),
		.listener = { .report = count_warnings } };
	const char *const argv[] = { "python3", FAKE_DIR "/archive.py", "serve", a.dir,
		NULL };
	struct error err = ERROR_INIT;
	char port[16] = "";
	int ends[2];

	archive_make(&a, packages);
	assert_int_equal(fd_pipe(ends, &err), 0);
	if (proc_spawn(&(struct proc_spec){ .argv = argv }, ends[1], STDERR_FILENO,
		    &a.server, &err) < 0)
		fail_msg("%s", err.msg);
	(void)close(ends[1]);
	for (size_t i = 0; i + 1 < sizeof(port); i++)
		if (read(ends[0], port + i, 1) != 1 || port[i] == '\n')
			break;
	(void)close(ends[0]);
	a.port = (unsigned int)strtoul(port, NULL, 10);
	assert_int_not_equal(a.port, 0);
	return a;
}

static void archive_stop(struct archive *a)
{
	a->server = proc_free(a->server);
	free(a->dir);
}

/* How often a path that ends so was sent. */
static size_t sent(const struct archive *a, const char *end)
{
	CLEANUP(freep) char *path = path_join(a->dir, "requests");
	CLEANUP(freep) char *line = xasprintf("200 /debian/dists/test/%s\n", end);
	CLEANUP(freep) char *text = NULL;
	struct error err = ERROR_INIT;
	size_t count = 0;

	if (file_read_all(path, 1 << 20, &text, NULL, &err) < 0)
		return 0;
	for (const char *p = strstr(text, line); p; p = strstr(p + 1, line))
		count++;
	return count;
}

/* The package list, once it is there; the caller frees. */
static int fetch(struct archive *a, const char *cache, char **ret, struct error *err)
{
	CLEANUP(freep) char *dir = xasprintf("%s/apt-%u", a->dir, a->fetches++);
	CLEANUP(freep) char *keys = path_join(a->dir, "keys.gpg");
	CLEANUP(freep)
	char *sources = xasprintf("Types: deb\nURIs: http://127.0.0.1:%u/debian\n"
				  "Suites: test\nComponents: main\n",
		a->port);
	CLEANUP(apt_freep) struct apt *apt = NULL;
	CLEANUP(freep) char *lists = NULL;
	CLEANUP(freep) char *path = NULL;
	const struct apt_setup setup = { .dir = dir, .arch = "amd64", .keyring = keys };

	assert_int_equal(apt_new(&setup, &apt, err), 0);
	if (lists_fetch(&(struct lists_request){ .apt = apt,
				.sources = sources,
				.arch = "amd64",
				.cache_dir = cache,
				.progress = &a->listener },
		    err) < 0)
		return -1;
	lists = lists_dir(apt);
	path = xasprintf("%s/127.0.0.1:%u_debian_dists_test_main_binary-amd64_Packages",
		lists, a->port);
	return file_read_all(path, 1 << 20, ret, NULL, err);
}

static void fetch_and_find(struct archive *a, const char *cache, const char *what)
{
	CLEANUP(freep) char *text = NULL;
	struct error err = ERROR_INIT;

	if (fetch(a, cache, &text, &err) < 0)
		fail_msg("%s %s", err.msg, err.output);
	if (!strstr(text, what))
		fail_msg("'%s' is not in the package list: %s", what, text);
}

static void lists_are_fetched_once(void **state)
{
	struct archive a = archive_start(*state, "hello=1");
	CLEANUP(freep) char *cache = path_join(*state, "cache/lists");

	fetch_and_find(&a, cache, "Version: 1\n");
	fetch_and_find(&a, cache, "Version: 1\n");
	assert_int_equal(sent(&a, "main/binary-amd64/Packages"), 1);
	assert_int_equal(sent(&a, "InRelease"), 2);
	fetch_and_find(&a, NULL, "Version: 1\n");
	assert_int_equal(sent(&a, "main/binary-amd64/Packages"), 2);
	assert_int_equal(a.warnings, 0);
	archive_stop(&a);
}

static void newer_lists_are_seen(void **state)
{
	struct archive a = archive_start(*state, "hello=1");
	CLEANUP(freep) char *cache = path_join(*state, "cache");

	fetch_and_find(&a, cache, "Version: 1\n");
	archive_make(&a, "hello=2");
	fetch_and_find(&a, cache, "Version: 2\n");
	fetch_and_find(&a, cache, "Version: 2\n");
	assert_int_equal(sent(&a, "main/binary-amd64/Packages"), 2);
	assert_int_equal(a.warnings, 0);
	archive_stop(&a);
}

/* The only set of the cache; the caller frees. */
static char *only_set(const char *cache)
{
	DIR *d = opendir(cache);
	const struct dirent *e;
	char *path = NULL;

	assert_non_null(d);
	while ((e = readdir(d)))
		if (e->d_name[0] != '.')
			path = path_join(cache, e->d_name);
	(void)closedir(d);
	assert_non_null(path);
	return path;
}

static void change_cached(
	const struct archive *a, const char *cache, const char *file, const char *text)
{
	CLEANUP(freep) char *set = only_set(cache);
	CLEANUP(freep)
	char *name = xasprintf("127.0.0.1:%u_debian_dists_test_%s", a->port, file);
	CLEANUP(freep) char *path = path_join(set, name);

	assert_int_equal(unlink(path), 0);
	unit_write_file(set, name, text);
}

static void what_is_tampered_with_is_not_used(void **state)
{
	static const struct {
		const char *file, *text;
		unsigned int warnings;
	} cases[] = {
		{ "main_binary-amd64_Packages", "Package: evil\nVersion: 1\n", 1 },
		{ "main_binary-amd64_Packages", "", 1 },
		/* Fetched each time, in any case. */
		{ "InRelease", "SHA256:\n", 0 },
		{ "InRelease", "", 0 },
	};
	struct archive a = archive_start(*state, "hello=1");
	CLEANUP(freep) char *cache = path_join(*state, "cache");

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		fetch_and_find(&a, cache, "Package: hello\n");
		a.warnings = 0;
		change_cached(&a, cache, cases[i].file, cases[i].text);
		fetch_and_find(&a, cache, "Package: hello\n");
		if (a.warnings != cases[i].warnings)
			fail_msg("case %zu: %u warnings", i, a.warnings);
	}
	archive_stop(&a);
}

/* The cache cannot lend credibility to a mirror. */
static void a_signature_is_wanted_each_time(void **state)
{
	struct archive a = archive_start(*state, "hello=1");
	CLEANUP(freep) char *cache = path_join(*state, "cache");
	CLEANUP(freep) char *dists = path_join(a.dir, "debian/dists/test");
	CLEANUP(freep) char *text = NULL;
	struct error err = ERROR_INIT;

	fetch_and_find(&a, cache, "Package: hello\n");
	unit_write_file(dists, "InRelease", "Suite: test\nSHA256:\n");
	assert_int_equal(fetch(&a, cache, &text, &err), -1);
	unit_assert_error(&err, ERR_UNTRUSTED, "InRelease");
	archive_stop(&a);
}

static void a_cache_that_is_no_cache_is_replaced(void **state)
{
	struct archive a = archive_start(*state, "hello=1");
	CLEANUP(freep) char *cache = path_join(*state, "cache");
	CLEANUP(freep) char *set = NULL;
	struct stat st;

	fetch_and_find(&a, cache, "Package: hello\n");
	set = only_set(cache);
	assert_int_equal(remove_tree(set, &(struct error)ERROR_INIT), 0);
	unit_write_file(cache, path_basename(set), "a file");
	fetch_and_find(&a, cache, "Package: hello\n");
	assert_int_equal(stat(set, &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	archive_stop(&a);
}

static void the_oldest_sets_go(void **state)
{
	CLEANUP(freep) char *cache = path_join(*state, "cache");
	CLEANUP(freep) char *lists = path_join(*state, "lists");
	CLEANUP(freep) char *to = path_join(*state, "to");
	struct error err = ERROR_INIT;

	assert_int_equal(mkdir(lists, 0755), 0);
	assert_int_equal(mkdir(to, 0755), 0);
	unit_write_file(lists, "h_Packages", "x");
	for (int i = 0; i < LISTS_CACHE_SETS + 3; i++) {
		CLEANUP(freep) char *name = xasprintf("set-%d", i);
		CLEANUP(freep) char *path = path_join(cache, name);
		const struct timespec used[] = { { .tv_sec = 1000 + i },
			{ .tv_sec = 1000 + i } };

		assert_int_equal(lists_cache_keep(cache, name, lists, &err), 0);
		assert_int_equal(utimensat(AT_FDCWD, path, used, 0), 0);
	}
	assert_int_equal(unit_count_entries(cache), LISTS_CACHE_SETS);
	assert_false(lists_cache_take(cache, "set-2", to));
	assert_int_equal(unit_count_entries(to), 0);
	/* Being used keeps one. */
	assert_true(lists_cache_take(cache, "set-3", to));
	assert_int_equal(unit_count_entries(to), 1);
	assert_int_equal(lists_cache_keep(cache, "new", lists, &err), 0);
	assert_true(lists_cache_take(cache, "set-3", to));
	assert_false(lists_cache_take(cache, "set-4", to));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(lists_are_fetched_once),
		SCRATCH_TEST(newer_lists_are_seen),
		SCRATCH_TEST(what_is_tampered_with_is_not_used),
		SCRATCH_TEST(a_signature_is_wanted_each_time),
		SCRATCH_TEST(a_cache_that_is_no_cache_is_replaced),
		SCRATCH_TEST(the_oldest_sets_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
