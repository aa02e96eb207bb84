/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/plan.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/path.h"
#include "base/size.h"
#include "base/wrap.h"
#include "core/recipe_schema.h"

enum { COLUMNS = 80, VALUE_COLUMN = 26, ORIGIN_COLUMN = 52 };

static const char *boot_words(const struct recipe *r)
{
	switch (r->disk.boot) {
	case RECIPE_BOOT_BIOS:
		return "BIOS";
	case RECIPE_BOOT_UEFI:
		return "UEFI";
	default:
		return "BIOS and UEFI";
	}
}

/* "an ext4 root file system, /boot on ext2 (512 MiB), 1 GiB of swap" */
static void add_partitions(const struct recipe *r, struct strbuf *to)
{
	const char *boot_fs = recipe_boot_fs_name(r->disk.boot_fs);
	char size[16];

	strbuf_addf(to, "an %s root file system", recipe_root_name(r->disk.root));
	if (boot_fs)
		strbuf_addf(to, ", /boot on %s (%s)", boot_fs,
			size_format(r->disk.boot_bytes, size));
	if (r->disk.swap_bytes)
		strbuf_addf(to, ", %s of swap", size_format(r->disk.swap_bytes, size));
}

static void add_disk_step(const struct recipe *r, struct strv *steps)
{
	CLEANUP(strbuf_releasep) struct strbuf partitions = STRBUF_INIT;
	char size[16];

	add_partitions(r, &partitions);
	if (r->disk.size_bytes)
		strv_addf(steps, "lay out a GPT disk of %s that boots by %s, with %s",
			size_format(r->disk.size_bytes, size), boot_words(r),
			partitions.data);
	else
		strv_addf(steps,
			"lay out a GPT disk that boots by %s, with %s; the root file "
			"system fits its content and leaves %s free",
			boot_words(r), partitions.data,
			size_format(r->disk.free_bytes, size));
}

void plan_steps(const struct recipe *r, struct strv *steps)
{
	const struct distro_spec spec = recipe_distro_spec(r);

	r->driver->describe(&spec, steps);
	strv_add(steps, "look through the tree for what should be in no image");
	add_disk_step(r, steps);
	strv_add(steps, "write the blocks that are not zero to the target of --to");
	strv_addf(steps,
		"boot the image by %s in an emulated EC2 machine, log in as %s with the "
		"launch "
		"key, check the system, and again after a reboot",
		boot_words(r), r->user);
}

/* The recipe's directory is said once, above. */
static const char *short_origin(const struct recipe_origin *o)
{
	return o->kind == RECIPE_ORIGIN_FILE ? path_basename(o->text) : o->text;
}

/* Of an origin that is too long, the end says more. */
static void add_origin(const char *origin, size_t column, struct strbuf *to)
{
	const size_t room = COLUMNS - column, length = strlen(origin);

	if (length <= room)
		strbuf_addf(to, "%s\n", origin);
	else
		strbuf_addf(to, "...%s\n", origin + length - (room - 3));
}

static void add_value(
	const char *path, const char *value, const char *origin, struct strbuf *to)
{
	const bool one_line = VALUE_COLUMN + wrap_width(value) < ORIGIN_COLUMN &&
			      strlen(origin) <= COLUMNS - ORIGIN_COLUMN;

	strbuf_addf(to, "  %-*s", VALUE_COLUMN - 2, path);
	if (one_line) {
		strbuf_add_str(to, value);
		for (size_t at = VALUE_COLUMN + wrap_width(value); at < ORIGIN_COLUMN;
			at++)
			strbuf_add_char(to, ' ');
		add_origin(origin, ORIGIN_COLUMN, to);
		return;
	}
	wrap_add(to, value, VALUE_COLUMN, VALUE_COLUMN, COLUMNS);
	strbuf_addf(to, "%*s", VALUE_COLUMN, "");
	strbuf_add_str(to, "from ");
	add_origin(origin, VALUE_COLUMN + 5, to);
}

void plan_values_text(const struct recipe *r, bool all, struct strbuf *to)
{
	for (size_t i = 0; i < recipe_key_count(); i++) {
		CLEANUP(strbuf_releasep) struct strbuf value = STRBUF_INIT;

		recipe_value_format(r, &recipe_keys[i], &value);
		if (all || strcmp(value.data, "none") != 0)
			add_value(recipe_keys[i].path, value.data,
				short_origin(&r->origins[i]), to);
	}
}

void plan_text(const struct recipe *r, struct strbuf *to)
{
	CLEANUP(strv_releasep) struct strv steps = STRV_INIT;

	strbuf_add_str(to, "recipe ");
	wrap_add(to, r->path, strlen("recipe "), strlen("recipe "), COLUMNS);
	strbuf_add_char(to, '\n');
	plan_values_text(r, true, to);
	plan_steps(r, &steps);
	strbuf_add_str(to, "\nsteps\n\n");
	for (size_t i = 0; i < steps.count; i++) {
		strbuf_addf(to, "%4zu. ", i + 1);
		wrap_add(to, steps.items[i], 6, 6, COLUMNS);
	}
}

static const char *origin_name(enum recipe_origin_kind kind)
{
	static const char *const names[] = {
		[RECIPE_ORIGIN_DEFAULT] = "default",
		[RECIPE_ORIGIN_FILE] = "recipe",
		[RECIPE_ORIGIN_ENVIRONMENT] = "environment",
		[RECIPE_ORIGIN_OPTION] = "option",
	};

	return names[kind];
}

void plan_json(const struct recipe *r, const struct plan_account *account, struct json *j)
{
	CLEANUP(strv_releasep) struct strv steps = STRV_INIT;

	json_object_begin(j, NULL);
	json_add_string(j, "recipe", r->path);
	json_object_begin(j, "values");
	for (size_t i = 0; i < recipe_key_count(); i++) {
		json_object_begin(j, recipe_keys[i].path);
		recipe_value_json(r, &recipe_keys[i], j, "value");
		json_add_string(j, "origin", origin_name(r->origins[i].kind));
		json_add_string(j, "where", r->origins[i].text);
		json_object_end(j);
	}
	json_object_end(j);
	plan_steps(r, &steps);
	json_array_begin(j, "steps");
	for (size_t i = 0; i < steps.count; i++)
		json_add_string(j, NULL, steps.items[i]);
	json_array_end(j);
	if (account)
		plan_account_json(account, j);
	json_object_end(j);
}
