/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/machine_id.h"

#include <linux/errno.h>
#include <stdint.h>

#include "init/file.h"
#include "init/log.h"
#include "rt/string.h"
#include "rt/sys.h"
#include "rt/text.h"

enum { ID_BYTES = 16, ID_DIGITS = 2 * ID_BYTES };

#define PATH "/etc/machine-id"

/* A random one has the form of a version 4 UUID, as systemd makes it. */
static long make(struct text *t)
{
	uint8_t id[ID_BYTES];
	long r = sys_getrandom(id, sizeof(id));

	if (r < 0)
		return r;
	id[6] = (id[6] & 0x0f) | 0x40;
	id[8] = (id[8] & 0x3f) | 0x80;
	for (size_t i = 0; i < sizeof(id); i++)
		text_addf(t, "%02x", id[i]);
	text_add_str(t, "\n");
	return 0;
}

bool machine_id_renew(void)
{
	char old[ID_DIGITS + 2], fresh[ID_DIGITS + 2];
	struct text t = TEXT_IN(fresh);
	long r = file_read_path(PATH, old, sizeof(old));

	/* "uninitialized" or nothing: that of a first boot, which is systemd's. */
	if (r == -ENOENT || (r >= 0 && strcspn(old, "\n") != ID_DIGITS))
		return true;
	if (r >= 0)
		r = make(&t);
	if (r >= 0)
		r = file_replace_path(PATH, fresh, t.length_bytes, 0444);
	if (r < 0)
		log_say("machine-id: cannot renew it: %s", text_errno(r));
	else
		log_say("machine-id: renewed, as this is a copy");
	return r >= 0;
}
