/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/publish_way.h"

#include <inttypes.h>

#include "aws/service_error.h"
#include "base/cleanup.h"
#include "base/words.h"
#include "core/image_parent.h"
#include "core/image_replica.h"
#include "core/kept_blocks_file.h"
#include "core/upload_delta.h"

/* That the image can be sent to that region. */
static int check(
	const struct publish_sending *s, struct image_copy *copy, struct error *err)
{
	const char *obstacle = image_replica_obstacle(s->source->image);

	if (obstacle)
		return error_set(err, ERR_TARGET, 0, "%s", obstacle);
	return image_copy_find_key(copy, err);
}

/* What is only said of a copy that could be sent another time is no obstacle. */
static bool is_obstacle(const struct error *e)
{
	return e->code == ERR_TARGET || service_error_is_refusal(e);
}

/* Those that nothing keeps from being sent; the others are copied. */
static int mark(const struct publish_sending *s, struct image_copy *const *copies,
	size_t count, size_t *ret_marked, struct error *err)
{
	*ret_marked = 0;
	for (size_t i = 0; i < count; i++) {
		struct error obstacle = ERROR_INIT;

		if (!image_copy_is_open(copies[i]))
			continue;
		copies[i]->is_sent = check(s, copies[i], &obstacle) == 0;
		*ret_marked += copies[i]->is_sent;
		if (copies[i]->is_sent)
			continue;
		if (!is_obstacle(&obstacle)) {
			*err = obstacle;
			return -1;
		}
		progress_step(s->progress, "%s: it is copied, and cannot be sent: %s",
			aws_client_region(copies[i]->ec2), obstacle.msg);
	}
	return 0;
}

static void unmark(struct image_copy *const *copies, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (image_copy_is_open(copies[i]))
			copies[i]->is_sent = false;
}

static int insist(const struct publish_sending *s, struct image_copy *const *copies,
	size_t count, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		if (!image_copy_is_open(copies[i]))
			continue;
		if (check(s, copies[i], err) < 0)
			return error_context(err, "%s cannot be sent to %s",
				s->source->image->image_id,
				aws_client_region(copies[i]->ec2));
		copies[i]->is_sent = true;
	}
	return 0;
}

/* What there is to be moved, as far as digests tell. */
struct measuring {
	struct image_blocks *blocks;
	struct block_set *fetched; /* of those that some region is sent */
	bool fetches_all;
	struct pace_load load;
};

static void measuring_releasep(struct measuring *m)
{
	m->fetched = block_set_free(m->fetched);
}

/* What one region has to be told; NULL: all of it. The caller frees it. */
static int find_delta(const struct publish_sending *s, struct image_copy *copy,
	struct block_set **ret, struct error *err)
{
	const struct kept_blocks *known = image_blocks_known(s->blocks);
	CLEANUP(kept_blocks_releasep) struct kept_blocks there = { 0 };
	CLEANUP(aws_client_freep) struct aws_client *ebs = NULL;
	CLEANUP(freep) char *key = NULL;

	*ret = NULL;
	if (!known)
		return 0;
	if (aws_session_client_in(
		    s->session, AWS_EBS, aws_client_region(copy->ec2), &ebs, err) < 0 ||
		image_parent_find(copy, ebs, err) < 0)
		return -1;
	if (!copy->parent_id)
		return 0;
	key = kept_blocks_key(ebs, copy->parent_id);
	if (kept_blocks_load(key, &there))
		*ret = upload_delta_of_kept(
			&there, known, image_blocks_volume_bytes(s->blocks));
	return 0;
}

static int measure_region(const struct publish_sending *s, struct image_copy *copy,
	struct measuring *m, struct error *err)
{
	CLEANUP(block_set_freep) struct block_set *delta = NULL;
	uint64_t blocks;

	if (find_delta(s, copy, &delta, err) < 0)
		return -1;
	m->fetches_all |= !delta;
	if (delta)
		block_set_add_all(m->fetched, delta);
	blocks = delta ? block_set_count(delta) : m->load.blocks;
	m->load.regions++;
	m->load.sent_blocks += blocks;
	if (blocks > m->load.most_blocks)
		m->load.most_blocks = blocks;
	return 0;
}

static uint64_t count_fetched(const struct measuring *m)
{
	const struct kept_blocks *known = image_blocks_known(m->blocks);
	uint64_t count = 0;

	if (m->fetches_all)
		return m->load.blocks;
	for (size_t i = 0; i < known->count; i++)
		count += block_set_has(m->fetched, known->blocks[i].index);
	return count;
}

static int measure(struct publish_sending *s, struct image_copy *const *copies,
	size_t count, struct pace_load *ret, struct error *err)
{
	CLEANUP(measuring_releasep) struct measuring m = { 0 };

	if (publish_sending_open(s, err) < 0)
		return -1;
	m.blocks = s->blocks;
	m.fetched = block_set_new(image_blocks_volume_bytes(s->blocks));
	if (image_blocks_count(s->blocks, &m.load.blocks, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (image_copy_is_open(copies[i]) && copies[i]->is_sent &&
			measure_region(s, copies[i], &m, err) < 0)
			return -1;
	m.load.fetched_blocks = count_fetched(&m);
	*ret = m.load;
	return 0;
}

static void tell(const struct publish_sending *s, const struct pace_estimate *e)
{
	const struct pace_load *load = &e->load;

	progress_step(s->progress,
		"to %zu region%s: CopyImage about %" PRIu64 " s, sending %" PRIu64
		" s (fetch %" PRIu64 " block%s, send %" PRIu64 "): %s",
		load->regions, plural_s(load->regions), e->copy_s, e->send_s,
		load->fetched_blocks, plural_s(load->fetched_blocks), load->sent_blocks,
		pace_sends(e) ? "they are sent" : "it is copied");
}

static int choose(struct publish_sending *s, struct image_copy *const *copies,
	size_t count, struct pace_estimate *ret, struct error *err)
{
	struct error why = ERROR_INIT;
	struct pace_load load;
	size_t marked;

	if (mark(s, copies, count, &marked, err) < 0)
		return -1;
	if (!marked)
		return 0;
	if (measure(s, copies, count, &load, &why) < 0) {
		if (!service_error_is_refusal(&why)) {
			*err = why;
			return -1;
		}
		progress_step(
			s->progress, "it is copied, and cannot be sent: %s", why.msg);
		unmark(copies, count);
		return 0;
	}
	pace_estimate(&load, s->link_bytes, ret);
	if (!pace_sends(ret))
		unmark(copies, count);
	tell(s, ret);
	return 0;
}

int publish_choose_way(struct publish_sending *s, struct image_copy *const *copies,
	size_t count, struct pace_estimate *ret, struct error *err)
{
	*ret = (struct pace_estimate){ 0 };
	switch (s->way) {
	case RECIPE_WAY_AUTO:
		return choose(s, copies, count, ret, err);
	case RECIPE_WAY_SEND:
		return insist(s, copies, count, err);
	case RECIPE_WAY_COPY:
		break;
	}
	return 0;
}
