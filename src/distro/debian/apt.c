/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/apt.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/proc.h"
#include "distro/debian/apt_config.h"
#include "distro/debian/apt_error.h"
#include "distro/debian/apt_meter.h"
#include "distro/debian/lists_check.h"

enum { KEYRING_MOST_BYTES = 4 << 20 };

/* Stalls are apt's to notice; this is for mirrors that send just enough never to stall.
 */
enum { PATIENCE_MS = 15 * 60 * 1000, SLOWEST_BYTES_PER_MS = 32 };

struct apt {
	char *dir;
	char *lists;
	struct strv env;
	struct progress *progress;
};

/* The caller's environment, which may name proxies; messages in English, our
 * configuration. */
static void set_env(struct apt *a)
{
	for (char **e = environ; *e; e++)
		if (strncmp(*e, "APT_CONFIG=", 11) != 0 && strncmp(*e, "LC_", 3) != 0 &&
			strncmp(*e, "LANG", 4) != 0)
			strv_add(&a->env, *e);
	strv_add(&a->env, "LC_ALL=C");
	strv_addf(&a->env, "APT_CONFIG=%s/apt.conf", a->dir);
}

static int make_dirs(const struct apt *a, struct error *err)
{
	static const char *const dirs[] = { "etc/apt.conf.d", "etc/sources.list.d",
		"etc/trusted.gpg.d", "etc/preferences.d", "etc/auth.conf.d",
		"state/lists/partial", "cache/archives/partial", "log" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		CLEANUP(freep) char *path = path_join(a->dir, dirs[i]);

		if (path_make_dirs(path, 0755, err) < 0)
			return -1;
	}
	return 0;
}

static int write_file(const struct apt *a, const char *name, const char *text,
	size_t length, struct error *err)
{
	CLEANUP(freep) char *path = path_join(a->dir, name);

	return file_write_all(path, text, length, 0600, err);
}

static int write_config(const struct apt *a, const char *arch, struct error *err)
{
	static const char *const dump[] = { "apt-config", "dump", NULL };
	CLEANUP(proc_result_releasep) struct proc_result host = { 0 };
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

	if (proc_run(&(struct proc_spec){ .argv = dump, .separate_stderr = true }, &host,
		    err) < 0)
		return -1;
	if (apt_config_format(a->dir, arch, host.out, &text, err) < 0)
		return -1;
	return write_file(a, "apt.conf", text.data, text.length_bytes, err);
}

/* apt tells the two kinds of key files apart by their names. */
static int copy_keyring(const struct apt *a, const char *keyring, struct error *err)
{
	static const char armor[] = "-----BEGIN";
	CLEANUP(freep) char *keys = NULL;
	size_t length;
	bool armored;

	if (file_read_all(keyring, KEYRING_MOST_BYTES, &keys, &length, err) < 0)
		return error_context(err, "read the keyring");
	if (length == 0)
		return error_set(
			err, ERR_UNTRUSTED, 0, "the keyring '%s' is empty", keyring);
	armored = !strncmp(keys, armor, sizeof(armor) - 1);
	return write_file(a,
		armored ? "etc/trusted.gpg.d/keyring.asc"
			: "etc/trusted.gpg.d/keyring.gpg",
		keys, length, err);
}

int apt_new(const struct apt_setup *setup, struct apt **ret, struct error *err)
{
	CLEANUP(apt_freep) struct apt *a = xcalloc(1, sizeof(*a));

	a->dir = xstrdup(setup->dir);
	a->lists = path_join(a->dir, "state/lists");
	a->progress = setup->progress;
	set_env(a);
	if (make_dirs(a, err) < 0 || write_config(a, setup->arch, err) < 0 ||
		copy_keyring(a, setup->keyring, err) < 0 ||
		write_file(a, "state/status", "", 0, err) < 0)
		return error_context(err, "set up apt");
	*ret = TAKE_PTR(a);
	return 0;
}

