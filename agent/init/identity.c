/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/identity.h"

#include "init/file.h"
#include "rt/string.h"

static bool is_id_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-';
}

bool identity_take(const char *value, size_t length, char to[INSTANCE_ID_MOST_BYTES])
{
	while (length && (value[length - 1] == '\n' || value[length - 1] == ' '))
		length--;
	if (!length || length >= INSTANCE_ID_MOST_BYTES)
		return false;
	for (size_t i = 0; i < length; i++)
		if (!is_id_character(value[i]))
			return false;
	memcpy(to, value, length);
	to[length] = '\0';
	return true;
}

static void read_id(const char *path, char to[INSTANCE_ID_MOST_BYTES])
{
	char text[128];
	long length = file_read_path(path, text, sizeof(text));

	to[0] = '\0';
	if (length > 0)
		(void)identity_take(text, (size_t)length, to);
}

void identity_read(struct identity *id)
{
	read_id("/sys/class/dmi/id/board_asset_tag", id->instance);
	/* Other makers write anything there. */
	if (strncmp(id->instance, "i-", 2) != 0)
		id->instance[0] = '\0';
	read_id("/proc/sys/kernel/random/boot_id", id->boot);
}
