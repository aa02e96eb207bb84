/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/public_images.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "core/ec2_calls.h"
#include "core/image_family.h"

/* A "%" of a parameter is any word; that of a name is the same word, in their order. */
struct publisher {
	const char *parameter, *owner, *name;
};

static const struct publisher publishers[] = {
	/* https://wiki.debian.org/Cloud/AmazonEC2Image */
	{ "/aws/service/debian/release/%/latest/%", "136693071363", "debian-%-%-*" },
	/* https://docs.aws.amazon.com/linux/al2023/ug/ec2.html and
	 * …/al2023/ug/naming-and-versioning.html */
	{ "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-%", "amazon",
		"al2023-ami-2023.*-kernel-6.1-%" },
	{ "/aws/service/ami-amazon-linux-latest/al2023-ami-minimal-kernel-default-%",
		"amazon", "al2023-ami-minimal-2023.*-kernel-6.1-%" },
	/* https://documentation.ubuntu.com/aws/ (find Ubuntu images) */
	{ "/aws/service/canonical/ubuntu/server/%/stable/current/%/hvm/ebs-gp3/ami-id",
		"099720109477", "ubuntu/images/hvm-ssd-gp3/ubuntu-*-%-%-server-*" },
	{ "/aws/service/canonical/ubuntu/server/%/stable/current/%/hvm/ebs-gp2/ami-id",
		"099720109477", "ubuntu/images/hvm-ssd/ubuntu-*-%-%-server-*" },
};

void public_images_release(struct public_images *images)
{
	free(images->name);
	*images = (struct public_images){ 0 };
}

/* As much of the text as one word has: no wildcard of a filter, no version behind ":". */
static size_t word_chars(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789._");
}

static bool matches(const char *template, const char *text, struct strv *words)
{
	for (; *template; template ++) {
		const size_t chars = *template == '%' ? word_chars(text) : 1;
		CLEANUP(freep) char *word = NULL;

		if (!chars || (*template != '%' && *template != *text))
			return false;
		if (*template == '%') {
			word = xstrndup(text, chars);
			strv_add(words, word);
		}
		text += chars;
	}
	return !*text;
}

static char *fill_in(const char *template, const struct strv *words)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	size_t next = 0;

	for (; *template; template ++)
		if (*template == '%' && next < words->count)
			strbuf_add_str(&text, words->items[next++]);
		else
			strbuf_add_char(&text, *template);
	return strbuf_take(&text);
}

bool public_images_of(const char *parameter, struct public_images *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(publishers); i++) {
		CLEANUP(strv_releasep) struct strv words = STRV_INIT;

		if (!matches(publishers[i].parameter, parameter, &words))
			continue;
		ret->owner = publishers[i].owner;
		ret->name = fill_in(publishers[i].name, &words);
		return true;
	}
	return false;
}

int public_images_newest(struct aws_client *ec2, const struct public_images *images,
	char **ret_id, struct error *err)
{
	const char *name = images->name, *state = "available";
	const struct ec2_filter filters[] = { { "name", { &name, 1 } },
		{ "state", { &state, 1 } } };
	CLEANUP(ec2_list_releasep) struct ec2_list found = { 0 };

	if (ec2_images_of_find(
		    ec2, images->owner, filters, ARRAY_SIZE(filters), &found, err) < 0)
		return -1;
	if (!found.count)
		return error_set(err, ERR_FETCH, 0,
			"the account %s has no image that is called '%s' here",
			images->owner, images->name);
	image_list_sort(&found);
	*ret_id = xstrdup(ec2_image_at(&found, 0)->image_id);
	return 0;
}
