/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The same packages unpacked by us into one tree and by dpkg into another: files and
 * records are then the same.
 */
#include "distro/debian/unpack.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/proc.h"
#include "base/strbuf.h"

#include "unit.h"

enum { FILES_MOST = 12, MTIME_S = 1600000000 };

/* A file of a package: content, or where a link leads; a directory's path ends in "/". */
struct file {
	const char *path;
	const char *text;
	enum { PLAIN = 0, SYMLINK, HARD_LINK } kind;
	mode_t mode; /* 0: 0644 */
};

/* control is what the package's own file has beside Package, Version and Maintainer. */
struct sample {
	const char *name;
	const char *control;
	const char *conffiles;
	const char *triggers;
	struct file files[FILES_MOST];
};

static const struct sample samples[] = {
	{ .name = "aw-first",
		.control = "Architecture: all\n",
		.triggers = "# who reads manuals\ninterest-noawait /usr/share/aw\n"
			    "interest aw-rebuild\ninterest-await aw-other\n",
		.files = { { "usr/", NULL }, { "usr/share/", NULL },
			{ "usr/share/aw/", NULL }, { "usr/share/aw/one", "1\n" },
			{ "usr/share/aw/two", "one", SYMLINK },
			{ "usr/share/aw/three", "usr/share/aw/one", HARD_LINK } } },
	{ .name = "aw-settings",
		.control = "Architecture: all\nPriority: optional\n",
		.conffiles = "/etc/aw/main.conf\n/etc/aw/other.conf\n",
		.files = { { "etc/", NULL }, { "etc/aw/", NULL },
			{ "etc/aw/main.conf", "a=1\n" }, { "etc/aw/other.conf", "" },
			{ "usr/", NULL }, { "usr/bin/", NULL },
			{ "usr/bin/aw", "#!/bin/sh\n", PLAIN, 04755 } } },
	{ .name = "libaw1",
		.control = "Architecture: amd64\nMulti-Arch: same\n",
		.triggers = "activate-noawait aw-rebuild\nactivate aw-other\n",
		.files = { { "usr/", NULL }, { "usr/lib/", NULL },
			{ "usr/lib/libaw.so.1", "elf" }, { "usr/share/", NULL },
			{ "usr/share/aw/", NULL }, { "usr/share/aw/lib", "l\n" } } },
	{ .name = "aw-empty", .control = "Architecture: all\n" },
};

/* ---- making packages */

static void run(const char *const *argv)
{
	struct error err = ERROR_INIT;

	if (proc_run(&(struct proc_spec){ .argv = argv }, NULL, &err) < 0)
		fail_msg("%s: %s", err.msg, err.output);
}

static void make_file(const char *dir, const struct file *f)
{
	CLEANUP(freep) char *path = path_join(dir, f->path);
	CLEANUP(freep) char *target = path_join(dir, f->text ? f->text : "");
	struct error err = ERROR_INIT;

	if (!f->text)
		assert_int_equal(path_make_dirs(path, 0755, &err), 0);
	else if (f->kind == SYMLINK)
		assert_int_equal(symlink(f->text, path), 0);
	else if (f->kind == HARD_LINK)
		assert_int_equal(link(target, path), 0);
	else
		assert_int_equal(file_write_all(path, f->text, strlen(f->text),
					 f->mode ? f->mode : 0644, &err),
			0);
}

static void make_digests(const char *dir)
{
	CLEANUP(freep)
	char *script =
		xasprintf("cd '%s' && find . -path ./DEBIAN -prune -o -type f -printf "
			  "'%%P\\n' | sort | xargs -r md5sum >DEBIAN/md5sums; "
			  "find . -exec touch -h -d @%d {} +",
			dir, MTIME_S);

	run((const char *const[]){ "/bin/sh", "-c", script, NULL });
}

