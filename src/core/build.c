/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/build.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/term.h"
#include "core/build_image.h"
#include "core/build_inputs.h"
#include "core/build_parent.h"
#include "core/build_record.h"
#include "core/build_target.h"
#include "core/manifest.h"
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
	struct build_cloud *cloud; /* or NULL */
	struct build_cloud_written written; /* there */
	char *cache_dir;
	char *records_dir;
	struct build_inputs inputs;
	bool known; /* the inputs are, and decide about the image */
	bool recorded; /* and what is made of them can be looked at again */
	struct build_files files; /* as the build that made them has left them */
	struct distro_lock lock; /* with options->locked */
	struct ext4_places *like; /* the parent's, or NULL */
	struct build_result result;
};

static void build_releasep(struct build *b)
{
	build_result_release(&b->result);
	b->cloud = build_cloud_free(b->cloud);
	b->target = build_target_free(b->target);
	b->work = work_dir_free(b->work);
	distro_lock_releasep(&b->lock);
	ext4_places_free(b->like);
	build_inputs_release(&b->inputs);
	build_files_release(&b->files);
	free(b->records_dir);
	free(b->cache_dir);
}

/* Files of an overlay that only the sandbox may read are no reason to fail. */
static bool read_inputs(struct build *b)
{
	struct error ignored = ERROR_INIT;

	return build_inputs_decide(b->recipe) &&
	       build_inputs_read(b->recipe, b->options->locked, &b->inputs, &ignored) ==
		       0;
}

static int open_target(struct build *b, struct error *err)
{
	struct build_options o = *b->options;

	if (o.cloud) {
		if (build_cloud_open(o.cloud, b->recipe, b->progress, &b->cloud, err) < 0)
			return -1;
		o.run_id = build_cloud_run_id(b->cloud);
	}
	return build_target_open(&o, b->recipe, &b->target, err);
}

int build_check(const struct recipe *recipe, const struct build_options *options,
	struct error *err)
{
	if (options->parent && !options->cloud && build_parent_check(recipe, err) < 0)
		return -1;
	if (image_check(recipe, err) < 0)
		return -1;
	if (options->verify &&
		verify_check_tools(recipe->arch, recipe->disk.boot, err) < 0)
		return error_context(err, "--no-verify builds without booting");
	return build_target_check(options, recipe, err);
}

static int read_parent(struct build *b, struct error *err)
{
	const struct build_options *o = b->options;

	if (!o->parent)
		return 0;
	if (!o->cloud)
		return build_parent_read_file(o->parent, &b->like, err);
	return build_parent_read_snapshot(
		&(struct build_parent_snapshot){ b->recipe, &o->cloud->session,
			build_cloud_parent_id(b->cloud), work_dir_path(b->work) },
		b->progress, &b->like, err);
}

