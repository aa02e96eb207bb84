/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/subid.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

/* The kernel takes this many lines of a map, user_namespaces(7); one is our own id's. */
enum { RANGES_MOST = 340 - 1 };

struct range {
	unsigned long start;
	unsigned long count;
};

/* The outside ids that the map uses so far. */
struct taken {
	struct range ranges[RANGES_MOST + 1];
	size_t count;
};

static bool number(const char *text, const char *end, unsigned long *ret)
{
	char *stop;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*ret = strtoul(text, &stop, 10);
	return errno == 0 && stop == end && *ret <= UINT32_MAX;
}

/* "user:start:count" */
static bool parse_line(char *line, const char *user, uid_t uid, struct range *ret)
{
	char *start = strchr(line, ':');
	char *count = start ? strchr(start + 1, ':') : NULL;
	unsigned long id;

	if (!count)
		return false;
	*start++ = '\0';
	*count++ = '\0';
	if (strcmp(line, user) != 0 &&
		!(number(line, line + strlen(line), &id) && id == uid))
		return false;
	return number(start, count - 1, &ret->start) &&
	       number(count, count + strlen(count), &ret->count) && ret->count > 0 &&
	       ret->start + ret->count <= UINT32_MAX;
}

static bool overlaps(const struct taken *taken, const struct range *r)
{
	for (size_t i = 0; i < taken->count; i++) {
		const struct range *other = &taken->ranges[i];

		if (r->start < other->start + other->count &&
			other->start < r->start + r->count)
			return true;
	}
	return false;
}

static void add_args(struct strv *args, unsigned long inside, const struct range *r)
{
	strv_addf(args, "%lu", inside);
	strv_addf(args, "%lu", r->start);
	strv_addf(args, "%lu", r->count);
}

int subid_map_args(const char *text, const char *user, uid_t uid, uint32_t own_id,
	struct strv *args, struct error *err)
{
	CLEANUP(freep) char *copy = xstrdup(text);
	struct taken taken = { .ranges = { { own_id, 1 } }, .count = 1 };
	unsigned long next = 1;
	char *save = NULL;

	add_args(args, 0, &taken.ranges[0]);
	for (char *line = strtok_r(copy, "\n", &save); line;
		line = strtok_r(NULL, "\n", &save)) {
		struct range r;

		if (next > SUBID_COUNT || taken.count == ARRAY_SIZE(taken.ranges))
			break;
		if (!parse_line(line, user, uid, &r))
			continue;
		if (r.count > SUBID_COUNT + 1 - next)
			r.count = SUBID_COUNT + 1 - next;
		if (overlaps(&taken, &r))
			continue;
		add_args(args, next, &r);
		taken.ranges[taken.count++] = r;
		next += r.count;
	}
	if (next <= SUBID_COUNT)
		return error_set(err, ERR_TOOL, 0,
			"user '%s' has %lu subordinate ids of the %d needed; give them "
			"with: "
			"sudo usermod --add-subuids 100000-165535 --add-subgids "
			"100000-165535 %s",
			user, next - 1, SUBID_COUNT, user);
	return 0;
}

int subid_map_of_root(const char *own_map, struct strbuf *map, struct error *err)
{
	unsigned long start, count, mapped = 0;
	int length;

	while (sscanf(own_map, "%lu %*u %lu%n", &start, &count, &length) == 2) {
		own_map += length;
		if (start > SUBID_COUNT)
			continue;
		if (count > SUBID_COUNT + 1 - start)
			count = SUBID_COUNT + 1 - start;
		strbuf_addf(map, "%lu %lu %lu\n", start, start, count);
		mapped += count;
	}
	if (mapped <= SUBID_COUNT)
		return error_set(err, ERR_TOOL, 0,
			"root has %lu of the %d user or group ids needed: this is a "
			"container with too few; give it more subordinate ids",
			mapped, SUBID_COUNT + 1);
	return 0;
}
