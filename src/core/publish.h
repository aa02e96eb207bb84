/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An image goes to other regions and to those who may use it. What is asked for is a
 * state: each part of it is looked at, and only what differs is changed. So the same
 * command again makes no call that changes something, and one after a `kill -9` goes on.
 */
#pragma once

#include "base/progress.h"
#include "core/aws_session.h"
#include "core/publish_result.h"
#include "core/recipe.h"

/* What the user asked for; all of it is the caller's. */
struct publish_spec {
	struct aws_session_spec session;
	const char *image; /* image_reference.h */
	const struct recipe_publish *wish;
	uint64_t wait_most_s; /* for all copies together */
	bool is_dry_run; /* says what would be changed, and changes nothing */
};

/*
 * Returns when all regions have what was wished. What is wrong with the wish or with a
 * region is found before anything is made. When a region fails later, the others are
 * still served; then it is an error, or of a best-effort region a warning, and *ret has
 * what became of each.
 */
int publish_image(const struct publish_spec *spec, struct progress *p,
	struct publish_result *ret, struct error *err);