struct apt *apt_free(struct apt *a)
{
	if (!a)
		return NULL;
	strv_release(&a->env);
	free(a->dir);
	free(a->lists);
	free(a);
	return NULL;
}

const char *apt_dir(const struct apt *a)
{
	return a->dir;
}

void apt_set_lists(struct apt *a, const char *dir)
{
	free(a->lists);
	a->lists = xstrdup(dir);
}

const char *apt_lists(const struct apt *a)
{
	return a->lists;
}

int apt_set_sources(struct apt *a, const char *text, struct error *err)
{
	return write_file(
		a, "etc/sources.list.d/amiwright.sources", text, strlen(text), err);
}

int apt_set_pins(struct apt *a, const char *text, struct error *err)
{
	return write_file(a, "etc/preferences", text, strlen(text), err);
}

/* One run of one of apt's tools. */
struct call {
	struct strv argv;
	uint64_t limit_ms; /* 0: none */
	struct apt_meter *meter; /* or NULL */
	char **ret_out; /* stdout; or NULL: it is for the user to see */
};

static void add_lists(const struct apt *a, struct call *c)
{
	strv_add(&c->argv, "-o");
	strv_addf(&c->argv, "Dir::State::lists=%s", a->lists);
}

static void call_releasep(struct call *c)
{
	strv_release(&c->argv);
}

static int run(struct apt *a, const struct call *c, struct error *err)
{
	CLEANUP(proc_result_releasep) struct proc_result result = { 0 };
	const struct proc_spec spec = {
		.argv = (const char *const *)c->argv.items,
		.env = (const char *const *)a->env.items,
		.deadline_ms = c->limit_ms ? clock_now_ms() + c->limit_ms : 0,
		.on_line = c->meter ? apt_meter_line : progress_output_line,
		.userdata = c->meter	 ? (void *)c->meter
			    : c->ret_out ? NULL
					 : a->progress,
		.separate_stderr = c->ret_out != NULL,
		.filter_syncs = true,
	};

	if (proc_run(&spec, &result, err) < 0) {
		apt_error_explain(err);
		return -1;
	}
	if (c->ret_out)
		*c->ret_out = TAKE_PTR(result.out);
	return 0;
}

int apt_version(struct apt *a, char **ret_version, struct error *err)
{
	CLEANUP(freep) char *out = NULL;
	CLEANUP(call_releasep) struct call c = { .ret_out = &out };

	STRV_ADD(&c.argv, "apt-get", "--version");
	if (run(a, &c, err) < 0)
		return -1;
	/* "apt 2.6.1 (amd64)", and lines about what it can do. */
	*ret_version = xstrndup(out, strcspn(out, "(\n"));
	for (size_t i = strlen(*ret_version); i && (*ret_version)[i - 1] == ' '; i--)
		(*ret_version)[i - 1] = '\0';
	return 0;
}

int apt_probe(struct apt *a, const char *uri, bool *ret_there, struct error *err)
{
	CLEANUP(call_releasep) struct call c = { .limit_ms = PATIENCE_MS };

	STRV_ADD(&c.argv, "/usr/lib/apt/apt-helper", "download-file", uri);
	strv_addf(&c.argv, "%s/state/probe", a->dir);
	if (run(a, &c, err) == 0) {
		*ret_there = true;
		return 0;
	}
	if (err->code != ERR_FETCH || (!strstr(err->output, "404  Not Found") &&
					      !strstr(err->output, "File not found")))
		return -1;
	*ret_there = false;
	return 0;
}

int apt_update(struct apt *a, struct error *err)
{
	CLEANUP(call_releasep) struct call c = { .limit_ms = PATIENCE_MS };

	/* What it would make of the lists, the next tool makes, if there is one. */
	STRV_ADD(
		&c.argv, "apt-get", "-q", "-o", "pkgCacheFile::Generate=false", "update");
	return run(a, &c, err);
}

