/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looking again and again at something that takes a while: soon at first, then less
 * often.
 *
 *	struct waiting w;
 *
 *	waiting_begin(&w, most_s);
 *	for (;;) {
 *		if (look < 0 && !waiting_bears(&w, err)) return -1;
 *		if (it is there) break;
 *		if (waiting_is_over(&w)) return the error;
 *		if (waiting_pause(&w, client, err) < 0) return -1;
 *	}
 */
#pragma once

#include "aws/client.h"

struct waiting {
	uint64_t begin_ms, next_ms, most_s;
};

void waiting_begin(struct waiting *w, uint64_t most_s);
uint64_t waiting_waited_s(const struct waiting *w);
bool waiting_is_over(const struct waiting *w);

/* Whether a look that has failed is "not yet": the service is busy or out of reach, and
 * there is time left. When that is over, *err becomes ERR_TIMEOUT with its words. */
bool waiting_bears(const struct waiting *w, struct error *err);

/* Ctrl-C ends it. While no call of the client is under way. */
int waiting_pause(struct waiting *w, struct aws_client *c, struct error *err);
