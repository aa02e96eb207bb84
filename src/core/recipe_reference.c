/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/recipe_reference.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/wrap.h"
#include "core/recipe_schema.h"
#include "core/scdoc.h"

enum { COLUMNS = 88 };

static const char *default_text(const struct recipe_key *key)
{
	if (key->required)
		return "none: the key has to be there";
	return key->shown ? key->shown : key->fallback;
}

static const char *last_part(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot ? dot + 1 : path;
}

/* The section that `key` is the first of, or NULL. */
static const struct recipe_section *section_at(const struct recipe_key *key)
{
	for (const struct recipe_section *s = recipe_sections; s->path; s++) {
		const size_t length = strlen(s->path);

		if (!strncmp(key->path, s->path, length) && key->path[length] == '.' &&
			(key == recipe_keys ||
				strncmp(key[-1].path, key->path, length + 1) != 0))
			return s;
	}
	return NULL;
}

static void add_markdown_key(struct strbuf *to, const struct recipe_key *key)
{
	CLEANUP(strbuf_releasep) struct strbuf kind = STRBUF_INIT;
	CLEANUP(strbuf_releasep) struct strbuf variable = STRBUF_INIT;

	recipe_kind_format(key, &kind);
	recipe_key_environment_name(key, &variable);
	strbuf_addf(to, "\n### `%s`\n\n", key->path);
	wrap_add(to, key->help, 0, 0, COLUMNS);
	strbuf_addf(to, "\n- value: %s\n- default: %s\n", kind.data, default_text(key));
	strbuf_addf(to, "- example: `%s: %s`\n", last_part(key->path), key->example);
	strbuf_addf(to, "- environment: `%s`\n", variable.data);
}

void recipe_reference_markdown(struct strbuf *to)
{
	strbuf_add_str(to, "# Recipe reference\n"
			   "\n"
			   "<!-- Printed by `amiwright reference recipe` from "
			   "src/core/recipe_schema.c; `make docs`\n"
			   "     writes it anew, tools/check-recipe-docs compares. "
			   "-->\n"
			   "\n"
			   "A recipe is one YAML document that describes one "
			   "image. Two keys have to be there:\n"
			   "\n"
			   "```yaml\n"
			   "name: debian-12\n"
			   "distro: debian\n"
			   "```\n"
			   "\n"
			   "Each key can also be set by `--set KEY=VALUE` and by "
			   "an environment variable; the value is\n"
			   "YAML there too: `--set packages=[htop,jq]`. The order "
			   "is: option, environment, recipe,\n"
			   "default. `amiwright plan RECIPE` shows the effective "
			   "values and where each comes from.\n"
			   "\n"
			   "Relative files in a recipe are relative to its "
			   "directory, and symbolic links may not lead\n"
			   "out of it; those of options and of the environment are "
			   "relative to the current directory.\n"
			   "\n"
			   "A size has one of the suffixes K, M, G and T, powers of "
			   "1024, or B. A number without one is\n"
			   "bytes; one that may be meant as GiB, from 1 to 65536, is "
			   "refused. Yes and no are 1, yes,\n"
			   "true, on, and 0, no, false, off, in any case.\n"
			   "\n"
			   "A recipe is UTF-8 text of 1 MiB at most, without "
			   "anchors, aliases and tags. A key that is\n"
			   "not known, stands twice or has a value of the wrong "
			   "kind is refused with its place.\n"
			   "\n"
			   "## Keys\n");
	for (const struct recipe_key *key = recipe_keys; key->path; key++) {
		const struct recipe_section *section = section_at(key);

		if (section) {
			strbuf_addf(to, "\n## Section `%s`\n\n", section->path);
			wrap_add(to, section->help, 0, 0, COLUMNS);
		}
		add_markdown_key(to, key);
	}
}

static void add_scdoc_key(struct strbuf *to, const struct recipe_key *key)
{
	CLEANUP(strbuf_releasep) struct strbuf kind = STRBUF_INIT;
	CLEANUP(strbuf_releasep) struct strbuf variable = STRBUF_INIT;

	recipe_kind_format(key, &kind);
	recipe_key_environment_name(key, &variable);
	strbuf_addf(to, "\n*%s*\n\t", key->path);
	scdoc_add_text(to, key->help);
	strbuf_add_str(to, "\n\n\tValue: ");
	scdoc_add_text(to, kind.data);
	strbuf_add_str(to, ". Default: ");
	scdoc_add_text(to, default_text(key));
	strbuf_add_str(to, ". Example: *");
	scdoc_add_text(to, last_part(key->path));
	strbuf_add_str(to, ": ");
	scdoc_add_text(to, key->example);
	strbuf_add_str(to, "*. Environment: ");
	scdoc_add_text(to, variable.data);
	strbuf_add_str(to, ".\n");
}

void recipe_reference_scdoc(struct strbuf *to)
{
	for (const struct recipe_key *key = recipe_keys; key->path; key++) {
		const struct recipe_section *section = section_at(key);

		if (section)
			strbuf_addf(to, "\n## Section %s\n\n%s\n", section->path,
				section->help);
		add_scdoc_key(to, key);
	}
}
