/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/sink.h"

int sink_write(
	struct sink *s, const struct blockmap *m, struct progress *p, struct error *err)
{
	return s->ops->write(s, m, p, err);
}

struct sink *sink_free(struct sink *s)
{
	if (s)
		s->ops->free(s);
	return NULL;
}
