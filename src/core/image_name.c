/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/image_name.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* From the reference of RegisterImage, parameter Name. */
static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			      "0123456789()[] ./-'@_";

int image_name_make(const char *text, char **ret, struct error *err)
{
	char *name;
	size_t length;

	/* A blank at an end is allowed, and nobody ever means it. */
	text += strspn(text, " ");
	name = xstrndup(text, IMAGE_NAME_MOST_CHARS);
	for (char *c = name; *c; c++)
		if (!strchr(allowed, *c))
			*c = '-';
	length = strlen(name);
	while (length && name[length - 1] == ' ')
		name[--length] = '\0';
	if (length < IMAGE_NAME_LEAST_CHARS) {
		(void)error_set(err, ERR_USAGE, 0,
			"'%s' is too short for the name of an image: it has to have %d "
			"to "
			"%d characters",
			name, IMAGE_NAME_LEAST_CHARS, IMAGE_NAME_MOST_CHARS);
		free(name);
		return -1;
	}
	*ret = name;
	return 0;
}