static void make_deb(const char *scratch, const struct sample *s)
{
	CLEANUP(freep) char *dir = xasprintf("%s/src/%s", scratch, s->name);
	CLEANUP(freep) char *debian = path_join(dir, "DEBIAN");
	CLEANUP(freep) char *deb = xasprintf("%s/debs/%s_1_all.deb", scratch, s->name);
	CLEANUP(freep)
	char *control =
		xasprintf("Package: %s\nVersion: 1\nMaintainer: A <a@example.org>\n"
			  "%sDescription: for a test \n of unpacking\n .\n and more\n",
			s->name, s->control);
	struct error err = ERROR_INIT;

	assert_int_equal(path_make_dirs(debian, 0755, &err), 0);
	unit_write_file(debian, "control", control);
	if (s->conffiles)
		unit_write_file(debian, "conffiles", s->conffiles);
	if (s->triggers)
		unit_write_file(debian, "triggers", s->triggers);
	for (size_t i = 0; i < FILES_MOST && s->files[i].path; i++)
		make_file(dir, &s->files[i]);
	make_digests(dir);
	run((const char *const[]){ "dpkg-deb", "--build", "-Znone", dir, deb, NULL });
}

static char *make_dir(const char *scratch, const char *name)
{
	char *path = path_join(scratch, name);
	struct error err = ERROR_INIT;

	assert_int_equal(path_make_dirs(path, 0755, &err), 0);
	return path;
}

/* ---- the two ways */

static void prepare_records(const char *root)
{
	CLEANUP(freep) char *db = make_dir(root, "var/lib/dpkg/info");
	struct error err = ERROR_INIT;

	free(make_dir(root, "var/lib/dpkg/triggers"));
	free(make_dir(root, "var/lib/dpkg/updates"));
	unit_write_file(db, "format", "1\n");
	unit_write_file(db, "../status", "");
	unit_write_file(db, "../available", "");
	unit_write_file(db, "../triggers/Unincorp", "");
	assert_int_equal(err.code, ERR_NONE);
}

/* Its triggers only count from then on. */
static void configure_first(const char *root)
{
	CLEANUP(freep) char *option = xasprintf("--root=%s", root);

	run((const char *const[]){ "dpkg", option, "--force-not-root", "--log=/dev/null",
		"--no-triggers", "--configure", samples[0].name, NULL });
}

static void unpack_with_dpkg(const char *scratch, const char *root, size_t count)
{
	prepare_records(root);
	for (size_t i = 0; i < count; i++) {
		CLEANUP(freep)
		char *deb = xasprintf("%s/debs/%s_1_all.deb", scratch, samples[i].name);
		CLEANUP(freep) char *option = xasprintf("--root=%s", root);

		run((const char *const[]){ "dpkg", option, "--force-not-root",
			"--force-architecture", "--log=/dev/null", "--no-triggers",
			"--unpack", deb, NULL });
		if (i == 0)
			configure_first(root);
	}
}

static void make_plan(struct plan *plan, size_t count)
{
	struct error err = ERROR_INIT;
	CLEANUP(strbuf_releasep) struct strbuf uris = STRBUF_INIT;
	CLEANUP(strbuf_releasep) struct strbuf order = STRBUF_INIT;
	CLEANUP(strv_releasep) struct strv none = STRV_INIT;

	for (size_t i = 0; i < count; i++) {
		strbuf_addf(&uris, "'http://x/%s' %s_1_all.deb 1 SHA256:%064d\n",
			samples[i].name, samples[i].name, 0);
		strbuf_addf(&order, "Inst %s (1 x [all])\n", samples[i].name);
	}
	assert_int_equal(plan_add_uris(plan, uris.data, &err), 0);
	assert_int_equal(plan_add_order(plan, order.data, &none, &err), 0);
}