int apt_simulate(struct apt *a, const char *const *options, const struct strv *packages,
	char **ret_out, struct error *err)
{
	CLEANUP(call_releasep) struct call c = { .ret_out = ret_out };

	STRV_ADD(&c.argv, "apt-get", "-qq");
	add_lists(a, &c);
	strv_add_all(&c.argv, options);
	strv_add(&c.argv, "install");
	strv_add_all(&c.argv, (const char *const *)packages->items);
	return run(a, &c, err);
}

int apt_download(
	struct apt *a, const struct strv *packages, uint64_t bytes, struct error *err)
{
	struct apt_meter meter = { .progress = a->progress, .total_bytes = bytes };
	CLEANUP(call_releasep)
	struct call c = { .limit_ms = PATIENCE_MS + bytes / SLOWEST_BYTES_PER_MS,
		.meter = &meter };

	STRV_ADD(&c.argv, "apt-get", "-q");
	add_lists(a, &c);
	STRV_ADD(&c.argv, "--download-only", "install");
	strv_add_all(&c.argv, (const char *const *)packages->items);
	if (run(a, &c, err) < 0)
		return -1;
	progress_amount(a->progress, "fetched", bytes, bytes);
	return 0;
}

int apt_package_names(struct apt *a, char **ret_names, struct error *err)
{
	CLEANUP(call_releasep) struct call c = { .ret_out = ret_names };

	STRV_ADD(&c.argv, "apt-cache", "pkgnames");
	return run(a, &c, err);
}

/* Under which name apt looks for a list that it has kept as FILE or, compressed, as
 * FILE.KIND; NULL: it is none. */
static char *list_of(const char *name)
{
	static const char list[] = "_Packages";
	const char *at = strstr(name, list);

	return at ? xstrndup(name, (size_t)(at - name) + strlen(list)) : NULL;
}

static int make_empty_lists(const char *host, const char *dir, struct error *err)
{
	CLEANUP(freep) char *partial = path_join(dir, "partial");
	CLEANUP(strv_releasep) struct strv names = STRV_INIT;

	if (path_make_dirs(partial, 0755, err) < 0)
		return -1;
	/* A machine without lists has no sources for us. */
	if (!path_exists(host))
		return 0;
	if (lists_names(host, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		CLEANUP(freep) char *list = list_of(names.items[i]);
		CLEANUP(freep) char *path = list ? path_join(dir, list) : NULL;

		if (path && file_write_all(path, "", 0, 0644, err) < 0)
			return -1;
	}
	return 0;
}

/* Where this machine's own apt has its lists; the caller frees. */
static int host_lists(char **ret, struct error *err)
{
	/* apt-config(8): it prints DIR='...', quoted for sh; "/d": the whole path. */
	static const char *const argv[] = { "sh", "-c",
		"eval \"$(apt-config shell DIR Dir::State::lists/d)\" && printf %s "
		"\"$DIR\"",
		NULL };
	CLEANUP(proc_result_releasep) struct proc_result result = { 0 };

	if (proc_run(&(struct proc_spec){ .argv = argv, .separate_stderr = true },
		    &result, err) < 0)
		return -1;
	*ret = TAKE_PTR(result.out);
	return 0;
}

int apt_host_targets(const char *dir, char **ret_targets, struct error *err)
{
	CLEANUP(proc_result_releasep) struct proc_result result = { 0 };
	CLEANUP(strv_releasep) struct strv argv = STRV_INIT;
	CLEANUP(freep) char *host = NULL;

	if (host_lists(&host, err) < 0 || make_empty_lists(host, dir, err) < 0)
		return -1;
	STRV_ADD(&argv, "apt-get", "indextargets", "--format",
		"$(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages", "-o",
		"Dir::Cache::pkgcache=", "-o", "Dir::Cache::srcpkgcache=", "-o");
	strv_addf(&argv, "Dir::State::lists=%s", dir);
	/* A machine with sources that its own apt cannot read has none for us. */
	if (proc_run(&(struct proc_spec){ .argv = (const char *const *)argv.items,
			     .separate_stderr = true,
			     .any_exit = true },
		    &result, err) < 0)
		return -1;
	*ret_targets = TAKE_PTR(result.out);
	return 0;
}
