/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An image made anew in another region: its blocks go into a snapshot there, straight
 * through the EBS direct APIs, and the snapshot is registered with all that the image
 * has. RegisterImage has no client token: what keeps a second one from being made is the
 * name, and StartSnapshot has the run's id as its token. A run that was killed is gone on
 * with; its blocks are sent again, unless all of them were there.
 *
 * Several can go on at once, each in a thread of its own, but for image_send_begin().
 */
#pragma once

#include "core/image_blocks.h"
#include "core/image_copy.h"

/* What is sent; the caller's. */
struct image_cargo {
	struct image_blocks *blocks;
	const char *uefi_data; /* that the image was registered with, or NULL */
};

/* The run, of which the journal says what it is about to do. */
int image_send_begin(struct image_copy *c, struct error *err);

/* Nothing is sent after all: of a run that has asked for nothing, the journal goes. */
void image_send_drop(struct image_copy *c);

/*
 * From there to the image, which has an id then: fetches the blocks that are to be sent.
 * What is refused for good is removed; else what is there stays for who goes on with it.
 * `ebs` is a client in the region.
 */
int image_send(struct image_copy *c, struct aws_client *ebs,
	const struct image_cargo *cargo, struct error *err);