/* In two stages: the first package, and then onto it the others. */
static int unpack_ourselves(
	const char *scratch, const char *root, size_t count, struct error *err)
{
	CLEANUP(unpack_freep) struct unpack *more = NULL;
	CLEANUP(freep) char *more_stage = make_dir(scratch, "more");
	CLEANUP(plan_releasep) struct plan plan = { 0 };
	CLEANUP(strv_releasep) struct strv first = STRV_INIT;
	CLEANUP(strv_releasep) struct strv others = STRV_INIT;
	CLEANUP(unpack_freep) struct unpack *u = NULL;
	CLEANUP(freep) char *stage = make_dir(scratch, "stage");
	CLEANUP(freep) char *debs = path_join(scratch, "debs");
	struct unpack_spec spec = { .root = root,
		.stage_dir = stage,
		.archives_dir = debs,
		.archives_inside = "debs",
		.plan = &plan };

	make_plan(&plan, count);
	strv_add(&first, samples[0].name);
	for (size_t i = 1; i < count; i++)
		strv_add(&others, samples[i].name);
	if (unpack_start(&spec, &u, err) < 0 || unpack_essential_files(u, err) < 0 ||
		unpack_packages(u, &first, NULL, err) < 0)
		return -1;
	configure_first(root);
	u = unpack_free(u);
	spec.stage_dir = more_stage;
	spec.more = true;
	if (unpack_start(&spec, &more, err) < 0)
		return -1;
	return unpack_packages(more, &others, NULL, err);
}

/* ---- comparing */

static char *output_of(const char *script)
{
	const char *const argv[] = { "/bin/sh", "-c", script, NULL };
	CLEANUP(proc_result_releasep) struct proc_result result = { 0 };
	struct error err = ERROR_INIT;

	if (proc_run(&(struct proc_spec){ .argv = argv }, &result, &err) < 0)
		fail_msg("%s: %s", err.msg, err.output);
	return xstrdup(result.out);
}

/* dpkg reads what we wrote, and writes it in its own way. */
static char *describe(const char *root)
{
	CLEANUP(freep)
	char *script = xasprintf(
		"set -e; cd '%s'; "
		"dpkg --root=\"$PWD\" --force-not-root --log=/dev/null "
		"--clear-selections; "
		"dpkg --root=\"$PWD\" --force-not-root --log=/dev/null --set-selections "
		"</dev/null; "
		"find . -path ./var/lib/dpkg -prune -o ! -type d -printf "
		"'%%p %%y %%m %%U %%G %%n %%l %%Ts\\n' | sort; find etc usr -type d | "
		"sort; "
		"find var/lib/dpkg/info -type f ! -name '*.list' -printf '%%p %%m "
		"%%Ts\\n'"
		" | grep -v format | sort; "
		"for f in $(find var/lib/dpkg/info var/lib/dpkg/triggers -type f ! -name "
		"Lock | sort); do echo \"== $f\"; cat $f; done; echo == status; "
		"sed 's/^Status: .* ok/Status: ok/' var/lib/dpkg/status",
		root);

	return output_of(script);
}

static void assert_same_lines(const char *got, const char *wanted)
{
	while (*got || *wanted) {
		const size_t got_bytes = strcspn(got, "\n");
		const size_t wanted_bytes = strcspn(wanted, "\n");

		if (got_bytes != wanted_bytes || memcmp(got, wanted, got_bytes) != 0)
			fail_msg("'%.*s' where dpkg has '%.*s'", (int)got_bytes, got,
				(int)wanted_bytes, wanted);
		got += got_bytes + (got[got_bytes] != '\0');
		wanted += wanted_bytes + (wanted[wanted_bytes] != '\0');
	}
}

static void the_tree_is_as_dpkg_makes_it(void **state)
{
	CLEANUP(freep) char *theirs = make_dir(*state, "theirs");
	CLEANUP(freep) char *ours = make_dir(*state, "ours");
	CLEANUP(freep) char *wanted = NULL;
	CLEANUP(freep) char *got = NULL;
	struct error err = ERROR_INIT;

	free(make_dir(*state, "debs"));
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++)
		make_deb(*state, &samples[i]);
	unpack_with_dpkg(*state, theirs, ARRAY_SIZE(samples));
	if (unpack_ourselves(*state, ours, ARRAY_SIZE(samples), &err) < 0)
		fail_msg("%s", err.msg);
	wanted = describe(theirs);
	got = describe(ours);
	assert_non_null(strstr(wanted, "main.conf.dpkg-new f 644"));
	assert_non_null(strstr(wanted, "libaw1:amd64.list"));
	assert_non_null(strstr(wanted, "Triggers-Pending: "));
	assert_same_lines(got, wanted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(the_tree_is_as_dpkg_makes_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
