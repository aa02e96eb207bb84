/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/account.h"

#include <stdint.h>

#include "rt/string.h"
#include "rt/text.h"

enum {
	FIELD_NAME,
	FIELD_PASSWORD,
	FIELD_UID,
	FIELD_GID,
	FIELD_GECOS,
	FIELD_HOME,
	FIELDS
};

struct field {
	const char *at;
	size_t length;
};

/* The fields of the line at `line`; false: it has fewer than a home needs. */
static bool split(const char *line, struct field fields[FIELDS])
{
	for (size_t i = 0; i < FIELDS; i++) {
		fields[i].at = line;
		fields[i].length = strcspn(line, ":\n");
		line += fields[i].length;
		if (*line != ':' && i < FIELD_HOME)
			return false;
		line += *line == ':';
	}
	return true;
}

static bool take_id(const struct field *f, unsigned int *ret)
{
	uint64_t value;

	/* The highest is "no such user" to the kernel. */
	if (!text_number(f->at, f->length, UINT32_MAX - 1, &value))
		return false;
	*ret = (unsigned int)value;
	return true;
}

static bool take_account(const struct field fields[FIELDS], struct account *ret)
{
	const struct field *home = &fields[FIELD_HOME];
	struct account a = { 0 };

	if (!take_id(&fields[FIELD_UID], &a.owner.uid) ||
		!take_id(&fields[FIELD_GID], &a.owner.gid) || !home->length ||
		home->at[0] != '/' || home->length >= sizeof(a.home))
		return false;
	memcpy(a.home, home->at, home->length);
	*ret = a;
	return true;
}

bool account_find(const char *passwd, const char *name, struct account *ret)
{
	size_t length = strlen(name);
	struct field fields[FIELDS];

	for (const char *line = passwd; *line;) {
		if (strncmp(line, name, length) == 0 && line[length] == ':')
			return split(line, fields) && take_account(fields, ret);
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return false;
}
