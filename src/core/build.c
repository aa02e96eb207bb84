/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/build.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/term.h"
#include "core/build_image.h"
#include "core/build_target.h"
#include "core/manifest_lock.h"
#include "core/verify.h"
#include "core/work_dir.h"

/* One build under way: what its steps share. */
struct build {
	const struct recipe *recipe;
	const struct build_options *options;
	struct progress *progress;
	struct work_dir *work;
	struct build_target *target;
	char *cache_dir;
	struct distro_lock lock; /* with options->locked */
	struct build_result result;
};

static void build_releasep(struct build *b)
{
	build_result_release(&b->result);
	b->target = build_target_free(b->target);
	b->work = work_dir_free(b->work);
	distro_lock_releasep(&b->lock);
	free(b->cache_dir);
}

/* Everything that can be refused is, before anything is made. */
static int prepare(struct build *b, struct error *err)
{
	if (image_check(b->recipe, err) < 0)
		return -1;
	if (b->options->verify &&
		verify_check_tools(b->recipe->arch, b->recipe->disk.boot, err) < 0)
		return error_context(err, "--no-verify builds without booting");
	if (b->options->locked &&
		manifest_lock_read(b->options->locked, b->recipe, &b->lock, err) < 0)
		return -1;
	if (path_cache_dir(b->recipe->distro, &b->cache_dir, err) < 0)
		return -1;
	if (build_target_open(b->options, b->recipe, &b->target, err) < 0)
		return -1;
	return work_dir_create(&b->work, err);
}

static void note_facts(struct build *b, const struct image_facts *f)
{
	struct build_result *r = &b->result;

	r->size_bytes = f->size_bytes;
	r->written_bytes = f->written_bytes;
	r->sha256 = xstrdup(f->digests.sha256);
	r->linear = xstrdup(f->digests.linear);
	r->package_count = f->package_count;
	r->download_bytes = f->download_bytes;
	r->lint = f->lint;
	build_result_add_phase(r, "tree", f->tree_ms);
	build_result_add_phase(r, "lint", f->lint_ms);
	build_result_add_phase(r, "disk", f->disk_ms);
	build_result_add_phase(r, "write", f->write_ms);
	build_result_add_phase(r, "manifest", f->manifest_ms);
}

static int read_scratch(const struct build *b, const char *name, char **ret_text,
	size_t *ret_bytes, struct error *err)
{
	CLEANUP(freep) char *path = path_join(work_dir_path(b->work), name);

	return file_read_all(path, MANIFEST_MOST_BYTES, ret_text, ret_bytes, err);
}

static int add_beside(struct build *b, const char *name, const char *ending,
	char **ret_path, struct error *err)
{
	CLEANUP(freep) char *text = NULL;
	size_t length;

	if (read_scratch(b, name, &text, &length, err) < 0 ||
		build_target_add(b->target, ending, text, length, err) < 0)
		return -1;
	if (!build_target_device_bytes(b->target))
		*ret_path = xasprintf("%s.%s", build_target_path(b->target), ending);
	return 0;
}

static int take_manifest(struct build *b, struct error *err)
{
	struct build_result *r = &b->result;

	if (read_scratch(b, IMAGE_SUMMARY_FILE, &r->manifest, NULL, err) < 0 ||
		add_beside(b, IMAGE_MANIFEST_FILE, "manifest.json", &r->manifest_path,
			err) < 0)
		return -1;
	return add_beside(b, IMAGE_SPDX_FILE, "spdx.json", &r->spdx_path, err);
}

static int make(struct build *b, struct error *err)
{
	const struct image_request request = {
		.recipe = b->recipe,
		.work_dir = work_dir_path(b->work),
		.cache_dir = b->cache_dir,
		.lock = b->options->locked ? &b->lock : NULL,
		.fd = build_target_raw_fd(b->target),
		.name = build_target_path(b->target),
		.device_bytes = build_target_device_bytes(b->target),
	};
	struct image_facts facts;

	if (image_make(&request, b->progress, &facts, err) < 0)
		return -1;
	note_facts(b, &facts);
	return take_manifest(b, err);
}

/* The image did not pass: keep it where the user can look at it, under a name that says
 * so. */
static int keep_failed(struct build *b, struct error *err)
{
	struct error keep = ERROR_INIT;
	CLEANUP(freep) char *path = NULL;

	if (err->code != ERR_VERIFY)
		return -1;
	if (build_target_keep_failed(b->target, &path, &keep) < 0)
		progress_warning(b->progress, "%s", keep.msg);
	else if (path)
		progress_warning(b->progress,
			"the image that failed is kept; look at it with: amiwright run "
			"%s",
			path);
	return -1;
}

static int verify(struct build *b, struct error *err)
{
	CLEANUP(freep) char *work_dir = path_join(work_dir_path(b->work), "verify");
	CLEANUP(verify_report_releasep) struct verify_report report = VERIFY_REPORT_INIT;
	const struct verify_spec spec = {
		.arch = b->recipe->arch,
		.image_fd = build_target_raw_fd(b->target),
		.name = build_target_path(b->target),
		.user = b->recipe->user,
		.boot = b->recipe->disk.boot,
		.work_dir = work_dir,
	};
	uint64_t begin_ms = clock_now_ms();

	progress_phase(b->progress, "verify", "Boot and check the image");
	if (path_make_dirs(work_dir, 0700, err) < 0)
		return -1;
	if (verify_image(&spec, b->progress, &report, err) < 0)
		return keep_failed(b, err);
	build_result_add_phase(&b->result, "verify", clock_now_ms() - begin_ms);
	progress_phase_end(b->progress, "verify", clock_now_ms() - begin_ms);
	b->result.verified = true;
	return 0;
}

static int finish(struct build *b, struct error *err)
{
	uint64_t begin_ms = clock_now_ms();

	progress_phase(b->progress, "finish", "Finish the file");
	if (build_target_finish(b->target, b->progress, err) < 0)
		return -1;
	build_result_add_phase(&b->result, "finish", clock_now_ms() - begin_ms);
	progress_phase_end(b->progress, "finish", clock_now_ms() - begin_ms);
	return 0;
}

static void describe(struct build *b)
{
	struct build_result *r = &b->result;

	r->run_id = xstrdup(b->options->run_id);
	r->name = xstrdup(b->recipe->name);
	r->architecture = xstrdup(recipe_arch_name(b->recipe->arch));
	r->boot_mode = xstrdup(recipe_boot_mode_name(b->recipe->image.boot_mode));
	r->path = xstrdup(build_target_path(b->target));
	r->format = xstrdup(build_target_format(b->target));
}

int build_run(const struct recipe *recipe, const struct build_options *options,
	struct progress *progress, struct build_result *ret, struct error *err)
{
	CLEANUP(build_releasep)
	struct build b = { .recipe = recipe,
		.options = options,
		.progress = progress,
		.result = BUILD_RESULT_INIT };

	if (prepare(&b, err) < 0)
		return -1;
	describe(&b);
	if (make(&b, err) < 0)
		return -1;
	if (options->verify && verify(&b, err) < 0)
		return -1;
	/* Asked to stop a moment ago: then nothing gets a name. */
	if (term_check(err) < 0 || finish(&b, err) < 0)
		return -1;
	*ret = b.result;
	b.result = (struct build_result)BUILD_RESULT_INIT;
	return 0;
}