/* Everything else that can be refused is, before anything is made. */
static int prepare(struct build *b, struct error *err)
{
	if (b->options->locked &&
		manifest_lock_read(b->options->locked, b->recipe, &b->lock, err) < 0)
		return -1;
	if (path_cache_dir(b->recipe->distro, &b->cache_dir, err) < 0 ||
		path_cache_dir("builds", &b->records_dir, err) < 0)
		return -1;
	if (open_target(b, err) < 0)
		return -1;
	b->known = read_inputs(b);
	/* Of what is in EC2 the service tells; a device may be written by anybody. What a
	 * parent has decided is in no record. */
	b->recorded = b->known && !b->cloud && !b->options->parent &&
		      !build_target_device_bytes(b->target);
	if (work_dir_create(&b->work, err) < 0)
		return -1;
	return read_parent(b, err);
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
	b->written = f->cloud;
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

/* NULL for a device, which has nothing beside it. */
static char *path_beside(const struct build *b, const char *ending)
{
	const char *base = build_target_base(b->target);

	return base ? xasprintf("%s%s", base, ending) : NULL;
}

static int add_beside(struct build *b, const char *name, const char *ending,
	char **ret_path, struct error *err)
{
	CLEANUP(freep) char *text = NULL;
	size_t length;

	if (read_scratch(b, name, &text, &length, err) < 0 ||
		build_target_add(b->target, ending, text, length, err) < 0)
		return -1;
	*ret_path = path_beside(b, ending);
	return 0;
}

static int take_manifest(struct build *b, struct error *err)
{
	struct build_result *r = &b->result;

	if (read_scratch(b, IMAGE_SUMMARY_FILE, &r->manifest, NULL, err) < 0 ||
		add_beside(b, IMAGE_MANIFEST_FILE, MANIFEST_ENDING, &r->manifest_path,
			err) < 0)
		return -1;
	return add_beside(b, IMAGE_SPDX_FILE, SPDX_ENDING, &r->spdx_path, err);
}

static struct image_request image_request(const struct build *b)
{
	return (struct image_request){
		.recipe = b->recipe,
		.work_dir = work_dir_path(b->work),
		.cache_dir = b->cache_dir,
		.no_cache = b->options->no_cache,
		.tree_on_disk = b->options->tree_on_disk,
		.lock = b->options->locked ? &b->lock : NULL,
		.inputs = b->known ? &b->inputs : NULL,
		.root = geteuid() == 0,
		.fd = build_target_raw_fd(b->target),
		.name = build_target_path(b->target),
		.device_bytes = build_target_device_bytes(b->target),
		.cloud = b->cloud,
		.like = b->like,
	};
}

static int make(struct build *b, struct error *err)
{
	const struct image_request request = image_request(b);
	struct image_facts facts;

	if (image_make(&request, b->progress, &facts, err) < 0)
		return -1;
	note_facts(b, &facts);
	free(b->inputs.tree);
	b->inputs.tree = NULL;
	if (read_scratch(b, IMAGE_INPUTS_FILE, &b->inputs.tree, NULL, err) < 0)
		return -1;
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

static int verify(struct build *b, int image_fd, struct error *err)
{
	CLEANUP(freep) char *work_dir = path_join(work_dir_path(b->work), "verify");
	CLEANUP(verify_report_releasep) struct verify_report report = VERIFY_REPORT_INIT;
	const struct verify_spec spec = {
		.arch = b->recipe->arch,
		.image_fd = image_fd,
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
		return -1;
	build_result_add_phase(&b->result, "verify", clock_now_ms() - begin_ms);
	progress_phase_end(b->progress, "verify", clock_now_ms() - begin_ms);
	b->result.console = TAKE_PTR(report.console);
	b->result.verified = true;
	return 0;
}

/* At once: whatever happens to the files from now on is a change. */
static void stamp_files(struct build *b)
{
	struct error ignored = ERROR_INIT;
	int fds[BUILD_FILES];

	for (size_t i = 0; i < BUILD_FILES; i++)
		fds[i] = build_target_finished_fd(b->target, i);
	if (build_files_stamp(fds, &b->files, &ignored) < 0)
		b->recorded = false;
}

static int finish(struct build *b, struct error *err)
{
	const uint64_t begin_ms = clock_now_ms();

	progress_phase(b->progress, "finish", "Finish the file");
	if (build_target_finish(b->target, b->progress, err) < 0)
		return -1;
	if (b->recorded)
		stamp_files(b);
	build_result_add_phase(&b->result, "finish", clock_now_ms() - begin_ms);
	progress_phase_end(b->progress, "finish", clock_now_ms() - begin_ms);
	return 0;
}

static void describe(struct build *b)
{
	struct build_result *r = &b->result;

	r->run_id = xstrdup(b->cloud ? build_cloud_run_id(b->cloud) : b->options->run_id);
	r->name = xstrdup(b->recipe->name);
	r->architecture = xstrdup(recipe_arch_name(b->recipe->arch));
	r->boot_mode = xstrdup(recipe_boot_mode_name(b->recipe->image.boot_mode));
	if (b->cloud)
		r->region = xstrdup(build_cloud_region(b->cloud));
	else
		r->path = xstrdup(build_target_path(b->target));
	r->format = xstrdup(build_target_format(b->target));
}

/* In EC2 the blocks are: what is booted are those that the service has. */
static int verify_in_cloud(struct build *b, struct error *err)
{
	CLEANUP(fd_closep) int fd = -1;

	if (!b->options->verify)
		return 0;
	if (build_cloud_fetch(b->cloud, &b->written, work_dir_path(b->work), b->progress,
		    &fd, err) < 0)
		return -1;
	return verify(b, fd, err);
}

static int make_in_cloud(struct build *b, struct error *err)
{
	CLEANUP(register_result_releasep) struct register_result image = { 0 };
	struct build_result *r = &b->result;
	uint64_t begin_ms;

	if (make(b, err) < 0)
		return -1;
	begin_ms = clock_now_ms();
	progress_phase(b->progress, "complete", "Complete the snapshot");
	if (build_cloud_complete(b->cloud, &b->written, b->progress, err) < 0)
		return -1;
	build_result_add_phase(r, "complete", clock_now_ms() - begin_ms);
	progress_phase_end(b->progress, "complete", clock_now_ms() - begin_ms);
	if (verify_in_cloud(b, err) < 0 || term_check(err) < 0 || finish(b, err) < 0 ||
		build_cloud_finish(
			b->cloud, &b->written, r->sha256, b->progress, &image, err) < 0)
		return -1;
	r->snapshot_id = xstrdup(b->written.snapshot_id);
	r->image_id = TAKE_PTR(image.image_id);
	r->up_to_date = image.was_there;
	if (r->image_id) {
		build_result_add_phase(r, "register", image.register_ms);
		build_result_add_phase(r, "available", image.available_ms);
	}
	return 0;
}

static int make_anew(struct build *b, struct error *err)
{
	if (b->cloud)
		return make_in_cloud(b, err);
	if (make(b, err) < 0)
		return -1;
	if (b->options->verify && verify(b, build_target_raw_fd(b->target), err) < 0)
		return keep_failed(b, err);
	/* Asked to stop a moment ago: then nothing gets a name. */
	if (term_check(err) < 0)
		return -1;
	return finish(b, err);
}

/* *ret_why, which the caller frees, is why it has to be made; NULL: what stands there is
 * what it would become. */
static int look_for_change(struct build *b, const struct build_record *before,
	char **ret_why, struct error *err)
{
	const char *path = build_target_path(b->target);
	const struct image_request request = image_request(b);
	CLEANUP(freep) char *file = build_files_changed(&before->files, path);
	const char *why = build_inputs_compare(&before->inputs, &b->inputs);

	if (!why && b->options->verify && !before->result.verified &&
		strcmp(build_target_format(b->target), "raw") != 0)
		why = "it was not booted, and that takes a raw disk";
	if (!why && !file) {
		if (image_inputs(&request, b->progress, &b->inputs.tree, err) < 0)
			return -1;
		why = build_inputs_compare(&before->inputs, &b->inputs);
	}
	*ret_why = why	  ? xstrdup(why)
		   : file ? xasprintf("'%s' is not as it was left", file)
			  : NULL;
	return 0;
}

/* What is known of the image from when it was made. */
static void take_over(struct build *b, struct build_result *before)
{
	struct build_result *r = &b->result;

	r->size_bytes = before->size_bytes;
	r->written_bytes = before->written_bytes;
	r->sha256 = TAKE_PTR(before->sha256);
	r->linear = TAKE_PTR(before->linear);
	r->manifest = TAKE_PTR(before->manifest);
	r->manifest_path = path_beside(b, MANIFEST_ENDING);
	r->spdx_path = path_beside(b, SPDX_ENDING);
	r->package_count = before->package_count;
	r->lint = before->lint;
	r->verified = before->verified;
	r->up_to_date = true;
}

static int find_up_to_date(struct build *b, struct error *err)
{
	CLEANUP(build_record_releasep) struct build_record before = BUILD_RECORD_INIT;
	CLEANUP(freep) char *why = NULL;
	uint64_t begin_ms = clock_now_ms();

	if (b->options->no_cache || !b->recorded ||
		!build_record_read(b->records_dir, build_target_path(b->target), &before))
		return 0;
	progress_phase(b->progress, "check", "See whether anything has changed");
	if (look_for_change(b, &before, &why, err) < 0)
		return -1;
	progress_step(b->progress, why ? "it is made anew: %s" : "%s",
		why ? why : "nothing: it is up to date");
	build_result_add_phase(&b->result, "check", clock_now_ms() - begin_ms);
	progress_phase_end(b->progress, "check", clock_now_ms() - begin_ms);
	if (why)
		return 0;
	take_over(b, &before.result);
	b->files = before.files;
	before.files = (struct build_files){ 0 };
	return 0;
}

static int verify_up_to_date(struct build *b, struct error *err)
{
	const char *path = build_target_path(b->target);
	CLEANUP(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, "open '%s'", path);
	return verify(b, fd, err);
}

/* For the next build. That it cannot be is no reason to fail this one. */
static void record(struct build *b)
{
	CLEANUP(build_inputs_releasep) struct build_inputs now = BUILD_INPUTS_INIT;
	struct error why = ERROR_INIT;

	if (!b->recorded)
		return;
	/* Of a file that was changed meanwhile, either content may be in the image. */
	if (build_inputs_read(b->recipe, b->options->locked, &now, &why) < 0 ||
		build_inputs_compare(&b->inputs, &now))
		return;
	if (build_record_write(b->records_dir, build_target_path(b->target), &b->inputs,
		    &b->files, &b->result, &why) < 0)
		progress_warning(b->progress, "keep a record of the build: %s", why.msg);
}

static int run(struct build *b, struct error *err)
{
	if (prepare(b, err) < 0)
		return -1;
	describe(b);
	if (find_up_to_date(b, err) < 0)
		return -1;
	if (!b->result.up_to_date && make_anew(b, err) < 0)
		return -1;
	if (b->options->verify && !b->result.verified && verify_up_to_date(b, err) < 0)
		return -1;
	record(b);
	return 0;
}

int build_run(const struct recipe *recipe, const struct build_options *options,
	struct progress *progress, struct build_result *ret, struct error *err)
{
	CLEANUP(build_releasep)
	struct build b = { .recipe = recipe,
		.options = options,
		.progress = progress,
		.inputs = BUILD_INPUTS_INIT,
		.result = BUILD_RESULT_INIT };

	if (run(&b, err) < 0) {
		if (b.cloud)
			build_cloud_give_up(b.cloud, err, progress);
		return -1;
	}
	*ret = b.result;
	b.result = (struct build_result)BUILD_RESULT_INIT;
	return 0;
}
