/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who may launch an image, and make volumes of its snapshots: asked for, compared with
 * what is wanted, and only what differs is changed.
 */
#pragma once

#include "aws/client.h"
#include "base/strv.h"
#include "core/change_tell.h"

/* Beside ids of accounts and ARNs of organisations and their units: everybody. */
#define IMAGE_SHARE_ALL "all"

/* What is wanted of whom. */
struct image_share {
	const struct strv *wanted;
	bool is_exact; /* what others have is taken away */
	/* Hears of each change; in a dry run none is made, and an id may be NULL: of what
	 * would be made. NULL: nobody hears. */
	const struct change_teller *teller;
};

/* 1 when something was changed, 0 when all was as it is wanted. `made_at_ms` as in
 * aws_call, of image or snapshot. */
int image_share_launch(struct aws_client *ec2, const char *image_id, uint64_t made_at_ms,
	const struct image_share *share, struct error *err);

/* The same; of those who are wanted only accounts are looked at. */
int image_share_snapshot(struct aws_client *ec2, const char *snapshot_id,
	uint64_t made_at_ms, const struct image_share *share, struct error *err);

/* ERR_TARGET, with the remedy, when the account has forbidden public images in this
 * region. A region that does not know of that forbids nothing. */
int image_share_check_public(struct aws_client *ec2, struct error *err);

/* What of `wanted` is not in `has`, and with `exact` what of `has` is not wanted. */
void image_share_compare(const struct image_share *share, const struct strv *has,
	struct strv *ret_add, struct strv *ret_remove);
