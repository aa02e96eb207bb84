/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/result.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/size.h"
#include "base/words.h"

void build_result_release(struct build_result *r)
{
	for (size_t i = 0; i < r->phase_count; i++)
		free(r->phases[i].name);
	free(r->phases);
	free(r->run_id);
	free(r->region);
	free(r->image_id);
	free(r->snapshot_id);
	free(r->name);
	free(r->architecture);
	free(r->boot_mode);
	free(r->path);
	free(r->format);
	free(r->sha256);
	free(r->linear);
	free(r->manifest);
	free(r->manifest_path);
	free(r->spdx_path);
	free(r->console);
	*r = (struct build_result)BUILD_RESULT_INIT;
}

void build_result_add_phase(struct build_result *r, const char *name, uint64_t ms)
{
	array_reserve_one(
		(void **)&r->phases, r->phase_count, &r->phase_room, sizeof(*r->phases));
	r->phases[r->phase_count++] = (struct result_phase){ xstrdup(name), ms };
}

void build_result_json(const struct build_result *r, struct json *j)
{
	json_object_begin(j, NULL);
	json_add_string(j, "run_id", r->run_id);
	json_add_string(j, "region", r->region ? r->region : "local");
	json_add_string(j, "image_id", r->image_id);
	json_add_string(j, "snapshot_id", r->snapshot_id);
	json_add_string(j, "name", r->name);
	json_add_string(j, "architecture", r->architecture);
	json_add_string(j, "boot_mode", r->boot_mode);
	json_add_string(j, "path", r->path);
	json_add_string(j, "format", r->format);
	json_add_uint(j, "size_bytes", r->size_bytes);
	json_add_uint(j, "written_bytes", r->written_bytes);
	json_add_string(j, "sha256", r->sha256);
	json_add_string(j, "linear", r->linear);
	json_add_uint(j, "packages", r->package_count);
	json_add_uint(j, "download_bytes", r->download_bytes);
	json_object_begin(j, "lint");
	json_add_uint(j, "warnings", r->lint.warnings);
	json_add_uint(j, "notes", r->lint.notes);
	json_add_uint(j, "allowed", r->lint.allowed);
	json_object_end(j);
	json_object_begin(j, "seconds");
	for (size_t i = 0; i < r->phase_count; i++)
		json_add_seconds(j, r->phases[i].name, r->phases[i].ms);
	json_object_end(j);
	json_add_bool(j, "verified", r->verified);
	json_add_bool(j, "up_to_date", r->up_to_date);
	json_add_string(j, "console", r->console);
	json_add_string(j, "manifest_path", r->manifest_path);
	json_add_string(j, "spdx_path", r->spdx_path);
	if (r->manifest)
		json_add_json(j, "manifest", r->manifest);
	else
		json_add_null(j, "manifest");
	json_object_end(j);
}

static void add_seconds(const struct build_result *r, struct strbuf *to)
{
	uint64_t total_ms = 0;

	strbuf_add_str(to, "  seconds   ");
	for (size_t i = 0; i < r->phase_count; i++) {
		strbuf_addf(to, "%s %.1f, ", r->phases[i].name,
			(double)r->phases[i].ms / 1000);
		total_ms += r->phases[i].ms;
	}
	strbuf_addf(to, "total %.1f\n", (double)total_ms / 1000);
}

void build_result_summary(
	const struct build_result *r, const char *program, struct strbuf *to)
{
	const char *where = r->path	  ? r->path
			    : r->image_id ? r->image_id
					  : r->snapshot_id;
	char size[16], written[16];

	strbuf_add_str(to, where);
	if (!r->path)
		strbuf_addf(to, " in %s", r->region);
	strbuf_add_char(to, '\n');
	if (r->image_id)
		strbuf_addf(to, "  snapshot  %s\n", r->snapshot_id);
	strbuf_addf(
		to, "  image     %s, %s, %s\n", r->name, r->architecture, r->boot_mode);
	strbuf_addf(to, "  size      %s (%" PRIu64 " bytes), %s of it data; format %s\n",
		size_format(r->size_bytes, size), r->size_bytes,
		size_format(r->written_bytes, written), r->format);
	strbuf_addf(to, "  sha256    %s\n", r->sha256);
	if (r->manifest_path)
		strbuf_addf(to, "  manifest  %s\n", r->manifest_path);
	strbuf_addf(to,
		"  lint      %" PRIu64 " warning%s, %" PRIu64 " note%s, %" PRIu64
		" allowed\n",
		r->lint.warnings, plural_s(r->lint.warnings), r->lint.notes,
		plural_s(r->lint.notes), r->lint.allowed);
	add_seconds(r, to);
	if (r->up_to_date && !r->path)
		strbuf_add_str(to, "  made      by an earlier build: it is of this very "
				   "disk\n");
	else if (r->up_to_date)
		strbuf_add_str(to, "  made      by an earlier build: nothing has changed "
				   "since (--no-cache makes it anew)\n");
	strbuf_addf(to, "  verified  %s\n",
		r->verified ? "yes: it booted, and passed every check"
			    : "no: it was not booted");
	if (r->console)
		strbuf_addf(to, "  console   %s\n", r->console);
	strbuf_add_str(to, "  run it    ");
	strbuf_add_shell_word(to, program);
	strbuf_add_str(to, " run ");
	strbuf_add_shell_word(to, where);
	strbuf_add_char(to, '\n');
}
