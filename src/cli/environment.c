/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/environment.h"

#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/words.h"
#include "cli/command.h"
#include "cli/globals.h"
#include "core/recipe_schema.h"

static const char prefix[] = "AMIWRIGHT_";

static void add_options(const struct opt *table, struct strv *names)
{
	for (const struct opt *o = table; o && o->kind != OPT_NONE; o++) {
		struct strbuf name = STRBUF_INIT;

		if (o->no_environment)
			continue;
		option_environment_name(o, &name);
		strv_take(names, strbuf_take(&name));
	}
}

static void add_known(struct strv *names)
{
	add_options(global_options, names);
	for (const struct command *const *c = commands; *c; c++)
		add_options((*c)->options, names);
	for (const struct recipe_key *key = recipe_keys; key->path; key++) {
		struct strbuf name = STRBUF_INIT;

		recipe_key_environment_name(key, &name);
		strv_take(names, strbuf_take(&name));
	}
}

static void check_one(struct progress *p, const struct strv *known, const char *name)
{
	struct nearest near = { .word = name + strlen(prefix) };
	const char *best;

	if (strv_contains(known, name))
		return;
	for (size_t i = 0; i < known->count; i++)
		nearest_offer(&near, known->items[i] + strlen(prefix));
	best = nearest_best(&near);
	progress_warning(p, "the environment variable %s sets nothing%s%s%s", name,
		best ? "; did you mean " : "", best ? prefix : "", best ? best : "");
}

void environment_check(struct progress *p)
{
	CLEANUP(strv_releasep) struct strv known = STRV_INIT;

	add_known(&known);
	for (char **e = environ; *e; e++) {
		CLEANUP(freep) char *name = xstrndup(*e, strcspn(*e, "="));

		/* An empty one is as good as none. */
		if (text_starts_with(name, prefix) && (*e)[strlen(name)] &&
			(*e)[strlen(name) + 1])
			check_one(p, &known, name);
	}
}
