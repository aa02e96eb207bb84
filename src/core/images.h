/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The images of an account that amiwright has made, for people and for scripts.
 */
#pragma once

#include "base/json.h"
#include "base/strbuf.h"
#include "core/aws_session.h"
#include "core/ec2_calls.h"

struct images_spec {
	struct aws_session_spec session;
	const char *family; /* of this alone; or NULL */
	bool shows_all; /* also those that others have made */
};

/* By value: zeroes, images_release(). */
struct images {
	struct ec2_list list; /* of struct ec2_image, the newest first */
	uint64_t *stored_bytes; /* of each, what its snapshots take; 0: not known */
	char *region;
};

void images_release(struct images *i);
static inline void images_releasep(struct images *i)
{
	images_release(i);
}

int images_list(const struct images_spec *spec, struct images *ret, struct error *err);

/* The sum of its volumes. */
uint64_t image_volume_gib(const struct ec2_image *image);

/* Elements of the array "images" of the document of --json. */
void images_json(const struct images *i, struct json *j);

/* A table; `now_s` is what ages are counted from. */
void images_text(const struct images *i, int64_t now_s, struct strbuf *to);
