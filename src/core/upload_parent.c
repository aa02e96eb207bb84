/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/upload_parent.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "core/kept_blocks_file.h"

struct upload_parent {
	struct aws_client *ebs;
	const char *snapshot_id;
	char *key;
	struct block_list *list;
	uint64_t volume_bytes;
	struct kept_blocks blocks;
	struct block_set *delta;
};

int upload_parent_open(struct aws_client *ebs, const char *snapshot_id,
	struct upload_parent **ret, struct error *err)
{
	CLEANUP(block_list_freep) struct block_list *list = NULL;
	struct upload_parent *p;

	if (block_list_open(ebs, snapshot_id, &list, err) < 0)
		return -1;
	p = xcalloc(1, sizeof(*p));
	p->ebs = ebs;
	p->snapshot_id = snapshot_id;
	p->key = kept_blocks_key(ebs, snapshot_id);
	p->volume_bytes = block_list_volume_bytes(list);
	p->list = TAKE_PTR(list);
	*ret = p;
	return 0;
}

struct upload_parent *upload_parent_free(struct upload_parent *p)
{
	if (!p)
		return NULL;
	p->delta = block_set_free(p->delta);
	kept_blocks_release(&p->blocks);
	p->list = block_list_free(p->list);
	free(p->key);
	free(p);
	return NULL;
}

uint64_t upload_parent_volume_bytes(const struct upload_parent *p)
{
	return p->volume_bytes;
}

/* The digests that were kept, when they are good; then *ret_known. */
static int look_up(struct upload_parent *p, struct progress *progress, bool *ret_known,
	struct error *err)
{
	*ret_known = kept_blocks_load(p->key, &p->blocks);
	if (!*ret_known)
		return 0;
	if (kept_blocks_are_listed(&p->blocks, p->list, ret_known, err) < 0)
		return -1;
	if (*ret_known) {
		progress_step(progress, "%s is not fetched: what its blocks are is known",
			p->snapshot_id);
		return 0;
	}
	kept_blocks_forget(p->key);
	kept_blocks_release(&p->blocks);
	p->list = block_list_free(p->list);
	return block_list_open(p->ebs, p->snapshot_id, &p->list, err);
}

int upload_parent_compare(struct upload_parent *p, struct upload_source *source,
	uint64_t volume_bytes, struct progress *progress, struct error *err)
{
	bool is_known;

	if (look_up(p, progress, &is_known, err) < 0)
		return -1;
	if (is_known)
		return upload_delta_find_kept(
			&p->blocks, source, volume_bytes, progress, &p->delta, err);
	if (upload_delta_find(p->ebs, p->list, source, volume_bytes, &p->blocks, progress,
		    &p->delta, err) < 0)
		return -1;
	kept_blocks_seal(&p->blocks);
	kept_blocks_save(p->key, &p->blocks);
	return 0;
}

int upload_parent_compare_kept(struct upload_parent *p, const struct kept_blocks *disk,
	uint64_t volume_bytes, struct progress *progress, bool *ret_known,
	struct error *err)
{
	if (look_up(p, progress, ret_known, err) < 0)
		return -1;
	if (*ret_known)
		p->delta = upload_delta_of_kept(&p->blocks, disk, volume_bytes);
	return 0;
}

const struct block_set *upload_parent_delta(const struct upload_parent *p)
{
	return p ? p->delta : NULL;
}

void upload_keep(const struct aws_client *ebs, const char *snapshot_id,
	struct kept_blocks *sent, const struct upload_parent *p)
{
	CLEANUP(freep) char *key = kept_blocks_key(ebs, snapshot_id);

	kept_blocks_seal(sent);
	if (p)
		kept_blocks_inherit(sent, &p->blocks);
	kept_blocks_save(key, sent);
}

void upload_parent_forget(const struct aws_client *ebs, const char *parent_id)
{
	CLEANUP(freep)
	char *key = parent_id ? kept_blocks_key(ebs, parent_id) : NULL;

	if (key)
		kept_blocks_forget(key);
}
