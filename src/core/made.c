/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/made.h"

#include <time.h>

#include "aws/retry.h"
#include "aws/timestamp.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "core/image.h"
#include "core/snapshot.h"

enum { YOUNG_S = RETRY_YOUNG_MS / 1000 };

static uint64_t made_before(int64_t age_s)
{
	const uint64_t now = clock_now_ms(), age_ms = (uint64_t)age_s * 1000;

	return age_s >= 0 && age_s < YOUNG_S && age_ms < now ? now - age_ms : 0;
}

uint64_t made_at_seconds(int64_t at_s)
{
	return made_before(time(NULL) - at_s);
}

uint64_t made_at_text(const struct aws_client *ec2, const char *iso)
{
	int64_t at_s;

	if (!iso || !timestamp_parse(iso, &at_s))
		return 0;
	return made_before(aws_client_time(ec2) - at_s);
}

int made_remove(struct aws_client *ec2, const struct run_deed *made, uint64_t most_ms,
	struct error *err)
{
	const uint64_t made_at_ms = made_at_seconds(made->at_s);

	if (ec2_id_is_valid(made->what, "ami-"))
		return image_deregister(ec2, made->what, made_at_ms, most_ms, NULL, err);
	return snapshot_delete(ec2, made->what, made_at_ms, most_ms, err);
}

/* What does not show till then is gone, and found by nobody. */
static int await_one(struct aws_client *ec2, const char *id, uint64_t made_at_ms,
	struct progress *p, struct error *err)
{
	CLEANUP(ec2_list_releasep) struct ec2_list found = { 0 };

	progress_wait(p, "what was made to show", (clock_now_ms() - made_at_ms) / 1000,
		YOUNG_S);
	if (ec2_id_is_valid(id, "ami-"))
		return ec2_image_find(ec2, id, made_at_ms, &found, err);
	return ec2_snapshot_find(ec2, id, made_at_ms, &found, err);
}

int made_await(struct aws_client *ec2, const struct run_past *past, struct progress *p,
	struct error *err)
{
	for (size_t i = 0; i < past->count; i++) {
		const struct run_deed *deed = &past->deeds[i];
		const uint64_t made_at_ms =
			deed->act == RUN_MADE ? made_at_seconds(deed->at_s) : 0;

		if (made_at_ms && await_one(ec2, deed->what, made_at_ms, p, err) < 0)
			return -1;
	}
	return 0;
}
