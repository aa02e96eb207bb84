/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/subid.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

struct range {
	unsigned long start;
	unsigned long count;
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
static bool parse_line(char *line, const char *user, uid_t own_id, struct range *ret)
{
	char *start = strchr(line, ':');
	char *count = start ? strchr(start + 1, ':') : NULL;
	unsigned long id;

	if (!count)
		return false;
	*start++ = '\0';
	*count++ = '\0';
	if (strcmp(line, user) != 0 &&
		!(number(line, line + strlen(line), &id) && id == own_id))
		return false;
	return number(start, count - 1, &ret->start) &&
	       number(count, count + strlen(count), &ret->count) && ret->count > 0;
}

int subid_map_args(const char *text, const char *user, uid_t own_id, struct strv *args,
	struct error *err)
{
	CLEANUP(freep) char *copy = xstrdup(text);
	unsigned long next = 1;
	char *save = NULL;

	STRV_ADD(args, "0");
	strv_addf(args, "%lu", (unsigned long)own_id);
	STRV_ADD(args, "1");
	for (char *line = strtok_r(copy, "\n", &save); line && next <= SUBID_COUNT;
		line = strtok_r(NULL, "\n", &save)) {
		struct range r;
		unsigned long take;

		if (!parse_line(line, user, own_id, &r))
			continue;
		take = SUBID_COUNT + 1 - next;
		if (take > r.count)
			take = r.count;
		strv_addf(args, "%lu", next);
		strv_addf(args, "%lu", r.start);
		strv_addf(args, "%lu", take);
		next += take;
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
