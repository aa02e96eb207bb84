/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/register_labels.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "core/run_tags.h"

static void add_difference(
	struct strbuf *to, const char *what, const char *has, const char *wanted)
{
	if (!wanted || (has && !strcmp(has, wanted)))
		return;
	if (to->length_bytes)
		strbuf_add_str(to, ", ");
	if (has)
		strbuf_addf(to, "its %s is '%s' and not '%s'", what, has, wanted);
	else
		strbuf_addf(to, "it has no %s", what);
}

static void add_tag_difference(
	struct strbuf *to, const struct ec2_image *image, const struct ec2_tag *wanted)
{
	CLEANUP(freep) char *what = xasprintf("tag %s", wanted->key);

	add_difference(to, what, ec2_tag_value(&image->tags, wanted->key), wanted->value);
}

void register_labels_differ(const struct register_image *wanted,
	const struct ec2_image *image, struct strbuf *ret)
{
	/* One that is empty is none, as EC2 tells it. */
	const char *description = image->description ? image->description : "";

	add_difference(ret, "description", description, wanted->description);
	add_difference(ret, "family", ec2_tag_value(&image->tags, RUN_TAG_FAMILY),
		wanted->family);
	for (size_t i = 0; i < wanted->tag_count; i++)
		add_tag_difference(ret, image, &wanted->tags[i]);
}
