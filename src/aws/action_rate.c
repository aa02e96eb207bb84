/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/action_rate.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

enum { MILLI = 1000 };

/*
 * EC2 developer guide, Request throttling for the Amazon EC2 API: the bucket's size and
 * what comes into it each second. The first row that matches counts; the last four are
 * the categories "non-mutating" and "mutating".
 */
static const struct limit {
	const char *begin; /* of the action's name */
	uint16_t tokens, a_second;
} limits[] = {
	{ "CopyImage", 100, 1 },
	{ "CreateTags", 100, 10 },
	{ "DeleteSnapshot", 100, 5 },
	{ "DeregisterImage", 100, 5 },
	{ "ModifyImageAttribute", 100, 5 },
	{ "ModifySnapshotAttribute", 100, 5 },
	/* So few when it has neither a filter nor pages: with ids alone. */
	{ "DescribeSnapshots", 50, 10 },
	{ "Describe", 100, 20 },
	{ "Get", 100, 20 },
	{ "List", 100, 20 },
	{ "", 50, 5 },
};

static const struct limit *find_limit(const char *action)
{
	const struct limit *l = limits;

	while (strncmp(action, l->begin, strlen(l->begin)) != 0)
		l++;
	return l;
}

static struct action_bucket *find_bucket(
	struct action_rate *r, const char *action, uint64_t now_ms)
{
	const struct limit *limit;
	struct action_bucket *b;

	for (size_t i = 0; i < r->count; i++)
		if (!strcmp(r->buckets[i].action, action))
			return &r->buckets[i];
	if (r->count == ARRAY_SIZE(r->buckets))
		abort();
	limit = find_limit(action);
	b = &r->buckets[r->count++];
	*b = (struct action_bucket){
		.action = action,
		.most_tokens = limit->tokens * 9u / 10,
		.fill_a_second = limit->a_second,
		.filled_at_ms = now_ms,
	};
	b->millitokens = (uint64_t)b->most_tokens * MILLI;
	return b;
}

static void fill(struct action_bucket *b, uint64_t now_ms)
{
	const uint64_t most = (uint64_t)b->most_tokens * MILLI;
	const uint64_t past_ms = now_ms - b->filled_at_ms;

	/* A bucket is full long before the product could be too large. */
	if (past_ms >= most || b->millitokens + past_ms * b->fill_a_second > most)
		b->millitokens = most;
	else
		b->millitokens += past_ms * b->fill_a_second;
	b->filled_at_ms = now_ms;
}

uint64_t action_rate_acquire(struct action_rate *r, const char *action, uint64_t now_ms)
{
	struct action_bucket *b = find_bucket(r, action, now_ms);

	fill(b, now_ms);
	if (b->millitokens < MILLI)
		return (MILLI - b->millitokens + b->fill_a_second - 1) / b->fill_a_second;
	b->millitokens -= MILLI;
	return 0;
}
