/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/image_copies.h"

#include <stdlib.h>
#include <string.h>

#include "aws/service_error.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "core/image.h"
#include "core/regions.h"
#include "core/run_tags.h"

enum { FILTER_VALUES_MOST = 200 }; /* that a request may have */

static void place_release(struct image_copies_place *place)
{
	ec2_list_release(&place->found);
	place->ec2 = aws_client_free(place->ec2);
}

void image_copies_release(struct image_copies *c)
{
	for (size_t i = 0; i < c->count; i++)
		place_release(&c->places[i]);
	free(c->places);
	*c = (struct image_copies){ 0 };
}

const char *image_copies_source(const struct ec2_image *image)
{
	return ec2_tag_value(&image->tags, RUN_TAG_SOURCE);
}

static bool is_others(const struct image_copies_place *place,
	const struct ec2_image *image, struct progress *p)
{
	CLEANUP(freep) char *origin = image_origin(image);

	if (image_is_ours(image))
		return false;
	progress_warning(p, "%s in %s has the tag of a copy of %s, is %s%s, and stays",
		image->image_id, aws_client_region(place->ec2),
		image_copies_source(image), origin ? "one of " : "not ours",
		origin ? origin : "");
	return true;
}

static void drop_others(struct image_copies_place *place, struct progress *p)
{
	struct ec2_list *l = &place->found;
	size_t kept = 0;

	for (size_t i = 0; i < l->count; i++) {
		const struct ec2_image *image = ec2_image_at(l, i);

		if (!image_is_there(image) || is_others(place, image, p))
			continue;
		if (!image_is_unfinished(image, NULL))
			l->items[kept++] = image;
		else
			progress_warning(p,
				"%s in %s, a copy of %s, is not finished and stays; when "
				"its run is dead, 'amiwright cleanup' removes it",
				image->image_id, aws_client_region(place->ec2),
				image_copies_source(image));
	}
	l->count = kept;
}

static int look(struct image_copies_place *place, const struct strv *names,
	struct progress *p, struct error *err)
{
	for (size_t at = 0; at < names->count; at += FILTER_VALUES_MOST) {
		CLEANUP(ec2_list_releasep) struct ec2_list found = { 0 };
		const size_t left = names->count - at;
		const struct ec2_filter filter = { "tag:" RUN_TAG_SOURCE,
			{ names->items + at,
				left < FILTER_VALUES_MOST ? left : FILTER_VALUES_MOST } };

		if (ec2_images_find(place->ec2, &filter, 1, &found, err) < 0)
			return -1;
		ec2_list_take(&place->found, &found);
	}
	drop_others(place, p);
	return 0;
}

static int look_in(const struct aws_session *session, const char *region,
	const struct strv *names, struct progress *p, struct image_copies *ret,
	struct error *err)
{
	struct image_copies_place place = { 0 };

	if (aws_session_client_in(session, AWS_EC2, region, &place.ec2, err) < 0)
		return -1;
	if (look(&place, names, p, err) == 0) {
		ret->places[ret->count++] = place;
		return 0;
	}
	place_release(&place);
	(void)error_context(err, "look for copies in %s", region);
	/* Accounts may be kept out of regions that they have enabled. */
	if (!service_error_is_refusal(err))
		return -1;
	progress_warning(p, "%s", err->msg);
	return 0;
}

int image_copies_find(const struct aws_session *session, const struct strv *names,
	struct progress *p, struct image_copies *ret, struct error *err)
{
	CLEANUP(image_copies_releasep) struct image_copies c = { 0 };
	CLEANUP(strv_releasep) struct strv regions = STRV_INIT;

	if (regions_find_with(session, &regions, err) < 0)
		return -1;
	c.places = xcalloc(regions.count, sizeof(*c.places));
	for (size_t i = 0; i < regions.count; i++)
		if (strcmp(regions.items[i], session->region) != 0 &&
			look_in(session, regions.items[i], names, p, &c, err) < 0)
			return -1;
	*ret = c;
	c = (struct image_copies){ 0 };
	return 0;
}

static void list_copies(const struct image_copies *c, struct strbuf *to)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct image_copies_place *place = &c->places[i];

		for (size_t k = 0; k < place->found.count; k++)
			strbuf_addf(to, "%s%s in %s", to->length_bytes ? ", " : "",
				ec2_image_at(&place->found, k)->image_id,
				aws_client_region(place->ec2));
	}
}

int image_copies_mention(const struct aws_session *session, const char *image_id,
	struct progress *p, struct error *err)
{
	CLEANUP(image_copies_releasep) struct image_copies copies = { 0 };
	CLEANUP(strv_releasep) struct strv names = STRV_INIT;
	CLEANUP(strbuf_releasep) struct strbuf list = STRBUF_INIT;
	struct error why = ERROR_INIT;

	strv_take(&names, xasprintf("%s/%s", session->region, image_id));
	if (image_copies_find(session, &names, p, &copies, &why) < 0) {
		if (why.code == ERR_INTERRUPTED) {
			*err = why;
			return -1;
		}
		progress_warning(p,
			"whether %s has copies in other regions, which would stay, "
			"is not known: %s",
			image_id, why.msg);
		return 0;
	}
	list_copies(&copies, &list);
	if (list.length_bytes)
		progress_warning(p,
			"the copies of %s stay: %s; 'amiwright remove %s --region %s' "
			"removes them",
			image_id, list.data, image_id, session->region);
	return 0;
}
